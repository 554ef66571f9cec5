import { createHash, generateKeyPairSync, verify } from "node:crypto";
import { fakeClock } from "@tollgate/testkit/fake-clock";
import { scriptedTransport } from "@tollgate/testkit/scripted-transport";
import { describe, expect, it } from "vitest";
import type { OutboundRequest } from "../../transport/transport.ts";
import { ociAuth } from "./oci.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const account = { model: "m", oci_tenancy: "ten", oci_user: "usr", oci_fingerprint: "fp" };
const tools = { send: scriptedTransport().send, clock: fakeClock() };
const call: OutboundRequest = {
  method: "POST",
  origin: "https://inference.generativeai.us-chicago-1.oci.oraclecloud.com",
  path: "/20231130/actions/chat",
  headers: { "content-type": "application/json" },
  body: '{"a":1}',
  network: { reach: "configured" },
};

describe("a request to Oracle Cloud", () => {
  it("is signed over its head and a hash of its body", async () => {
    const signed = await ociAuth.connect({ ...account, oci_key: pem.replaceAll("\n", "\\n") }, tools).prepare?.(call);
    const { authorization = "", date = "" } = signed?.headers ?? {};
    const hash = createHash("sha256").update('{"a":1}').digest("base64");
    expect(signed?.headers["x-content-sha256"]).toBe(hash);
    expect(new Date(date).getTime()).toBe(1_790_000_000_000);
    expect(authorization).toContain('Signature version="1",keyId="ten/usr/fp",algorithm="rsa-sha256"');
    expect(authorization).toContain('headers="date (request-target) host content-length content-type x-content-sha256"');
    const text = [
      `date: ${date}`,
      "(request-target): post /20231130/actions/chat",
      "host: inference.generativeai.us-chicago-1.oci.oraclecloud.com",
      "content-length: 7",
      "content-type: application/json",
      `x-content-sha256: ${hash}`,
    ].join("\n");
    const signature = Buffer.from(/signature="([^"]+)"/.exec(authorization)?.[1] ?? "", "base64");
    expect(verify("sha256", Buffer.from(text), publicKey, signature)).toBe(true);
  });

  it.each([
    [{ ...account, oci_key: "nonsense" }, /PEM/],
    [{ ...account }, /OCI_KEY/],
    [{ ...account, oci_key_file: "/nowhere/key.pem" }, /oci_key_file/],
    [{ model: "m", oci_key: pem }, /oci_tenancy.*OCI_TENANCY/],
  ])("cannot be signed with settings %#, and says why", (settings, message) => {
    expect(() => ociAuth.connect(settings, tools)).toThrow(message);
  });
});

import { describe, expect, it } from "vitest";
import { createNetworks, networkOptionsOf, rerouted } from "./network.ts";

const files: Readonly<Record<string, string>> = {
  "/ca.pem": "-----BEGIN CERTIFICATE-----ca",
  "/other.pem": "-----BEGIN CERTIFICATE-----other",
  "/client.pem": "-----BEGIN CERTIFICATE-----client-----BEGIN PRIVATE KEY-----",
  "/key.pem": "-----BEGIN PRIVATE KEY-----",
  "/words.txt": "hello",
};
function readFile(path: string): string {
  const text = files[path];
  if (text === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
  return text;
}
const base = "https://api.example.com/v1";

describe("createNetworks", () => {
  it("gives the same object for the same content", () => {
    const networks = createNetworks({ readFile });
    expect(networks({}, base, "config")).toBe(networks({}, "https://elsewhere.example", "config"));
    expect(networks({}, base, "config")).not.toBe(networks({}, base, "api"));
    expect(networks({ ssl_verify: true }, base, "config")).toBe(networks({}, base, "config"));
  });
  it("knows how far each source of an address may reach", () => {
    const networks = createNetworks({ readFile });
    expect((["config", "api", "call", "file"] as const).map((source) => networks({}, base, source).reach)).toEqual([
      "configured",
      "added",
      "added",
      "public",
    ]);
  });
  it("switches the check off, for all or for one deployment", () => {
    expect(createNetworks({ sslVerify: "False" })({}, base, "config").verify).toBe(false);
    expect(createNetworks({ sslVerify: false })({ ssl_verify: true }, base, "config").verify).toBeUndefined();
    expect(createNetworks({})({ ssl_verify: false }, base, "config").verify).toBe(false);
  });
  it("adds CAs from files, the deployment's beside the house's", () => {
    const networks = createNetworks({ caFiles: ["/ca.pem"], readFile });
    expect(networks({ ssl_verify: "/other.pem" }, base, "config").ca).toEqual([files["/ca.pem"], files["/other.pem"]]);
    expect(networks({ ssl_verify: false }, base, "config").ca).toBeUndefined();
  });
  it("takes a client certificate from one file or two, never for files that requests name", () => {
    const networks = createNetworks({ sslCertificate: "/client.pem", readFile });
    expect(networks({}, base, "config")).toMatchObject({ cert: files["/client.pem"], key: files["/client.pem"] });
    expect(networks({ ssl_certificate: ["/client.pem", "/key.pem"] }, base, "config")).toMatchObject({ key: files["/key.pem"] });
    expect(networks({}, base, "file").cert).toBeUndefined();
  });
  it("says which file cannot be used, and why", () => {
    const networks = createNetworks({ readFile });
    expect(() => networks({ ssl_verify: "/gone.pem" }, base, "config")).toThrow(/\/gone\.pem .*ENOENT/);
    expect(() => networks({ ssl_certificate: "/words.txt" }, base, "config")).toThrow(/\/words\.txt \(ssl_certificate\) holds no PEM/);
  });
  it("goes through the proxy that the environment names", () => {
    const networks = createNetworks({ proxies: { https: "http://proxy:3128", none: "inside.example" } });
    expect(networks({}, base, "config").proxy).toBe("http://proxy:3128");
    expect(networks({}, "https://inside.example/v1", "config").proxy).toBeUndefined();
  });
});

describe("rerouted", () => {
  it("chooses the proxy by the request's own host and keeps the rest", () => {
    const proxies = { https: "http://proxy:3128", none: "inside.example" };
    const network = { reach: "added", verify: false, proxy: "http://proxy:3128" } as const;
    const request = { method: "POST", origin: "https://inside.example", path: "/token", headers: {}, network };
    expect(rerouted(request, proxies).network).toEqual({ reach: "added", verify: false });
    expect(rerouted({ ...request, origin: "https://outside.example" }, proxies).network).toEqual(network);
  });
});

describe("networkOptionsOf", () => {
  it("lets the config file win over the environment", () => {
    const env = { SSL_VERIFY: "False", SSL_CERT_FILE: "/env.pem", SSL_CERTIFICATE: "/client.pem", NODE_EXTRA_CA_CERTS: "/extra.pem" };
    expect(networkOptionsOf({}, env)).toEqual({ sslVerify: "False", sslCertificate: "/client.pem", caFiles: ["/env.pem", "/extra.pem"] });
    expect(networkOptionsOf({ ssl_verify: true, ca_bundle: "/ca.pem" }, env)).toMatchObject({
      sslVerify: true,
      caFiles: ["/ca.pem", "/env.pem", "/extra.pem"],
    });
    expect(networkOptionsOf({}, { NODE_EXTRA_CA_CERTS: "/extra.pem" }).caFiles).toEqual([]);
  });
});

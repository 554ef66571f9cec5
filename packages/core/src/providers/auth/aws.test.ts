import { createHash, createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fakeClock } from "@tollgate/testkit/fake-clock";
import { type ScriptedReply, scriptedTransport } from "@tollgate/testkit/scripted-transport";
import { afterAll, describe, expect, it } from "vitest";
import { GatewayError } from "../../errors.ts";
import type { OutboundRequest } from "../../transport/transport.ts";
import type { Credential, Settings } from "../provider.ts";
import { awsAuth } from "./aws.ts";
import { signRequest } from "./aws-signature.ts";

const keys = { aws_access_key_id: "AKIDEXAMPLE", aws_secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const model = "bedrock/some.model-v1:0";
const base: Settings = { model, aws_region_name: "eu-west-1" };
const request: OutboundRequest = {
  method: "POST",
  origin: "https://bedrock-runtime.eu-west-1.amazonaws.com",
  path: "/model/some.model-v1%3A0/converse",
  headers: { "content-type": "application/json", accept: "*/*", "x-own": "1" },
  body: '{"messages":[]}',
  network: { reach: "configured" },
};

const assumed = (name: string, expires: string): ScriptedReply => ({
  text:
    `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>${name}</AccessKeyId><SecretAccessKey>s&amp;s</SecretAccessKey>` +
    `<SessionToken>tok-${name}</SessionToken><Expiration>${expires}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
});

function connected(settings: Settings, replies: readonly ScriptedReply[] = []) {
  const clock = fakeClock(Date.parse("2026-01-01T12:00:00Z"));
  const transport = scriptedTransport(replies, { clock });
  const auth = awsAuth({ service: "bedrock", bearer: "aws_bearer_token" });
  const credential = auth.connect(settings, { send: transport.send, clock });
  return { clock, transport, credential };
}
const prepared = async (credential: Credential): Promise<OutboundRequest> => (await credential.prepare?.(request)) ?? request;
const keyOf = ({ headers }: OutboundRequest): string | undefined => /Credential=([^/]+)/.exec(headers["authorization"] ?? "")?.[1];
const thrown = async (run: () => unknown): Promise<GatewayError> => {
  try {
    await run();
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
};

/** The signature worked out a second time, by the book. Source: docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html. */
function signatureOf(sent: OutboundRequest, secret: string): string {
  const [, day = "", region = "", service = "", names = ""] =
    /Credential=[^/]+\/(\d+)\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+),/.exec(sent.headers["authorization"] ?? "") ?? [];
  const all: Record<string, string> = { ...sent.headers, host: new URL(sent.origin).host };
  const sha = (text: string) => createHash("sha256").update(text).digest("hex");
  const path = sent.path.split("/").map(encodeURIComponent).join("/");
  const lines = names.split(";").map((name) => `${name}:${all[name]}\n`);
  const canonical = [sent.method, path, "", lines.join(""), names, sha(String(sent.body))].join("\n");
  const text = ["AWS4-HMAC-SHA256", all["x-amz-date"], `${day}/${region}/${service}/aws4_request`, sha(canonical)].join("\n");
  const hmac = (key: string | Buffer, data: string) => createHmac("sha256", key).update(data).digest();
  return createHmac("sha256", hmac(hmac(hmac(hmac(`AWS4${secret}`, day), region), service), "aws4_request"))
    .update(text)
    .digest("hex");
}

describe("signing", () => {
  it("signs the bytes, the escaped path, the host and the content type, and nothing that proxies change", async () => {
    const { credential } = connected({ ...base, ...keys });
    const sent = await prepared(credential);
    expect(sent.headers["authorization"]).toContain("Credential=AKIDEXAMPLE/20260101/eu-west-1/bedrock/aws4_request");
    expect(sent.headers["authorization"]).toContain("SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date,");
    expect(sent.headers["authorization"]).toContain(`Signature=${signatureOf(sent, keys.aws_secret_access_key)}`);
    expect(sent.headers).toMatchObject({ accept: "*/*", "x-own": "1", "x-amz-date": "20260101T120000Z" });
    expect(sent.headers["host"]).toBeUndefined();
  });

  it("sends the session token", async () => {
    const { credential } = connected({ ...base, ...keys, aws_session_token: "session-1" });
    expect((await prepared(credential)).headers["x-amz-security-token"]).toBe("session-1");
  });

  it("signs a request again that was signed before", async () => {
    const { credential } = connected({ ...base, ...keys });
    const once = await prepared(credential);
    const twice = await credential.prepare?.({ ...once, body: "{}" });
    expect(twice?.headers["authorization"]).toContain(signatureOf(twice ?? once, keys.aws_secret_access_key));
  });

  it("says what to install when the package is missing", async () => {
    const scope = { service: "bedrock", region: "eu-west-1", now: 0 };
    const load = () => Promise.reject(new Error("Cannot find package"));
    const { credential } = connected({ ...base, ...keys });
    await prepared(credential);
    const error = await thrown(() => signRequest(request, { accessKeyId: "a", secretAccessKey: "b" }, scope, load));
    expect(error.message).toContain("npm install @smithy/signature-v4");
  });

  it("takes the server's time once when the clock was wrong", async () => {
    const { credential } = connected({ ...base, ...keys });
    const refused = { status: 403, headers: { date: "Thu, 01 Jan 2026 14:00:00 GMT", "x-amzn-errortype": "InvalidSignatureException" } };
    expect(credential.renewsOn).toContain(403);
    expect(credential.renew?.(refused)).toBe(true);
    expect((await prepared(credential)).headers["x-amz-date"]).toBe("20260101T140000Z");
    expect(credential.renew?.(refused)).toBe(false);
  });

  it("does not try again where the keys are wrong", () => {
    const { credential } = connected({ ...base, ...keys });
    const headers = { date: "Thu, 01 Jan 2026 12:00:01 GMT", "x-amzn-errortype": "UnrecognizedClientException" };
    expect(credential.renew?.({ status: 403, headers })).toBe(false);
  });
});

describe("what is shown", () => {
  it("is a bearer token where there is one, but for keys in the row", () => {
    const token = { aws_bearer_token: "from-env" };
    expect(connected({ ...base, api_key: "key-1" }).credential.headers).toEqual({ authorization: "Bearer key-1" });
    expect(connected({ ...base, ...token }).credential.headers).toEqual({ authorization: "Bearer from-env" });
    expect(connected({ ...base, ...token, ...keys }).credential.headers).toBeUndefined();
  });

  it("is keys of the environment, unless the row names a role", async () => {
    const env = { aws_env_access_key_id: "AKIAENV", aws_env_secret_access_key: "s" };
    expect(keyOf(await prepared(connected({ ...base, ...env }).credential))).toBe("AKIAENV");
    const role = { aws_role_name: "arn:aws:iam::1:role/r" };
    const { credential } = connected({ ...base, ...env, ...role }, [assumed("ASIA1", "2026-01-01T13:00:00Z")]);
    expect(keyOf(await prepared(credential))).toBe("ASIA1");
  });

  it("needs a region, and says where to set it", async () => {
    const error = await thrown(() => connected({ model, ...keys }));
    expect(error.kind).toBe("no_credentials");
    expect(error.message).toContain("aws_region_name");
    expect((await thrown(() => connected({ model, api_key: "k" }))).message).toContain("aws_region_name");
  });

  it("finds the region in the model's name", async () => {
    const sent = await prepared(connected({ model: "bedrock/ap-south-1/m", ...keys, aws_default_region: "us-east-1" }).credential);
    expect(sent.headers["authorization"]).toContain("/ap-south-1/bedrock/");
  });

  it("is refused when half of the keys is missing, without telling the other half", async () => {
    const error = await thrown(() => connected({ ...base, aws_access_key_id: "AKIAHALF" }));
    expect(error.message).toContain("aws_secret_access_key");
    expect(error.message).not.toContain("AKIAHALF");
  });
});

describe("a role", () => {
  const role = { aws_role_name: "arn:aws:iam::1:role/r", aws_session_name: "me", aws_external_id: "ext 1" };

  it("is assumed once for calls side by side, over their own network, signed with the row's keys", async () => {
    const { credential, transport } = connected({ ...base, ...keys, ...role }, [assumed("ASIA1", "2026-01-01T13:00:00Z")]);
    const sent = await Promise.all([prepared(credential), prepared(credential), prepared(credential)]);
    expect(sent.map(keyOf)).toEqual(["ASIA1", "ASIA1", "ASIA1"]);
    expect(sent[0]?.headers["x-amz-security-token"]).toBe("tok-ASIA1");
    expect(sent[0]?.headers["authorization"]).toContain(signatureOf(sent[0] ?? request, "s&s"));
    const [asked] = transport.sent;
    expect(transport.sent).toHaveLength(1);
    expect(asked?.origin).toBe("https://sts.eu-west-1.amazonaws.com");
    expect(asked?.headers["authorization"]).toContain("Credential=AKIDEXAMPLE/20260101/eu-west-1/sts/");
    expect(asked?.network).toBe(request.network);
    expect(Object.fromEntries(new URLSearchParams(String(asked?.body)))).toMatchObject({
      Action: "AssumeRole",
      RoleArn: role.aws_role_name,
      RoleSessionName: "me",
      ExternalId: "ext 1",
    });
  });

  it("is assumed anew in the background before its keys expire, and waited for when they have", async () => {
    const replies = [
      assumed("ASIA1", "2026-01-01T13:00:00Z"),
      assumed("ASIA2", "2026-01-01T14:00:00Z"),
      assumed("ASIA3", "2026-01-01T20:00:00Z"),
    ];
    const { credential, clock, transport } = connected({ ...base, ...keys, ...role }, replies);
    expect(keyOf(await prepared(credential))).toBe("ASIA1");
    await clock.advance(56 * 60_000);
    expect(keyOf(await prepared(credential))).toBe("ASIA1");
    await clock.advance(0);
    expect(keyOf(await prepared(credential))).toBe("ASIA2");
    expect(transport.sent).toHaveLength(2);
    await clock.advance(120 * 60_000);
    expect(keyOf(await prepared(credential))).toBe("ASIA3");
  });

  it("is assumed anew after AWS called its keys expired", async () => {
    const { credential } = connected({ ...base, ...keys, ...role }, [
      assumed("ASIA1", "2026-01-01T13:00:00Z"),
      assumed("ASIA2", "2026-01-01T13:00:00Z"),
    ]);
    await prepared(credential);
    expect(credential.renew?.({ status: 403, headers: { "x-amzn-errortype": "ExpiredTokenException" } })).toBe(true);
    expect(keyOf(await prepared(credential))).toBe("ASIA2");
  });

  it("that may not be assumed is told in AWS's words, and asked for again by the next call", async () => {
    const refusal: ScriptedReply = {
      status: 403,
      text: "<ErrorResponse><Error><Code>AccessDenied</Code><Message>Not you.</Message></Error></ErrorResponse>",
    };
    const { credential } = connected({ ...base, ...keys, ...role }, [refusal, assumed("ASIA1", "2026-01-01T13:00:00Z")]);
    const error = await thrown(() => prepared(credential));
    expect(error).toMatchObject({ kind: "upstream_auth", detail: { upstreamStatus: 403 } });
    expect(error.message).toContain("Not you.");
    expect(keyOf(await prepared(credential))).toBe("ASIA1");
  });
});

describe("a web identity token", () => {
  const folder = mkdtempSync(join(tmpdir(), "tollgate-aws-"));
  const file = join(folder, "token");
  writeFileSync(file, "jwt.of.file\n");
  afterAll(() => rmSync(folder, { recursive: true }));
  const reply = assumed("ASIAWEB", "2026-01-01T13:00:00Z");
  const role = { aws_role_name: "arn:aws:iam::1:role/web" };

  it.each([
    ["a token", { ...role, aws_web_identity_token: "jwt.as.text" }, "jwt.as.text"],
    ["a file", { ...role, aws_web_identity_token: file }, "jwt.of.file"],
    ["a file in LiteLLM's spelling", { ...role, aws_web_identity_token: `oidc/file/${file}` }, "jwt.of.file"],
    ["the platform's file (IRSA)", { aws_env_role_arn: role.aws_role_name, aws_env_web_identity_token_file: file }, "jwt.of.file"],
  ])("is taken from %s, unsigned", async (_, settings, expected) => {
    const { credential, transport } = connected({ ...base, ...settings, aws_sts_endpoint: "https://sts.example" }, [reply]);
    expect(keyOf(await prepared(credential))).toBe("ASIAWEB");
    const [asked] = transport.sent;
    expect(asked?.origin).toBe("https://sts.example");
    expect(asked?.headers["authorization"]).toBeUndefined();
    const form = new URLSearchParams(String(asked?.body));
    expect([form.get("Action"), form.get("WebIdentityToken")]).toEqual(["AssumeRoleWithWebIdentity", expected]);
  });

  it("of the platform leads to another role in two steps", async () => {
    const platform = { aws_env_role_arn: "arn:aws:iam::1:role/pod", aws_env_web_identity_token_file: file };
    const replies = [assumed("ASIAPOD", "2026-01-01T13:00:00Z"), assumed("ASIAROLE", "2026-01-01T13:00:00Z")];
    const { credential, transport } = connected({ ...base, ...platform, ...role }, replies);
    expect(keyOf(await prepared(credential))).toBe("ASIAROLE");
    expect(transport.sent[1]?.headers["authorization"]).toContain("Credential=ASIAPOD/");
  });

  it("that cannot be read, or is of an unknown kind, is told", async () => {
    const gone = connected({ ...base, ...role, aws_web_identity_token: join(folder, "gone") }).credential;
    expect((await thrown(() => prepared(gone))).message).toContain("could not be read");
    const strange = connected({ ...base, ...role, aws_web_identity_token: "oidc/circleci/" }).credential;
    expect((await thrown(() => prepared(strange))).message).toContain("oidc/file/");
  });
});

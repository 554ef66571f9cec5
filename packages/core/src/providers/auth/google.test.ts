import { generateKeyPairSync, verify } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GatewayError } from "../../errors.ts";
import { replyWith } from "../../transport/reply.ts";
import type { OutboundRequest } from "../../transport/transport.ts";
import type { Credential } from "../provider.ts";
import { googleAuth } from "./google.ts";
import { libraryToken } from "./google-library.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const account = {
  type: "service_account",
  project_id: "proj-of-account",
  private_key_id: "key-1",
  private_key: pem,
  client_email: "gateway@proj.iam.gserviceaccount.com",
  token_uri: "https://token.example/token",
};
const NOW = 1_790_000_000_000;

const call: OutboundRequest = {
  method: "POST",
  origin: "https://us-central1-aiplatform.googleapis.com",
  path: "/v1/projects/p/locations/us-central1/publishers/google/models/m:generateContent",
  headers: { "content-type": "application/json" },
  network: { reach: "configured", proxy: "http://proxy:1" },
};

let sent: OutboundRequest[];
let answers: { status?: number; json: object }[];
let now: number;
const clock = { now: () => now, ticks: () => 0, after: () => ({ refresh: () => {}, cancel: () => {} }), every: () => () => {} };
const send = async (request: OutboundRequest) => {
  sent.push(request);
  const { status = 200, json } = answers.shift() ?? { json: { access_token: `token-${sent.length}`, expires_in: 3600 } };
  return replyWith({ status, headers: { "content-type": "application/json" }, body: JSON.stringify(json) });
};

function connected(settings: Record<string, unknown>): Credential {
  return googleAuth.connect({ model: "vertex_ai/m", ...settings }, { send, clock });
}

async function prepared(settings: Record<string, unknown>, request = call): Promise<OutboundRequest> {
  return (await connected(settings).prepare?.(request)) ?? request;
}

function formOf(at: number): URLSearchParams {
  return new URLSearchParams(String(sent[at]?.body));
}

function claimsOf(assertion: string, part: number): unknown {
  return JSON.parse(Buffer.from(assertion.split(".")[part] ?? "", "base64url").toString());
}

let folder: string;
beforeEach(async () => {
  sent = [];
  answers = [];
  now = NOW;
  folder = await mkdtemp(join(tmpdir(), "google-test-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("a service account", () => {
  it.each([
    ["a text", JSON.stringify(account)],
    ["an object", account],
  ])("given as %s signs for a token over the call's own network", async (_, vertex_credentials) => {
    const final = await prepared({ vertex_credentials });
    expect(final.headers).toEqual({ "content-type": "application/json", authorization: "Bearer token-1" });
    expect(sent[0]).toMatchObject({ method: "POST", origin: "https://token.example", path: "/token", network: call.network });
    const assertion = formOf(0).get("assertion") ?? "";
    expect(formOf(0).get("grant_type")).toBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
    expect(claimsOf(assertion, 0)).toEqual({ alg: "RS256", typ: "JWT", kid: "key-1" });
    expect(claimsOf(assertion, 1)).toEqual({
      iss: account.client_email,
      scope: "https://www.googleapis.com/auth/cloud-platform",
      aud: account.token_uri,
      iat: NOW / 1000,
      exp: NOW / 1000 + 3600,
    });
    const [head, claims, signature = ""] = assertion.split(".");
    expect(verify("sha256", Buffer.from(`${head}.${claims}`), publicKey, Buffer.from(signature, "base64url"))).toBe(true);
  });

  it("is read from a file, its line ends written out or not", async () => {
    const path = join(folder, "account.json");
    await writeFile(path, JSON.stringify({ ...account, private_key: pem.replaceAll("\n", "\\n") }));
    expect((await prepared({ vertex_credentials: path })).headers["authorization"]).toBe("Bearer token-1");
    expect((await prepared({ vertex_adc_file: path })).headers["authorization"]).toBe("Bearer token-2");
  });

  it("fetches one token for many calls, and another before it expires or after a refusal", async () => {
    const credential = connected({ vertex_credentials: account });
    const token = async () => (await credential.prepare?.(call))?.headers["authorization"];
    expect(await Promise.all([token(), token(), token()])).toEqual(["Bearer token-1", "Bearer token-1", "Bearer token-1"]);
    now += 3_500_000;
    expect(await token()).toBe("Bearer token-2");
    expect(credential.renew?.()).toBe(true);
    expect(await token()).toBe("Bearer token-3");
  });

  it("names the project where nobody else does", async () => {
    const path = "/v1/projects/PROJECT/locations/global/publishers/google/models/m:generateContent";
    expect((await prepared({ vertex_credentials: account }, { ...call, path })).path).toContain("/projects/proj-of-account/locations/");
    const without = { ...account, project_id: undefined };
    const named = { vertex_credentials: without, vertex_default_project: "proj-of-env" };
    expect((await prepared(named, { ...call, path })).path).toContain("/projects/proj-of-env/");
    await expect(prepared({ vertex_credentials: without }, { ...call, path })).rejects.toThrow(/vertex_project.*VERTEXAI_PROJECT/);
  });

  it("tells Google's words when there is no token, and whose fault it is", async () => {
    answers.push({ status: 400, json: { error: "invalid_grant", error_description: "Invalid JWT Signature." } });
    await expect(prepared({ vertex_credentials: account })).rejects.toMatchObject({
      kind: "upstream_auth",
      message: expect.stringContaining("Invalid JWT Signature."),
    });
    answers.push({ status: 503, json: {} });
    await expect(prepared({ vertex_credentials: account })).rejects.toMatchObject({ kind: "unavailable" });
  });
});

describe("other credentials", () => {
  const person = { type: "authorized_user", client_id: "c", client_secret: "s", refresh_token: "r", quota_project_id: "billed" };

  it("a person's login trades its refresh token and names who is billed", async () => {
    const final = await prepared({ vertex_credentials: person });
    expect(final.headers).toMatchObject({ authorization: "Bearer token-1", "x-goog-user-project": "billed" });
    expect(sent[0]?.origin).toBe("https://oauth2.googleapis.com");
    expect(Object.fromEntries(formOf(0))).toEqual({ grant_type: "refresh_token", client_id: "c", client_secret: "s", refresh_token: "r" });
  });

  it("gcloud's file is found in its folder", async () => {
    await writeFile(join(folder, "application_default_credentials.json"), JSON.stringify(person));
    expect((await prepared({ vertex_gcloud_folder: folder })).headers["authorization"]).toBe("Bearer token-1");
  });

  it("an impersonated account asks with the token of its source", async () => {
    const url = "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/x:generateAccessToken";
    answers.push(
      { json: { access_token: "source", expires_in: 10 } },
      { json: { accessToken: "lent", expireTime: new Date(NOW + 600_000).toISOString() } },
    );
    const json = {
      type: "impersonated_service_account",
      service_account_impersonation_url: url,
      source_credentials: person,
      delegates: ["d"],
    };
    expect((await prepared({ vertex_credentials: json })).headers["authorization"]).toBe("Bearer lent");
    expect(sent[1]?.headers["authorization"]).toBe("Bearer source");
    expect(JSON.parse(String(sent[1]?.body))).toMatchObject({ lifetime: "3600s", delegates: ["d"] });
  });

  it("workload identity goes by Google's library, over our transport", async () => {
    const file = join(folder, "subject");
    await writeFile(file, "subject-token");
    const json = {
      type: "external_account",
      audience: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/provider",
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      token_url: "https://sts.googleapis.com/v1/token",
      credential_source: { file },
    };
    answers.push({ json: { access_token: "federated", issued_token_type: "t", token_type: "Bearer", expires_in: 3600 } });
    expect((await prepared({ vertex_credentials: json })).headers["authorization"]).toBe("Bearer federated");
    expect(sent[0]).toMatchObject({ origin: "https://sts.googleapis.com", path: "/v1/token", network: call.network });
    expect(formOf(0).get("subject_token")).toBe("subject-token");
    const added = { ...call, network: { reach: "added" } as const };
    await expect(prepared({ vertex_credentials: json }, added)).rejects.toThrow(/config file only/);
  });

  it("a missing library is named", async () => {
    const load = () => Promise.reject(new Error("not found"));
    const tools = { send, clock, network: call.network, load };
    await expect(libraryToken({ type: "external_account" }, tools)).rejects.toThrow(/npm install google-auth-library/);
  });
});

describe("what cannot be used", () => {
  it.each([
    ["a path to nothing", "/nowhere/at-all.json", /names no file/],
    ["no JSON", "{ not json", /holds no JSON object/],
    ["no key", { type: "service_account", client_email: "a" }, /client_email and private_key/],
    ["a broken key", { ...account, private_key: "-----BEGIN nothing" }, /cannot sign/],
    ["half a login", { type: "authorized_user", client_id: "c" }, /refresh_token/],
    ["a strange address", { ...account, token_uri: "ftp://x" }, /token address/],
  ])("%s is told without repeating what it holds", async (_, vertex_credentials, words) => {
    const error = await prepared({ vertex_credentials }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(GatewayError);
    expect(error).toMatchObject({ kind: "no_credentials", message: expect.stringMatching(words) });
    expect(String(error)).not.toContain("BEGIN");
    expect(String(error)).not.toContain("nowhere");
  });

  it("the machine's own account stays off addresses that came by API, but goes to Google's", async () => {
    const path = join(folder, "account.json");
    await writeFile(path, JSON.stringify(account));
    const network = { reach: "added" } as const;
    await expect(prepared({ vertex_adc_file: path }, { ...call, origin: "https://elsewhere.example", network })).rejects.toThrow(
      /vertex_credentials/,
    );
    await expect(
      prepared({ vertex_adc_file: path }, { ...call, origin: "https://evil-aiplatform.googleapis.com.example", network }),
    ).rejects.toThrow();
    for (const origin of ["https://aiplatform.googleapis.com", "https://aiplatform.eu.rep.googleapis.com", call.origin]) {
      expect((await prepared({ vertex_adc_file: path }, { ...call, origin, network })).headers["authorization"]).toMatch(/^Bearer token-/);
    }
  });
});

describe("an API key", () => {
  it.each([
    [{ api_key: "AIza1" }, { "x-goog-api-key": "AIza1" }],
    [{ api_key: "ya29.x" }, { authorization: "Bearer ya29.x" }],
    [
      { api_key: "k", api_base: "https://proxy.example" },
      { "x-goog-api-key": "k", authorization: "Bearer k" },
    ],
  ])("%j shows itself as %j", (settings, headers) => {
    expect(connected(settings).headers).toEqual(headers);
  });
});

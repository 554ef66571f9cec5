import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeUpstream, startFakeUpstream } from "../../../testkit/src/fake-upstream.ts";
import { startGateway, type TestGateway } from "../../../testkit/src/gateway.ts";
import { chatReply, chatStream } from "../../../testkit/src/wire-samples.ts";

const CHAT = "/v1/chat/completions";
const ours = "https://app.example";
const asked = { model: "fast", messages: [{ role: "user", content: "Hi" }] };
let upstream: FakeUpstream;
let closed: TestGateway;
let open: TestGateway;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  closed = await startGateway({ upstream });
  open = await startGateway({
    upstream,
    env: { LITELLM_CORS_ORIGINS: `${ours}, https://other.example`, LITELLM_CORS_ALLOW_CREDENTIALS: "true" },
  });
});
afterAll(() => Promise.all([closed.close(), open.close(), upstream.close()]));

function preflight(gateway: TestGateway, origin: string): Promise<Response> {
  const headers = { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization, content-type" };
  return fetch(gateway.url + CHAT, { method: "OPTIONS", headers });
}

function allowed(response: Response): string | null {
  return response.headers.get("access-control-allow-origin");
}

describe("without a setting", () => {
  it("no origin is allowed, neither before a call nor with its answer", async () => {
    upstream.script({ json: chatReply("Hello") });
    expect(allowed(await preflight(closed, ours))).toBeNull();
    expect(allowed(await closed.post(CHAT, asked, { origin: ours }))).toBeNull();
    expect(allowed(await closed.get("/v1/models", { origin: ours }))).toBeNull();
  });
});

describe("with origins configured", () => {
  it("those are allowed to ask, with what they want to send", async () => {
    const response = await preflight(open, ours);
    expect([response.status, allowed(response)]).toEqual([204, ours]);
    expect(response.headers.get("access-control-allow-headers")).toContain("authorization");
    expect(response.headers.get("access-control-allow-methods")).toContain("POST");
    expect(response.headers.get("access-control-allow-credentials")).toBe("true");
  });

  it.each([
    ["a whole answer", {}, { json: chatReply("Hello") }],
    ["a stream", { stream: true }, { pieces: chatStream("Hi") }],
    ["an error", { model: "fsat" }, undefined],
  ])("they may read %s, and its headers are all there", async (_, more, reply) => {
    if (reply) upstream.script(reply);
    const response = await open.post(CHAT, { ...asked, ...more }, { origin: ours });
    await response.text();
    expect([allowed(response), response.headers.get("access-control-allow-credentials"), response.headers.get("vary")]).toEqual([
      ours,
      "true",
      "Origin",
    ]);
    expect(response.headers.get("x-litellm-call-id")).not.toBeNull();
    expect(response.headers.get("content-type")).not.toBeNull();
  });

  it("others are not", async () => {
    upstream.script({ json: chatReply("Hello") });
    expect(allowed(await preflight(open, "https://evil.example"))).toBeNull();
    expect(allowed(await open.post(CHAT, asked, { origin: "https://evil.example" }))).toBeNull();
    expect(allowed(await open.get("/v1/models", { origin: "https://app.example.evil.example" }))).toBeNull();
  });

  it("the models may be read, too", async () => {
    expect(allowed(await open.get("/v1/models", { origin: ours }))).toBe(ours);
  });
});

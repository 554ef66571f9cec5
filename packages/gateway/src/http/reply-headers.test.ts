/** What a call says about itself, and what retries, fallbacks and a client's own settings do to it. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FakeUpstream, startFakeUpstream } from "../../../testkit/src/fake-upstream.ts";
import { startGateway, type TestGateway, UPSTREAM_KEY } from "../../../testkit/src/gateway.ts";
import { chatReply, chatStream, errorReply } from "../../../testkit/src/wire-samples.ts";

const CHAT = "/v1/chat/completions";
const messages = [{ role: "user", content: "Hi" }];
let upstream: FakeUpstream;
let elsewhere: FakeUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  elsewhere = await startFakeUpstream([], { json: chatReply("From elsewhere") });
  const row = (name: string, more: object = {}) => ({
    model_name: name,
    litellm_params: { model: "openai/gpt-4o-mini", api_base: "os.environ/UPSTREAM", api_key: UPSTREAM_KEY, ...more },
  });
  gateway = await startGateway({
    upstream,
    env: { OPENAI_ORGANIZATION: "org-of-ours" },
    config: {
      model_list: [
        { ...row("fast"), model_info: { id: "fast-1" } },
        row("spare"),
        row("pair", { api_base: `${upstream.url}/a/v1` }),
        row("pair", { api_base: `${upstream.url}/b/v1` }),
        row("secretive", { api_base: `${upstream.url.replace("//", "//user:secret@")}/v1?sig=secret`, api_key: undefined }),
        row("yours", {
          configurable_clientside_auth_params: ["api_key", { api_base: "http://127\\.0\\.0\\.1:\\d+/v1" }],
          extra_headers: { "x-ours": "secret" },
        }),
        row("modèle-🤖"),
      ],
      router_settings: { num_retries: 2, disable_cooldowns: true, fallbacks: [{ fast: ["spare"] }] },
    },
  });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
  await elsewhere.close();
});
beforeEach(() => expect(elsewhere.requests.filter(({ headers }) => JSON.stringify(headers).includes(UPSTREAM_KEY))).toEqual([]));

async function headersOf(model: string, more: object = {}, headers: Record<string, string> = {}): Promise<Record<string, string>> {
  const response = await gateway.post(CHAT, { model, messages, ...more }, headers);
  await response.text();
  return { status: String(response.status), ...Object.fromEntries(response.headers) };
}

describe("a reply", () => {
  it("says who answered, for how much, and what it took", async () => {
    upstream.script({ json: chatReply("Hello") });
    const told = await headersOf("fast");
    expect(told).toMatchObject({
      status: "200",
      "content-type": "application/json",
      "x-litellm-model-id": "fast-1",
      "x-litellm-model-group": "fast",
      "x-litellm-model-api-base": `${upstream.url}/v1`,
      "x-litellm-attempted-retries": "0",
      "x-litellm-attempted-fallbacks": "0",
      "x-litellm-version": "0.0.0-test",
    });
    expect(told["x-litellm-response-cost"]).toMatch(/^0\.\d{1,9}$/);
    expect(Number(told["x-litellm-overhead-duration-ms"])).toBeLessThanOrEqual(Number(told["x-litellm-response-duration-ms"]));
  });

  it("says it at the head of a stream, too, but for the cost", async () => {
    upstream.script({ pieces: chatStream("Hi"), headers: { "x-request-id": "req_1" } });
    const told = await headersOf("fast", { stream: true });
    expect(told).toMatchObject({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache",
      "x-litellm-model-id": "fast-1",
      "llm_provider-x-request-id": "req_1",
    });
    expect(told["x-litellm-response-cost"]).toBeUndefined();
  });

  it("brings text of any script whole, under the public name of the model", async () => {
    const content = "Gr\u00fc\u00dfe, \u4f60\u597d \u{1f642}";
    for (const model of ["fast", "mod\u00e8le-\u{1f916}"]) {
      upstream.script({ json: chatReply(content) });
      const response = await gateway.post(CHAT, { model, messages });
      const bytes = Buffer.from(await response.arrayBuffer());
      expect(Number(response.headers.get("content-length"))).toBe(bytes.length);
      expect(JSON.parse(bytes.toString())).toEqual({ ...chatReply(content), model });
    }
  });

  it("finds the model's name at the top only", async () => {
    const inner = { provider: { model: "inner" } };
    const sent = [
      { ...inner, ...chatReply('Say "model": nothing') },
      { about: "model", ...chatReply("x") },
      { ...chatReply("y"), extra: inner },
    ];
    for (const json of sent) {
      upstream.script({ json });
      const response = await gateway.post(CHAT, { model: "fast", messages });
      expect(await response.json()).toEqual({ ...json, model: "fast" });
    }
  });

  it("has an id of its own, or the client's", async () => {
    upstream.script({ json: chatReply("1") }, { json: chatReply("2") }, { json: chatReply("3") }, { json: chatReply("4") });
    const [one, two] = [await headersOf("fast"), await headersOf("fast")];
    expect(one["x-litellm-call-id"]).not.toBe(two["x-litellm-call-id"]);
    expect((await headersOf("fast", {}, { "x-litellm-call-id": "mine-1" }))["x-litellm-call-id"]).toBe("mine-1");
    expect((await headersOf("fast", {}, { "x-litellm-call-id": "x".repeat(500) }))["x-litellm-call-id"]).toMatch(/^[\w-]{36}$/);
  });

  it("hands the provider's headers on, those of the connection not", async () => {
    upstream.script({
      json: chatReply("Hello"),
      headers: { "x-request-id": "req_1", "x-ratelimit-remaining-tokens": "9", "set-cookie": ["a=1", "b=2"], "x-place": "Z\u00fcrich" },
    });
    const told = await headersOf("fast");
    expect(told).toMatchObject({
      "llm_provider-x-request-id": "req_1",
      "x-ratelimit-remaining-tokens": "9",
      "llm_provider-set-cookie": "a=1, b=2",
    });
    expect(told["llm_provider-x-place"]).toMatch(/^Z.*rich$/);
    expect(told["set-cookie"]).toBeUndefined();
    expect(told["llm_provider-content-length"]).toBeUndefined();
  });

  it("hands them on with an error, and its retry-after", async () => {
    upstream.script({ status: 429, headers: { "retry-after": "70", "x-request-id": "req_2" }, json: errorReply("Slow down.") });
    const told = await headersOf("spare", { num_retries: 0 });
    expect(told).toMatchObject({
      status: "429",
      "retry-after": "70",
      "llm_provider-x-request-id": "req_2",
      "x-litellm-model-group": "spare",
    });
  });

  it("never shows what of an address is secret", async () => {
    upstream.script({ json: chatReply("Hello") });
    const told = await headersOf("secretive");
    expect(told).toMatchObject({ status: "200", "x-litellm-model-api-base": `${upstream.url}/v1` });
    expect(JSON.stringify(told)).not.toContain("secret@");
    expect(upstream.requests.at(-1)?.headers.authorization).toBe(`Basic ${Buffer.from("user:secret").toString("base64")}`);
  });

  it("is possible for names that no header can hold", async () => {
    upstream.script({ json: chatReply("Hello") });
    const told = await headersOf("modèle-🤖");
    expect([told["status"], told["x-litellm-model-group"]]).toEqual(["200", "mod%C3%A8le-%F0%9F%A4%96"]);
  });
});

describe("retries and fallbacks", () => {
  it("go elsewhere at once, and say that they did", async () => {
    upstream.script({ status: 500, json: errorReply("Crashed.") }, { json: chatReply("Hello") });
    const before = upstream.requests.length;
    expect(await headersOf("pair")).toMatchObject({
      status: "200",
      "x-litellm-attempted-retries": "1",
      "x-litellm-attempted-fallbacks": "0",
    });
    const paths = upstream.requests.slice(before).map(({ path }) => path);
    expect(new Set(paths).size).toBe(2);
  });

  it("go to the fallback when retries are spent", async () => {
    upstream.script({ status: 500, json: errorReply("Crashed.") }, { json: chatReply("Hello") });
    expect(await headersOf("fast", { num_retries: 0 })).toMatchObject({
      status: "200",
      "x-litellm-model-group": "spare",
      "x-litellm-attempted-retries": "0",
      "x-litellm-attempted-fallbacks": "1",
    });
  });

  it("keep the public name that was asked for in the body", async () => {
    upstream.script({ status: 500, json: errorReply("Crashed.") }, { json: chatReply("Hello") });
    const reply = await gateway.post(CHAT, { model: "fast", messages, num_retries: 0 });
    expect(await reply.json()).toMatchObject({ model: "fast" });
  });

  it("are told with the error when all failed, which is the first model's", async () => {
    upstream.script({ status: 500, json: errorReply("First.") }, { status: 503, json: errorReply("Second.") });
    const response = await gateway.post(CHAT, { model: "fast", messages, num_retries: 0 });
    expect([response.status, response.headers.get("x-litellm-attempted-fallbacks")]).toEqual([500, "1"]);
    expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining("First.") } });
  });

  it("are not made for what is the client's own fault", async () => {
    upstream.script({ status: 400, json: errorReply("Bad temperature.") });
    const before = upstream.requests.length;
    expect(await headersOf("spare")).toMatchObject({ status: "400", "x-litellm-attempted-retries": "0" });
    expect(upstream.requests.length - before).toBe(1);
  });

  it("are the request's own when it names some", async () => {
    upstream.script({ status: 500, json: errorReply("Crashed.") }, { json: chatReply("Hello") });
    expect(await headersOf("spare", { num_retries: 0, fallbacks: ["fast"] })).toMatchObject({
      status: "200",
      "x-litellm-model-group": "fast",
    });
    expect(upstream.requests.at(-1)?.json).not.toHaveProperty("fallbacks");
    upstream.script({ status: 500, json: errorReply("Crashed.") });
    expect(await headersOf("fast", { num_retries: 0, disable_fallbacks: true })).toMatchObject({ status: "500" });
  });

  it("replace a stream that fails before its first event", async () => {
    upstream.script({ pieces: [], hangsUp: "after" }, { pieces: chatStream("Hi") });
    expect(await headersOf("pair", { stream: true })).toMatchObject({ status: "200", "x-litellm-attempted-retries": "1" });
    upstream.script({ pieces: [] }, { pieces: chatStream("Hi") });
    expect(await headersOf("pair", { stream: true })).toMatchObject({ status: "200", "x-litellm-attempted-retries": "1" });
  });
});

describe("a client that may bring its own settings", () => {
  it("reaches its own address with its own key, and nothing of ours", async () => {
    const told = await headersOf("yours", { api_base: `${elsewhere.url}/v1`, api_key: "sk-of-the-client" });
    expect(told["status"]).toBe("200");
    const sent = elsewhere.requests.at(-1);
    expect(sent?.headers.authorization).toBe("Bearer sk-of-the-client");
    expect(sent?.json).toEqual({ model: "gpt-4o-mini", messages });
    expect(JSON.stringify(sent?.headers)).not.toMatch(/secret|org-of-ours|sk-upstream/);
  });

  it("is not lent ours when it brings none", async () => {
    const before = elsewhere.requests.length;
    expect((await headersOf("yours", { api_base: `${elsewhere.url}/v1` }))["status"]).toBe("401");
    expect(elsewhere.requests.length).toBe(before);
  });

  it("may bring a key for our address", async () => {
    upstream.script({ json: chatReply("Hello") });
    expect((await headersOf("yours", { api_key: "sk-of-the-client" }))["status"]).toBe("200");
    expect(upstream.requests.at(-1)?.headers.authorization).toBe("Bearer sk-of-the-client");
    upstream.script({ json: chatReply("Hello") });
    await headersOf("yours");
    expect(upstream.requests.at(-1)?.headers.authorization).toBe(`Bearer ${UPSTREAM_KEY}`);
  });

  it.each(["http://169.254.169.254/v1", "http://evil.example/v1", "http://127.0.0.1:9@evil.example/v1"])(
    "may not name %s",
    async (api_base) => {
      expect((await headersOf("yours", { api_base, api_key: "sk-of-the-client" }))["status"]).toBe("400");
    },
  );
});

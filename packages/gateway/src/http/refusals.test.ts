/** What does not get in: without a key, with a body that is none, on paths and methods that are not served. Never a 500. */

import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeUpstream, startFakeUpstream } from "../../../testkit/src/fake-upstream.ts";
import { MASTER_KEY, startGateway, type TestGateway, usualConfig } from "../../../testkit/src/gateway.ts";
import { chatReply } from "../../../testkit/src/wire-samples.ts";

let upstream: FakeUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startFakeUpstream([], { json: chatReply("Hello") });
  gateway = await startGateway({
    upstream,
    config: { ...usualConfig, general_settings: { max_request_size_mb: 1, litellm_key_header_name: "X-Our-Key" } },
  });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const CHAT = "/v1/chat/completions";
const messages = [{ role: "user", content: "Hi" }];
const good = { model: "fast", messages };

interface Told {
  readonly status: number;
  readonly error: { readonly message: string; readonly type: string; readonly param: string | null; readonly code: string };
}

async function told(asked: Response | Promise<Response>): Promise<Told> {
  const response = await asked;
  const { error } = (await response.json()) as Pick<Told, "error">;
  expect(response.headers.get("content-type")).toContain("application/json");
  expect(error.code).toBe(String(response.status));
  return { status: response.status, error };
}

/** The wrong thing is refused, nothing was sent, and the gateway still serves. */
async function refused(asked: Promise<Response>): Promise<Told> {
  const before = upstream.requests.length;
  const answer = await told(asked);
  expect(upstream.requests.length).toBe(before);
  expect((await gateway.post(CHAT, good)).status).toBe(200);
  return answer;
}

describe("401", () => {
  const asking = (headers: Record<string, string>, path = CHAT) =>
    fetch(gateway.url + path, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(good) });

  it.each([
    ["no key", {}],
    ["an empty header", { authorization: "" }],
    ["no scheme", { authorization: MASTER_KEY }],
    ["another scheme", { authorization: `Basic ${MASTER_KEY}` }],
    ["a scheme alone", { authorization: "Bearer" }],
    ["a wrong key", { authorization: "Bearer sk-somebody-elses-key" }, true],
    ["a wrong key in another header", { "x-api-key": "sk-somebody-elses-key" }, true],
  ])("for %s", async (_, headers, wrong = false) => {
    const response = await asking(headers as Record<string, string>);
    expect(response.headers.get("x-litellm-call-id")).toMatch(/^[\w-]{8,}$/);
    const { status, error } = await told(response);
    expect([status, error.type]).toEqual([401, wrong ? "token_not_found_in_db" : "auth_error"]);
    expect(JSON.stringify(error)).not.toContain("sk-somebody");
  });

  it.each(["/v1/models", "/model/info", "/health", "/v1/models/fast"])("on GET %s", async (path) => {
    expect((await told(fetch(gateway.url + path))).status).toBe(401);
  });

  it("comes before the body is read", async () => {
    const answer = await fetch(gateway.url + CHAT, { method: "POST", body: "{not json", headers: { "content-type": "text/csv" } });
    expect(answer.status).toBe(401);
  });

  it("leaves no record", async () => {
    const before = gateway.records.length;
    await asking({});
    expect(gateway.records.length).toBe(before);
  });
});

describe("keys in all forms", () => {
  it.each([
    ["authorization", `Bearer ${MASTER_KEY}`],
    ["x-litellm-api-key", MASTER_KEY],
    ["api-key", MASTER_KEY],
    ["x-api-key", MASTER_KEY],
    ["x-goog-api-key", MASTER_KEY],
    ["ocp-apim-subscription-key", MASTER_KEY],
    ["x-our-key", MASTER_KEY],
  ])("%s", async (name, value) => {
    const headers = { "content-type": "application/json", [name]: value };
    const answer = await fetch(gateway.url + CHAT, { method: "POST", headers, body: JSON.stringify(good) });
    expect(answer.status).toBe(200);
    const sent = upstream.requests.at(-1)?.headers ?? {};
    expect(JSON.stringify(sent)).not.toContain(MASTER_KEY);
  });

  it("not in the query, which counts on Google's routes only", async () => {
    expect((await fetch(`${gateway.url}/v1/models?key=${MASTER_KEY}`)).status).toBe(401);
  });
});

describe("400", () => {
  it.each([
    ["an empty body", "", null],
    ["a half body", '{"model":"fast","messages":[', null],
    ["words", "hello", null],
    ["a list", "[]", null],
    ["null", "null", null],
    ["a text", '"model"', null],
    ["NaN", '{"model":"fast","messages":[{"role":"user","content":"Hi"}],"temperature":NaN}', null],
    ["Infinity", '{"model":"fast","messages":[{"role":"user","content":"Hi"}],"temperature":-Infinity}', null],
    ["a comma too many", '{"model":"fast","messages":[{"role":"user","content":"Hi"}],}', null],
    ["single quotes", "{'model':'fast'}", null],
    ["two bodies", `${JSON.stringify(good)}${JSON.stringify(good)}`, null],
    ["the model twice", '{"model":"fast","model":"other","messages":[{"role":"user","content":"Hi"}]}', "model"],
    ["the model twice, once escaped", '{"model":"fast","\\u006dodel":"other","messages":[{"role":"user","content":"Hi"}]}', "model"],
    ["no model", { messages }, "model"],
    ["an empty model", { model: "", messages }, "model"],
    ["a null model", { model: null, messages }, "model"],
    ["a number for a model", { model: 4, messages }, "model"],
    ["an object for a model", { model: {}, messages }, "model"],
    ["no messages", { model: "fast" }, "messages"],
    ["null messages", { model: "fast", messages: null }, "messages"],
    ["empty messages", { model: "fast", messages: [] }, "messages"],
    ["a text for messages", { model: "fast", messages: "Hi" }, "messages"],
    ["an object for messages", { model: "fast", messages: {} }, "messages"],
    ["a text for stream", { ...good, stream: "yes" }, "stream"],
    ["a number for stream", { ...good, stream: 1 }, "stream"],
    ["a text for num_retries", { ...good, num_retries: "many" }, "num_retries"],
    ["a negative num_retries", { ...good, num_retries: -1 }, "num_retries"],
    ["a text for timeout", { ...good, timeout: "soon" }, "timeout"],
    ["a negative timeout", { ...good, timeout: -1 }, "timeout"],
    ["a text for fallbacks", { ...good, fallbacks: "other" }, "fallbacks"],
    ["numbers for fallbacks", { ...good, fallbacks: [1] }, "fallbacks"],
    ["a list for extra_body", { ...good, extra_body: [1] }, "extra_body"],
    ["a credential in extra_headers", { ...good, extra_headers: { Authorization: "Bearer x" } }, "extra_headers"],
    ["a line break in extra_headers", { ...good, extra_headers: { "x-a": "1\r\nx-b: 2" } }, "extra_headers"],
    ["api_base", { ...good, api_base: "http://evil.example" }, "api_base"],
    ["api_key in extra_body", { ...good, extra_body: { api_key: "sk-x" } }, "api_key"],
    ["api_base in a fallback", { ...good, fallbacks: [{ model: "other", api_base: "http://evil.example" }] }, "api_base"],
    ["api_base in litellm_params", { ...good, litellm_params: { api_base: "http://evil.example" } }, "api_base"],
  ])("for %s", async (_, body, param) => {
    const { status, error } = await refused(gateway.post(CHAT, body));
    expect([status, error.param]).toEqual([400, param]);
    expect(error.message.length).toBeGreaterThan(20);
  });

  it("for bytes that are no UTF-8", async () => {
    const bytes = Buffer.from(JSON.stringify({ model: "fast", messages: [{ role: "user", content: "H~" }] }));
    bytes[bytes.indexOf("~")] = 0xff;
    const { status, error } = await refused(gateway.post(CHAT, bytes));
    expect([status, error.message]).toEqual([400, expect.stringContaining("UTF-8")]);
  });

  it("for more than 128 levels, in a message or beside it", async () => {
    const deep = `${"[".repeat(129)}${"]".repeat(129)}`;
    for (const body of [
      `{"model":"fast","messages":[{"role":"user","content":${deep}}]}`,
      `{"model":"fast","messages":[{}],"x":${deep}}`,
    ]) {
      const { status, error } = await refused(gateway.post(CHAT, body));
      expect([status, error.message]).toEqual([400, expect.stringContaining("128")]);
    }
  });

  it("for broken JSON in a large body", async () => {
    const large = "x".repeat(50_000);
    const { status } = await refused(gateway.post(CHAT, `{"model":"fast","messages":[{"role":"user","content":"${large}"}],"a":nonsense}`));
    expect(status).toBe(400);
    const inside = await refused(gateway.post(CHAT, `{"model":"fast","messages":[{"role":"user","content":"${large}" oops}]}`));
    expect(inside.status).toBe(400);
  });

  it("for an unknown model, with the names that it may mean", async () => {
    const { status, error } = await refused(gateway.post(CHAT, { model: "fsat", messages }));
    expect([status, error.param, error.message]).toEqual([400, "model", expect.stringContaining("fast")]);
  });

  it("for an unknown model of a very long name, without repeating it all", async () => {
    const { status, error } = await refused(gateway.post(CHAT, { model: "x".repeat(100_000), messages }));
    expect(status).toBe(400);
    expect(error.message.length).toBeLessThan(1_000);
  });

  it.each([
    "🤖",
    "日本語",
    "half a character: \\ud83e",
    "line\\nbreak",
    "nul\\u0000",
    "../../etc/passwd",
    "__proto__",
    "constructor",
    "*",
    "os.environ/HOME",
  ])("for a model called %s", async (name) => {
    const { status, error } = await refused(gateway.post(CHAT, `{"model":"${name}","messages":[{"role":"user","content":"Hi"}]}`));
    expect([status, error.param]).toEqual([400, "model"]);
  });

  it.each([
    ["/v1/embeddings", { model: "embed" }, "input"],
    ["/v1/embeddings", { model: "embed", input: 4 }, "input"],
    ["/v1/embeddings", { input: "Hi" }, "model"],
    ["/v1/completions", { model: "fast" }, "prompt"],
    ["/v1/completions", { prompt: "Hi" }, "model"],
  ])("on %s for %j", async (path, body, param) => {
    const { status, error } = await refused(gateway.post(path, body));
    expect([status, error.param]).toEqual([400, param]);
  });

  it.each([
    ["/utils/token_counter", "{not json"],
    ["/utils/token_counter", "[]"],
    ["/utils/token_counter", "{}"],
    ["/utils/transform_request", "{}"],
  ])("on %s for %s", async (path, body) => {
    expect((await refused(gateway.post(path, body))).status).toBe(400);
  });
});

describe("413 and 415", () => {
  it("for a body over the limit, told by its length", async () => {
    const { status, error } = await refused(gateway.post(CHAT, { ...good, user: "x".repeat(1_100_000) }));
    expect([status, error.message]).toEqual([413, expect.stringContaining("max_request_size_mb")]);
  });

  it("for a body over the limit that does not say its length", async () => {
    const socket = connect(gateway.port, "127.0.0.1");
    socket.write(`POST ${CHAT} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${MASTER_KEY}\r\nTransfer-Encoding: chunked\r\n\r\n`);
    const part = `10000\r\n${"x".repeat(0x10000)}\r\n`;
    for (let sent = 0; sent < 20; sent += 1) socket.write(part);
    const answer = await new Promise<string>((resolve) => {
      let text = "";
      socket.on("data", (bytes) => {
        text += bytes.toString();
      });
      socket.on("close", () => resolve(text));
      socket.on("error", () => {});
    });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('"code":"413"');
  });

  it("for another content type", async () => {
    const { status, error } = await refused(gateway.post(CHAT, "model=fast", { "content-type": "application/x-www-form-urlencoded" }));
    expect([status, error.message]).toEqual([415, expect.stringContaining("application/json")]);
    expect((await refused(gateway.post("/utils/token_counter", "a,b", { "content-type": "text/csv" }))).status).toBe(415);
  });

  it.each(["application/json; charset=utf-8", "Application/JSON", "application/vnd.api+json"])("not for %s", async (type) => {
    expect((await gateway.post(CHAT, good, { "content-type": type })).status).toBe(200);
  });
});

describe("404, 405 and 501", () => {
  it("404 where nothing is", async () => {
    expect((await told(gateway.get("/v1/nothing/here"))).status).toBe(404);
    expect((await told(gateway.post("/v1/nothing", {}))).status).toBe(404);
    expect((await told(gateway.get("/../../etc/passwd"))).status).toBe(404);
    expect((await told(gateway.get("/%ff%fe"))).status).toBeLessThan(500);
  });

  it("404 for a model that is not there, with the names that it may mean", async () => {
    const { status, error } = await told(gateway.get("/v1/models/fsat"));
    expect([status, error.message]).toEqual([404, expect.stringContaining("'fast'")]);
  });

  it.each(["GET", "PUT", "PATCH", "DELETE"])("405 for %s on a path that takes POST", async (method) => {
    for (const path of [CHAT, "/v1/embeddings", "/openai/deployments/fast/chat/completions"]) {
      const { status } = await told(fetch(gateway.url + path, { method, headers: { authorization: `Bearer ${MASTER_KEY}` } }));
      expect([path, status]).toEqual([path, 405]);
    }
  });

  it("405 for POST on a path that takes GET", async () => {
    expect((await told(gateway.post("/v1/models", {}))).status).toBe(405);
  });

  it("501 for what is known but not built, and 401 for who may not know", async () => {
    const { status, error } = await told(gateway.post("/v1/fine_tuning/jobs", { model: "fast" }));
    expect([status, error.message]).toEqual([501, expect.stringContaining("not built yet")]);
    expect((await fetch(`${gateway.url}/v1/fine_tuning/jobs`, { method: "POST" })).status).toBe(401);
  });

  it("the same with a slash at the end", async () => {
    expect((await gateway.post(`${CHAT}/`, good)).status).toBe(200);
    expect((await gateway.get("/v1/models/")).status).toBe(200);
  });
});

describe("what is no HTTP", () => {
  it.each(["\u0000\u0001\u0002\r\n\r\n", "GET\r\n\r\n", "POST /v1/chat/completions HTTP/9.9\r\n\r\n"])(
    "%j ends the connection and nothing else",
    async (bytes) => {
      const socket = connect(gateway.port, "127.0.0.1");
      socket.on("error", () => {});
      socket.end(bytes);
      await new Promise((resolve) => socket.resume().on("close", resolve));
      expect((await gateway.post(CHAT, good)).status).toBe(200);
    },
  );
});

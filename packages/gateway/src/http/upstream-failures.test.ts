/** What clients are told when a provider has a bad day. */

import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, createServer as createSocketServer, type Server } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { pem } from "../../../core/src/transport/test-servers.ts";
import { type FakeUpstream, startFakeUpstream } from "../../../testkit/src/fake-upstream.ts";
import { startGateway, type TestGateway, UPSTREAM_KEY, usualConfig } from "../../../testkit/src/gateway.ts";
import { chatChunk, chatReply, chatStream, errorReply, event } from "../../../testkit/src/wire-samples.ts";

const CHAT = "/v1/chat/completions";
const messages = [{ role: "user", content: "Hi" }];
const servers: Server[] = [];
let upstream: FakeUpstream;
let gateway: TestGateway;

async function listening(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const tls = await listening(createSecureServer(pem("self-signed"), (_, response) => response.end()));
  const noHttp = await listening(createSocketServer((socket) => socket.end("220 mail.example ESMTP\r\n")));
  const at = (name: string, api_base: string, more: object = {}) => ({
    model_name: name,
    litellm_params: { model: "openai/gpt-4o-mini", api_key: UPSTREAM_KEY, api_base, ...more },
  });
  gateway = await startGateway({
    upstream,
    config: {
      ...usualConfig,
      model_list: [
        ...usualConfig.model_list,
        at("refused", "http://127.0.0.1:1/v1"),
        at("nowhere", "http://no-such-host.invalid/v1"),
        at("self-signed", `https://127.0.0.1:${tls}/v1`),
        at("no-http", `http://127.0.0.1:${noHttp}/v1`),
        at("metadata", "http://169.254.169.254/v1"),
        at("impatient", "os.environ/UPSTREAM", { timeout: 0.1 }),
        at("quiet", "os.environ/UPSTREAM", { stream_timeout: 0.1 }),
        { model_name: "no-key", litellm_params: { model: "openai/gpt-4o-mini" } },
        { model_name: "not-built", litellm_params: { model: "langgraph/agent" } },
      ],
    },
  });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
  for (const server of servers) server.close();
});

interface Told {
  readonly status: number;
  readonly error: { readonly message: string; readonly type: string; readonly code: string; readonly provider_specific_fields?: object };
}

async function ask(model: string, more: object = {}): Promise<Told & { response: Response }> {
  const response = await gateway.post(CHAT, { model, messages, ...more });
  const { error } = (await response.json()) as Pick<Told, "error">;
  expect(response.headers.get("x-litellm-call-id")).not.toBeNull();
  return { status: response.status, error, response };
}

afterEach(() => {
  for (const { error } of gateway.records) expect(JSON.stringify(error ?? {})).not.toContain(UPSTREAM_KEY);
});

describe.each([false, true])("asked with stream: %s, an answer", (stream) => {
  it.each([
    [400, 400, { json: errorReply("Bad temperature.", { param: "temperature" }) }, "Bad temperature."],
    [401, 401, { json: errorReply("Incorrect API key.", { code: "invalid_api_key" }) }, "Incorrect API key."],
    [404, 404, { json: errorReply("No such model.") }, "No such model."],
    [429, 429, { json: errorReply("Slow down.") }, "Slow down."],
    [500, 500, { json: errorReply("Crashed.") }, "Crashed."],
    [503, 503, { text: "busy" }, "busy"],
    [529, 529, { json: errorReply("Overloaded.") }, "Overloaded."],
    [
      502,
      502,
      { text: "<html><head><title>Bad Gateway</title></head></html>", headers: { "content-type": "text/html" } },
      "HTML page: Bad Gateway",
    ],
    [500, 500, { text: "" }, "500"],
    [418, 418, { json: { detail: "A teapot." } }, "A teapot."],
  ])("of status %i is told as %i", async (status, expected, reply, words) => {
    upstream.script({ status, ...reply });
    const told = await ask("fast", { stream });
    expect([told.status, told.error.code, told.error.message]).toEqual([expected, String(expected), expect.stringContaining(words)]);
  });

  it.each([
    ["HTML", { text: "<!doctype html><title>Welcome</title>", headers: { "content-type": "text/html" } }, "HTML"],
    ["nothing", { text: "", headers: { "content-type": "application/json" } }, "empty"],
    ["half a JSON body", { text: '{"id":"x","choices":[', headers: { "content-type": "application/json" } }, "JSON"],
    ["a list", { text: "[]", headers: { "content-type": "application/json" } }, /choices|JSON object/],
    ["no choices", { json: { id: "x" } }, "choices"],
    ["a redirect", { status: 302, headers: { location: "http://169.254.169.254/" } }, "redirect"],
    ["a hang-up", { hangsUp: "before" } as const, "closed the connection"],
  ])("that is %s is told as 502", async (_, reply, words) => {
    upstream.script(reply);
    const before = upstream.requests.length;
    const told = await ask("fast", { stream });
    expect([told.status, told.error.message]).toEqual([502, expect.stringMatching(words)]);
    expect(upstream.requests.length - before).toBe(1);
  });

  it("that is an error in a 200 is told as that error", async () => {
    upstream.script({ json: errorReply("Quota used up.", { code: 429 }) });
    expect(await ask("fast", { stream })).toMatchObject({ status: 429, error: { message: "Quota used up." } });
  });

  it("keeps the provider's own code beside ours", async () => {
    upstream.script({ status: 401, json: errorReply("Incorrect API key.", { code: "invalid_api_key", hint: "x" }) });
    const { error } = await ask("fast", { stream });
    expect(error.provider_specific_fields).toEqual({ code: "invalid_api_key", hint: "x" });
  });

  it("that does not come in time is told as 408, and the provider is freed", async () => {
    upstream.script({ delayMs: 10_000, json: chatReply("late") });
    const told = await ask("impatient", { stream });
    expect([told.status, told.error.message]).toEqual([408, expect.stringContaining("timeout")]);
    expect(await upstream.requests.at(-1)?.over).toBe(true);
  });
});

describe("a provider that is not reached", () => {
  it.each([
    ["refused", 502, ["refused the connection", "api_base"]],
    ["nowhere", 502, ["host name", "api_base"]],
    ["self-signed", 502, ["self-signed", "ssl_verify: false", "ssl_verify: /path/ca.pem"]],
    ["no-http", 502, ["not proper HTTP"]],
    ["metadata", 403, ["169.254.169.254"]],
    ["no-key", 401, ["OPENAI_API_KEY", "api_key"]],
    ["not-built", 501, ["langgraph"]],
  ])("%s is told as %i with what to check", async (model, status, words) => {
    const told = await ask(model);
    expect(told.status).toBe(status);
    for (const word of words) expect(told.error.message).toContain(word);
  });
});

describe("a body that is cut", () => {
  it("is 502 where it should have been whole", async () => {
    upstream.script({ text: '{"id":', headers: { "content-type": "application/json", "content-length": "500" }, hangsUp: "after" });
    expect((await ask("fast")).status).toBe(502);
  });

  it("is 502 where nothing of a stream had come", async () => {
    upstream.script({ pieces: [], hangsUp: "after" });
    expect((await ask("fast", { stream: true })).status).toBe(502);
    upstream.script({ pieces: [] });
    expect((await ask("fast", { stream: true })).status).toBe(502);
    upstream.script({ pieces: ["data: {"] });
    expect((await ask("fast", { stream: true })).status).toBe(502);
  });
});

describe("a stream", () => {
  const events = async (model: string, more: object = {}): Promise<{ status: number; text: string; data: unknown[] }> => {
    const response = await gateway.post(CHAT, { model, messages, stream: true, ...more });
    const text = await response.text();
    expect(text.endsWith("\n\n")).toBe(true);
    const data = text
      .split("\n\n")
      .slice(0, -1)
      .map((each) => (each === "data: [DONE]" ? "[DONE]" : JSON.parse(each.replace(/^data: /, ""))));
    return { status: response.status, text, data };
  };
  const one = event(chatChunk({ content: "One" }));

  it("that begins with an error has that error's status", async () => {
    upstream.script({ pieces: [event(errorReply("Overloaded.", { code: 503 }))] });
    expect(await ask("fast", { stream: true })).toMatchObject({ status: 503, error: { message: "Overloaded." } });
  });

  it.each([
    ["hangs up", { pieces: [one], hangsUp: "after" } as const, "502"],
    ["ends without a finish reason", { pieces: [one] }, "502"],
    ["ends in half an event", { pieces: [one, one.slice(0, 50)] }, "502"],
    ["sends an error", { pieces: [one, event(errorReply("Crashed.", { type: "server_error" }))] }, "500"],
    ["sends an error with a status of its own", { pieces: [one, event(errorReply("Slow down.", { code: 429 }))] }, "429"],
  ])("that %s ends with an error event and no [DONE]", async (_, reply, code) => {
    upstream.script(reply);
    const { status, data } = await events("fast");
    expect(status).toBe(200);
    expect(data).toMatchObject([{ model: "fast" }, { error: { code, message: expect.any(String) } }]);
    expect(gateway.records.at(-1)).toMatchObject({ status: "failure", stream: true, usage: { estimated: true } });
  });

  it("that falls silent ends with an error event, and the provider is freed", async () => {
    upstream.script({ pieces: [one], hangsUp: "never" });
    const { data } = await events("quiet");
    expect(data.at(-1)).toMatchObject({ error: { code: "408", message: expect.stringContaining("stream_timeout") } });
    expect(await upstream.requests.at(-1)?.over).toBe(true);
  });

  it("that said its finish reason is whole without [DONE], which is added", async () => {
    upstream.script({ pieces: [one, event(chatChunk({}, "stop"))] });
    const { data } = await events("fast");
    expect(data.at(-1)).toBe("[DONE]");
    expect(gateway.records.at(-1)?.status).toBe("success");
  });

  it("that said its finish reason is whole, however its connection ends", async () => {
    upstream.script({ pieces: [one, event(chatChunk({}, "stop")), "data: {"], hangsUp: "after" });
    const { data } = await events("fast");
    expect(data).toMatchObject([{}, { choices: [{ finish_reason: "stop" }] }, "[DONE]"]);
  });

  it("that comes as one JSON body is played as a stream", async () => {
    upstream.script({ json: chatReply("Hello") });
    const { data } = await events("fast", { stream_options: { include_usage: true } });
    expect(data).toMatchObject([
      { object: "chat.completion.chunk", model: "fast", choices: [{ delta: { content: "Hello" } }] },
      { choices: [{ finish_reason: "stop" }] },
      { choices: [], usage: { total_tokens: 12 } },
      "[DONE]",
    ]);
  });

  it("holds the usage back from who did not ask, wherever it stands", async () => {
    upstream.script({ pieces: chatStream("Hi") });
    expect((await events("fast")).text).not.toContain("usage");
    upstream.script({ pieces: chatStream("Hi") });
    expect((await events("fast", { stream_options: { include_usage: true } })).data.at(-2)).toMatchObject({
      choices: [],
      usage: { total_tokens: 12 },
    });
  });
});

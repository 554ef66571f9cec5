import { describe, expect, it } from "vitest";
import { Cancel } from "../cancel.ts";
import { systemClock } from "../clock.ts";
import { GatewayError } from "../errors.ts";
import type { InboundReply } from "../transport/transport.ts";
import { demo } from "./demo.ts";
import { mockService } from "./mock.ts";
import { openai } from "./openai.ts";
import type { ExchangeContext, Service } from "./provider.ts";

const messages = [{ role: "user", content: "What is a fjord?" }];

function ask(service: Service, body: object, more: Partial<ExchangeContext> = {}): Promise<InboundReply> {
  const request = {
    method: "POST",
    origin: "",
    path: "",
    headers: {},
    body: JSON.stringify(body),
    network: { reach: "configured" },
  } as const;
  const context: ExchangeContext = {
    send: () => {
      throw new Error("A made-up answer must not be sent for.");
    },
    clock: systemClock,
    cancel: new Cancel(),
    operation: "chat",
    stream: false,
    newId: () => "abc",
    asked: () => ({ model: "m", messages: [] }),
    sign: (outbound) => outbound,
    ...more,
  };
  if (!service.exchange) throw new Error("The service has no exchange.");
  return service.exchange(request, context);
}

async function json(reply: Promise<InboundReply>) {
  return JSON.parse((await (await reply).read(1_000_000)).toString());
}

async function events(reply: Promise<InboundReply>) {
  const text = (await (await reply).read(1_000_000)).toString();
  expect(text).toMatch(/data: \[DONE\]\n\n$/);
  return text
    .split("\n\n")
    .filter((event) => event.startsWith("data: {"))
    .map((event) => JSON.parse(event.slice(6)));
}

// biome-ignore lint/suspicious/noExplicitAny: parsed JSON of a test
const contentOf = (chunks: any[]) => chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");

describe("demo", () => {
  const service = demo.serve("hello", { model: "demo/hello" }, {});

  it("echoes the question with usage", async () => {
    const body = await json(ask(service, { model: "hello", messages }));
    expect(body.choices[0].message.content).toContain("What is a fjord?");
    expect(body.usage.total_tokens).toBe(body.usage.prompt_tokens + body.usage.completion_tokens);
  });

  it("streams the same words, then usage", async () => {
    const whole = await json(ask(service, { model: "hello", messages }));
    const chunks = await events(ask(service, { model: "hello", messages }, { stream: true }));
    expect(contentOf(chunks)).toBe(whole.choices[0].message.content);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage });
  });

  it("gives the same vector for the same text", async () => {
    const { data } = await json(ask(service, { model: "hello", input: ["tar", "oak", "tar"], dimensions: 8 }, { operation: "embed" }));
    expect(data[0].embedding).toHaveLength(8);
    expect(data[2].embedding).toEqual(data[0].embedding);
    expect(Math.hypot(...data[0].embedding)).toBeCloseTo(1);
  });
});

describe("mock_response", () => {
  const real = openai.serve("gpt-4o", { model: "openai/gpt-4o" }, {});
  const mocked = (settings: object) => mockService({ model: "openai/gpt-4o", ...settings }, real);

  it("leaves a service alone that asks for nothing", () => {
    expect(mocked({})).toBe(real);
  });

  it("answers a text with made-up usage", async () => {
    const body = await json(ask(mocked({ mock_response: "Hello there" }), { messages }));
    expect(body).toMatchObject({ choices: [{ message: { content: "Hello there" }, finish_reason: "stop" }] });
    expect(body.usage).toEqual({ prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 });
  });

  it("streams a text word by word, a list piece by piece", async () => {
    const words = await events(ask(mocked({ mock_response: "Hello there" }), { messages }, { stream: true }));
    expect(contentOf(words)).toBe("Hello there");
    const pieces = await events(ask(mocked({ mock_response: ["a", "b"] }), { messages }, { stream: true }));
    expect(contentOf(pieces)).toBe("ab");
  });

  it("gives a list as vector, an object as it is", async () => {
    const body = await json(ask(mocked({ mock_response: [0.1, 0.2] }), { input: "Hello" }, { operation: "embed" }));
    expect(body.data).toEqual([{ object: "embedding", index: 0, embedding: [0.1, 0.2] }]);
    expect(await json(ask(mocked({ mock_response: { id: "own" } }), { messages }))).toEqual({ id: "own" });
  });

  it.each([
    ["litellm.RateLimitError", "rate_limit", 429],
    ["litellm.ContextWindowExceededError", "context_window", 400],
    ["litellm.InternalServerError", "upstream_internal", 500],
    ["litellm.AuthenticationError: wrong key", "upstream_auth", 401],
  ])("%s fails as %s", async (mock_response, kind, status) => {
    const error = await ask(mocked({ mock_response }), { messages }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(GatewayError);
    expect(error).toMatchObject({ kind, status });
  });

  it("calls tools", async () => {
    const mock_tool_calls = [{ id: "call_1", type: "function", function: { name: "f", arguments: "{}" } }];
    const body = await json(ask(mocked({ mock_tool_calls }), { messages }));
    expect(body.choices[0]).toMatchObject({ message: { tool_calls: mock_tool_calls }, finish_reason: "tool_calls" });
    const chunks = await events(ask(mocked({ mock_tool_calls }), { messages }, { stream: true }));
    expect(chunks.some((chunk) => chunk.choices[0]?.delta.tool_calls?.[0].index === 0)).toBe(true);
  });
});

describe("mock_response beside chat, in operations beside it", () => {
  const mocked = (mock_response: unknown) => mockService({ model: "m", mock_response }, openai.serve("m", { model: "m" }, {}));

  it.each([
    ["transcribe", "Heard.", {}, { text: "Heard." }],
    ["image", "https://a.example/b.png", {}, { data: [{ url: "https://a.example/b.png" }] }],
    ["image", [{ b64_json: "aGk=" }], {}, { data: [{ b64_json: "aGk=" }] }],
    ["rerank", "x", { documents: ["a", "b"] }, { results: [{ index: 0, relevance_score: 1 }, { index: 1 }] }],
    ["moderate", "x", { input: ["a", "b"] }, { results: [{ flagged: false }, { flagged: false }] }],
    ["ocr", "# Hi", {}, { pages: [{ markdown: "# Hi" }] }],
    ["rerank", { results: [] }, {}, { results: [] }],
  ] as const)("%s answers %j in its own shape", async (operation, wanted, body, expected) => {
    expect(await json(ask(mocked(wanted), body, { operation }))).toMatchObject(expected);
  });

  it("says that no text stands for sound", async () => {
    await expect(ask(mocked("Hi"), {}, { operation: "speak" })).rejects.toMatchObject({ kind: "bad_request" });
  });
});

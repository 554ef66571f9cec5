import { describe, expect, it } from "vitest";
import { GatewayError } from "../../errors.ts";
import type { ChatChunk, ChatRequest, ToolChoice } from "../../hub/chat.ts";
import type { TranslateContext } from "../dialect.ts";
import { gemini } from "./provider-side.ts";

const context = (asked: Partial<ChatRequest>, more: Partial<TranslateContext<"chat">> = {}): TranslateContext<"chat"> => ({
  asked: { model: "public", messages: [{ role: "user", content: "Hi" }], ...asked },
  model: "gemini-2.5-flash",
  publicModel: "public",
  facts: {},
  settings: { model: "gemini-2.5-flash" },
  dropParams: false,
  fetched: new Map(),
  now: 1,
  newId: () => "id",
  ...more,
});
const thrown = (run: () => unknown): GatewayError => {
  try {
    run();
  } catch (error) {
    if (error instanceof GatewayError) return error;
  }
  throw new Error("no GatewayError was thrown");
};
const settings = { model: "m" };
const tool = (name: string) => ({ type: "function", function: { name } });

describe("path", () => {
  it("names model and method", () => {
    expect(gemini.path({ model: "gemini-2.5-flash", stream: false, settings })).toBe("/models/gemini-2.5-flash:generateContent");
    expect(gemini.path({ model: "gemini-2.5-flash", stream: true, settings })).toBe(
      "/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
    );
  });
  it("leaves a tuned model where it stands", () => {
    expect(gemini.path({ model: "tunedModels/mine", stream: false, settings })).toBe("/tunedModels/mine:generateContent");
  });
});

describe("fetches", () => {
  const fetches = (...urls: string[]) =>
    gemini.fetches?.(
      { model: "m", messages: [{ role: "user", content: urls.map((url) => ({ type: "image_url", image_url: { url } })) }] },
      "m",
    );
  it("downloads only what Google cannot go and get by a known media type", () => {
    expect(fetches("https://a.example/x.png", "gs://b/c", "data:image/png;base64,eA==", "https://youtu.be/abc")).toEqual([]);
    expect(fetches("https://a.example/x", "http://a.example/x.png")).toEqual(["https://a.example/x", "http://a.example/x.png"]);
  });
  it("takes the media type from format", () => {
    const content = [{ type: "image_url", image_url: { url: "https://a.example/x", format: "image/png" } }];
    expect(gemini.fetches?.({ model: "m", messages: [{ role: "user", content }] }, "m")).toEqual([]);
  });
});

describe("request refuses", () => {
  it("one tool at a time, unless it may be dropped or there is only one", () => {
    const asked = { tools: [tool("a"), tool("b")], parallel_tool_calls: false };
    expect(thrown(() => gemini.request(context(asked))).kind).toBe("unsupported_params");
    expect(gemini.request(context(asked, { dropParams: true }))).toHaveProperty("tools");
    expect(gemini.request(context({ ...asked, tools: [tool("a")] }))).toHaveProperty("tools");
  });
  it("two ways to say how long to think", () => {
    expect(thrown(() => gemini.request(context({ reasoning_effort: "low", thinking: { type: "enabled" } }))).kind).toBe("bad_request");
    expect(thrown(() => gemini.request(context({ reasoning_effort: "much" }))).message).toContain("much");
  });
  it("a result without its call", () => {
    const messages: ChatRequest["messages"] = [{ role: "tool", tool_call_id: "call_9", content: "x" }];
    expect(thrown(() => gemini.request(context({ messages }))).message).toContain("call_9");
  });
  it("sound in other forms than pcm16", () => {
    expect(thrown(() => gemini.request(context({ audio: { voice: "Kore", format: "mp3" } }))).detail.param).toBe("audio.format");
  });
  it("tools and content that it does not know", () => {
    expect(thrown(() => gemini.request(context({ tools: [{ type: "mcp", server_url: "https://a.example" }] }))).detail.param).toBe("tools");
    const messages: ChatRequest["messages"] = [{ role: "user", content: [{ type: "hologram" }] }];
    expect(thrown(() => gemini.request(context({ messages }))).message).toContain("hologram");
  });
  it.each([
    [{ messages: [{ role: "user", content: 7 }] }],
    [{ messages: [{ role: "user", content: [null] }] }],
    [{ messages: [{ role: "assistant", tool_calls: [{ id: "a" }] }] }],
    [{ tools: [null] }],
    [{ tools: [{ type: "function", function: {} }] }],
  ])("what has another shape than OpenAI's: %j", (asked) => {
    expect(thrown(() => gemini.request(context(asked as unknown as Partial<ChatRequest>))).kind).toBe("bad_request");
  });
  it("a file that nobody fetched", () => {
    const messages: ChatRequest["messages"] = [{ role: "user", content: [{ type: "image_url", image_url: "https://a.example/x" }] }];
    expect(thrown(() => gemini.request(context({ messages }))).kind).toBe("image_fetch");
  });
});

describe("request thinks", () => {
  it.each([
    ["gemini-2.5-flash", "minimal", { thinkingBudget: 1, includeThoughts: true }],
    ["gemini-2.5-flash-lite", "minimal", { thinkingBudget: 512, includeThoughts: true }],
    ["gemini-2.5-pro", "minimal", { thinkingBudget: 128, includeThoughts: true }],
    ["gemini-2.5-pro", "none", { thinkingBudget: 128, includeThoughts: false }],
    ["gemini-2.5-flash", "disable", { thinkingBudget: 0, includeThoughts: false }],
    ["gemini-2.5-flash", "high", { thinkingBudget: 4096, includeThoughts: true }],
    ["gemini-2.5-flash", "auto", { includeThoughts: true }],
    ["gemini-3-pro-preview", "minimal", { thinkingLevel: "low", includeThoughts: true }],
    ["gemini-3-pro-preview", "none", { thinkingLevel: "low", includeThoughts: false }],
    ["gemini-3-flash-preview", "medium", { thinkingLevel: "medium", includeThoughts: true }],
    ["gemini-3.1-pro-preview", "medium", { thinkingLevel: "medium", includeThoughts: true }],
    ["gemini-4-argon", "minimal", { thinkingLevel: "low", includeThoughts: true }],
    ["gemini-flash-latest", "low", { thinkingLevel: "low", includeThoughts: true }],
  ])("%s with effort %s", (model, effort, thinking) => {
    expect(gemini.request(context({ reasoning_effort: effort }, { model }))["generationConfig"]).toEqual({ thinkingConfig: thinking });
  });
});

describe("request uses tools", () => {
  const calling = (asked: Partial<ChatRequest>) => gemini.request(context({ tools: [tool("a")], ...asked }))["toolConfig"];
  it.each<[ToolChoice, object]>([
    ["none", { mode: "NONE" }],
    ["auto", { mode: "AUTO" }],
    ["required", { mode: "ANY" }],
    [
      { type: "function", function: { name: "a" } },
      { mode: "ANY", allowedFunctionNames: ["a"] },
    ],
    [
      { type: "allowed_tools", allowed_tools: { mode: "required", tools: [tool("a")] } },
      { mode: "ANY", allowedFunctionNames: ["a"] },
    ],
  ])("as %j says", (choice, config) => {
    expect(calling({ tool_choice: choice })).toEqual({ functionCallingConfig: config });
  });
  it("without a choice where there is no function to choose", () => {
    expect(gemini.request(context({ tools: [{ type: "web_search" }], tool_choice: "auto" }))["toolConfig"]).toBeUndefined();
  });
});

describe("response", () => {
  const read = (body: unknown) => gemini.response({ status: 200, headers: { "x-gemini-service-tier": "flex" }, body }, context({}));
  it("throws the error that stands in a 200", () => {
    expect(thrown(() => read({ error: { code: 429, message: "Slow down." } })).kind).toBe("rate_limit");
  });
  it.each([["<html>"], [{}], [null], [{ choices: [] }]])("is no answer: %j", (body) => {
    expect(thrown(() => read(body)).kind).toBe("bad_reply");
    if (body !== null && typeof body === "object")
      expect(thrown(() => gemini.replyPatch({ ...body }, { publicModel: "p", now: 1, newId: () => "id" })).kind).toBe("bad_reply");
  });
  it("learns the tier from the header", () => {
    expect(read({ candidates: [], usageMetadata: { promptTokenCount: 1 } }).service_tier).toBe("flex");
  });
});

describe("stream", () => {
  const decoder = () => {
    const made = gemini.stream?.(context({}));
    if (!made) throw new Error("gemini has no stream");
    return made;
  };
  const event = (body: unknown) => ({ data: JSON.stringify(body) });
  it("is complete only when every choice said how it ends", () => {
    const made = decoder();
    const ignore = (): void => {};
    expect(made.complete).toBe(false);
    made.push(
      event({
        candidates: [
          { index: 0, content: { parts: [{ text: "a" }] } },
          { index: 1, content: { parts: [{ text: "b" }] } },
        ],
      }),
      ignore,
    );
    made.push(event({ candidates: [{ index: 0, finishReason: "STOP" }] }), ignore);
    expect(made.complete).toBe(false);
    made.push(
      event({ candidates: [{ index: 1, finishReason: "STOP" }], usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2 } }),
      ignore,
    );
    expect(made.complete).toBe(true);
    expect(made.usage).toEqual({ inputTokens: 3, outputTokens: 2 });
  });
  it("throws an error event, after what came before it", () => {
    const made = decoder();
    const chunks: ChatChunk[] = [];
    made.push(event({ candidates: [{ content: { parts: [{ text: "a" }] } }] }), (chunk) => void chunks.push(chunk));
    expect(thrown(() => made.push(event({ error: { code: 503, message: "Overloaded.", status: "UNAVAILABLE" } }), () => {})).kind).toBe(
      "unavailable",
    );
    expect(chunks).toHaveLength(1);
  });
  it("gives up what never became whole when the next event is", () => {
    const made = decoder();
    const chunks: ChatChunk[] = [];
    made.push({ data: '{"candidates":[{"content":{' }, () => {});
    made.push(event({ candidates: [{ content: { parts: [{ text: "a" }] } }] }), (chunk) => void chunks.push(chunk));
    expect(chunks[0]?.choices[0]?.delta.content).toBe("a");
  });
  it("reads on after an event that is no JSON", () => {
    const made = decoder();
    const chunks: ChatChunk[] = [];
    made.push({ data: "ping" }, () => {});
    made.push(event({ candidates: [{ content: { parts: [{ text: "a" }] } }] }), (chunk) => void chunks.push(chunk));
    expect(chunks[0]?.choices[0]?.delta.content).toBe("a");
  });
});

describe("glance", () => {
  it("finds usage, the end and errors", () => {
    const glance = gemini.glance();
    expect(glance.push({ data: JSON.stringify({ candidates: [{}], usageMetadata: { promptTokenCount: 3 } }) })).toBe("pass");
    expect(glance.complete).toBe(false);
    glance.push({
      data: JSON.stringify({ candidates: [{ finishReason: "STOP" }], usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 1 } }),
    });
    expect(glance.complete).toBe(true);
    expect(glance.usage).toEqual({ inputTokens: 3, outputTokens: 1 });
    expect(glance.push({ data: JSON.stringify({ error: { code: 500, message: "No." } }) })).toBeInstanceOf(GatewayError);
  });
});

import { describe, expect, it } from "vitest";
import type { ChatChunk, ChatRequest, ContentPart } from "../../hub/chat.ts";
import type { WireEvent } from "../../transport/transport.ts";
import type { TranslateContext } from "../dialect.ts";
import { bedrockConverse } from "./provider-side.ts";

const context = (asked: Partial<ChatRequest> = {}): TranslateContext<"chat"> => ({
  asked: { model: "public", messages: [], ...asked },
  model: "anthropic.claude-sonnet-4-5-20250929-v1:0",
  publicModel: "public",
  facts: {},
  settings: { model: "m" },
  dropParams: false,
  fetched: new Map(),
  now: 1,
  newId: () => "id",
});
const saying = (part: ContentPart): TranslateContext<"chat"> => context({ messages: [{ role: "user", content: [part] }] });
const event = (name: string, data: object, type = "event"): WireEvent => ({
  name,
  headers: { ":message-type": type },
  data: JSON.stringify(data),
});

describe("a Converse request", () => {
  it.each([
    ["a stored file", { type: "file", file: { file_id: "file-1" } }, /keeps no files/],
    ["an unknown kind of file", { type: "image_url", image_url: "data:image/tiff;base64,AA==" }, /"image\/tiff"/],
    ["a file:// address", { type: "image_url", image_url: "file:///etc/passwd" }, /http\(s\) or s3/],
    ["an image without address", { type: "image_url", image_url: { url: "" } }, /no url/],
    ["an unknown part", { type: "hologram", size: 1 }, /"hologram"/],
  ])("is refused for %s", (_, part, message) => {
    expect(() => bedrockConverse.request(saying(part as ContentPart))).toThrow(message);
  });

  it("takes a block in the wire's own shape as it is", () => {
    const part = { type: "document", document: { format: "pdf", name: "a", source: { bytes: "AA==" } } };
    const { messages } = bedrockConverse.request(saying(part)) as { messages: { content: unknown[] }[] };
    expect(messages[0]?.content).toEqual([{ document: part.document }]);
  });

  it("asks for every http address to be fetched, and for no other", () => {
    const parts = [
      { type: "image_url", image_url: { url: "https://a.example/1" } },
      { type: "image_url", image_url: "data:image/png;base64,AA==" },
      { type: "video_url", video_url: { url: "http://a.example/2" } },
      { type: "file", file: { file_data: "https://a.example/3" } },
      { type: "file", file: { file_id: "s3://bucket/4" } },
    ];
    const asked = { model: "m", messages: [{ role: "user" as const, content: parts }] };
    expect(bedrockConverse.fetches?.(asked, "m")).toEqual(["https://a.example/1", "http://a.example/2", "https://a.example/3"]);
  });

  it("cuts names and ids to what the wire takes and finds names again", () => {
    const name = `${"long".repeat(20)}_name`;
    const tools = [{ type: "function" as const, function: { name } }];
    const { toolConfig } = bedrockConverse.request(context({ messages: [{ role: "user", content: "x" }], tools })) as {
      toolConfig: { tools: { toolSpec: { name: string } }[] };
    };
    const short = toolConfig.tools[0]?.toolSpec.name ?? "";
    expect(short).toHaveLength(64);
    const body = { output: { message: { content: [{ toolUse: { toolUseId: "t", name: short, input: {} } }] } }, stopReason: "tool_use" };
    const reply = bedrockConverse.response({ status: 200, headers: {}, body }, context({ tools }));
    expect(reply.choices[0]?.message.tool_calls?.[0]?.function.name).toBe(name);
  });

  it("never changes what was asked", () => {
    const messages = [
      { role: "user" as const, content: "Hi." },
      { role: "assistant" as const, content: "Trailing  " },
    ];
    const before = JSON.stringify(messages);
    bedrockConverse.request(context({ messages }));
    expect(JSON.stringify(messages)).toBe(before);
  });
});

describe("a Converse stream", () => {
  const decoded = (events: readonly WireEvent[]) => {
    const chunks: ChatChunk[] = [];
    const decoder = bedrockConverse.stream?.(context());
    for (const each of events) decoder?.push(each, (chunk) => chunks.push(chunk));
    return { chunks, decoder };
  };

  it("throws what an exception frame tells, after what came before it", () => {
    const chunks: ChatChunk[] = [];
    const decoder = bedrockConverse.stream?.(context());
    decoder?.push(event("contentBlockDelta", { delta: { text: "Hel" } }), (chunk) => chunks.push(chunk));
    const exception = event("throttlingException", { message: "Slow down." }, "exception");
    expect(() => decoder?.push(exception, () => {})).toThrow("Slow down.");
    expect(chunks[0]?.choices[0]?.delta.content).toBe("Hel");
  });

  it("is complete with its stop reason, not before", () => {
    expect(decoded([event("contentBlockDelta", { delta: { text: "Hel" } })]).decoder?.complete).toBe(false);
    expect(decoded([event("messageStop", { stopReason: "end_turn" })]).decoder?.complete).toBe(true);
  });

  it("skips events that nobody knows, and refuses what is no JSON", () => {
    expect(decoded([event("tomorrow", { a: 1 })]).chunks).toEqual([]);
    expect(() => decoded([{ name: "metadata", data: "<html>" }])).toThrow(/no JSON object/);
  });
});

describe("a Converse reply", () => {
  it("without a message is no answer", () => {
    expect(() => bedrockConverse.response({ status: 200, headers: {}, body: {} }, context())).toThrow(/no output\.message|holds no output/);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chatChunk, errorReply, event, USAGE } from "../../../testkit/src/wire-samples.ts";
import type { ClientSide, ProviderSide } from "../dialects/dialect.ts";
import { openaiChatClient } from "../dialects/openai-chat/client-side.ts";
import { openaiChat } from "../dialects/openai-chat/provider-side.ts";
import { HandsOff } from "./hands-off.ts";
import { Moulds } from "./moulds.ts";

const PUBLIC = 'my "own" Modell ü';

function handsOff(wantsUsage = false): HandsOff {
  return new HandsOff(openaiChat as ProviderSide, openaiChatClient as ClientSide, new Moulds(), { publicModel: PUBLIC, wantsUsage });
}

/** All that comes out, as the client would read it. */
function passed(reads: readonly (string | Buffer)[], wantsUsage = false): { text: string; passage: HandsOff } {
  const passage = handsOff(wantsUsage);
  let out = "";
  for (const read of reads) {
    out += passage.push(Buffer.from(read));
    if (passage.failure) break;
  }
  if (!passage.failure) out += passage.end();
  return { text: Buffer.from(out, "latin1").toString("utf8"), passage };
}

const end = event("[DONE]");
const renamed = (text: string): string => text.replaceAll('"wire-model-2026-01-01"', JSON.stringify(PUBLIC));

describe("hands off", () => {
  it("changes nothing but the model", () => {
    const events = [chatChunk({ role: "assistant" }), chatChunk({ content: "Hi" }), chatChunk({ content: " you" }), chatChunk({}, "stop")];
    const text = events.map((each) => event(each)).join("") + end;
    const { text: out, passage } = passed([text]);
    expect(out).toBe(renamed(text));
    expect([passage.events, passage.failure]).toEqual([4, undefined]);
  });

  it("leaves the model's name alone where the model speaks of it", () => {
    const content = 'I am "wire-model-2026-01-01": {"model":"wire-model-2026-01-01"}';
    const { text } = passed([event(chatChunk({ content })) + event(chatChunk({ content }, "stop")) + end]);
    expect(
      text
        .split("\n\n")
        .slice(0, 2)
        .map((each) => JSON.parse(each.slice(6)).choices[0].delta.content),
    ).toEqual([content, content]);
  });

  it("keeps the usage back from who did not ask, and remembers it", () => {
    const text = event(chatChunk({ content: "Hi" }, "stop")) + event({ ...chatChunk({}), choices: [], usage: USAGE }) + end;
    const quiet = passed([text]);
    expect(quiet.text).not.toContain("usage");
    expect(quiet.passage.usage).toMatchObject({ inputTokens: 9, outputTokens: 3 });
    expect(passed([text], true).text).toBe(renamed(text));
  });

  it("ends a stream that said its finish reason but not [DONE]", () => {
    const { text, passage } = passed([event(chatChunk({ content: "Hi" }, "stop"))]);
    expect(text.endsWith(`\n\n${end}`)).toBe(true);
    expect(passage.failure).toBeUndefined();
  });

  it("completes a last event that lacks its empty line", () => {
    const { text } = passed([event(chatChunk({ content: "Hi" })), event(chatChunk({}, "stop")).trimEnd()]);
    expect(text).toBe(renamed(event(chatChunk({ content: "Hi" })) + event(chatChunk({}, "stop"))) + end);
  });

  it("calls a stream without a finish reason broken", () => {
    const { passage } = passed([event(chatChunk({ content: "Hi" }))]);
    expect(passage.failure?.kind).toBe("stream_broken");
  });

  it("gives out no half event when the stream breaks in one", () => {
    const { text, passage } = passed([event(chatChunk({ content: "Hi" })), event(chatChunk({ content: "there" })).slice(0, 40)]);
    expect(passage.failure?.kind).toBe("stream_broken");
    expect(text).toBe(renamed(event(chatChunk({ content: "Hi" }))));
  });

  it.each([
    ["an error event", event(errorReply("Overloaded.", { code: 503 }))],
    ["an event named error", `event: error\n${event({ message: "Overloaded." })}`],
    ["vLLM's error object", event({ object: "error", message: "Overloaded.", code: 503 })],
  ])("stops at %s", (_, failing) => {
    const { text, passage } = passed([event(chatChunk({ content: "Hi" })) + failing + event(chatChunk({ content: "no more" }))]);
    expect(passage.failure?.message).toContain("Overloaded.");
    expect(text).toBe(renamed(event(chatChunk({ content: "Hi" }))));
  });

  it("looks at every event that is not like those before it, in whatever piece it comes", () => {
    const plain = ["Hi", " you", " there", " and", " there"].map((content) => event(chatChunk({ content })));
    const other = event({ ...chatChunk({ content: "!" }), id: "chatcmpl-other", model: "another-model" });
    const odd = event(chatChunk({ content: 'a "quoted" word' }));
    const events = [...plain, odd, ...plain, other, other, ...plain, event(chatChunk({}, "stop")), end];
    for (const reads of [events, [events.join("")]]) {
      const { text, passage } = passed(reads);
      expect(text).toBe(renamed(events.join("")).replaceAll('"another-model"', JSON.stringify(PUBLIC)));
      expect([passage.events, passage.failure]).toEqual([19, undefined]);
    }
    const { text, passage } = passed([...plain, event(errorReply("Overloaded.", { code: 503 })), ...plain]);
    expect(passage.failure?.message).toContain("Overloaded.");
    expect(text).toBe(renamed(plain.join("")));
  });

  const model = "wire-model-2026-01-01";
  it.each([
    ["as nearly all are", chatChunk({ role: "assistant", content: "" })],
    ["with the model first", { model, ...chatChunk({ content: "Hi" }) }],
    ["with the model last", { id: "x", choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: null }], model }],
    ["with objects before the model", { meta: { model: "inner", id: "inner" }, id: "x", list: [{ model: "inner" }], model, choices: [] }],
    ["with an id with escapes", { ...chatChunk({ content: "Hi" }), id: 'a"b\\c' }],
    ["with an id beyond ASCII", { ...chatChunk({ content: "Hi" }), id: "réponse-日本" }],
    ["with texts that look like members", { note: 'say "model":"x", "id":"y"', ...chatChunk({ content: '"model":"z"' }) }],
    ["with a model that is no text", { ...chatChunk({ content: "Hi" }), model: null }],
    ["without a model", { id: "x", choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: null }] }],
    ["without an id", { object: "chat.completion.chunk", created: -1.5e3, ok: true, none: null, model, choices: [] }],
  ])("renames the model and knows the id in streams that begin %s", (_, first: Readonly<Record<string, unknown>>) => {
    const rest = event(chatChunk({}, "stop")) + end;
    const spaced = JSON.stringify(first, undefined, 1).replaceAll("\n", "");
    for (const text of [event(first), event(spaced), event(first).replaceAll("\n", "\r\n"), `data:${JSON.stringify(first)}\n\n`]) {
      const { text: out, passage } = passed([text, rest]);
      const told = JSON.parse(out.split(/\r?\n/, 1)[0]?.slice(5) ?? "");
      expect(told).toEqual("model" in first ? { ...first, model: PUBLIC } : first);
      expect(passage.replyId).toBe("id" in first ? first.id : JSON.parse(event(chatChunk({})).slice(6)).id);
    }
  });

  it("lets comments and pings pass", () => {
    const text = `: ping\n\n${event(chatChunk({ content: "Hi" }))}: ping\n\nevent: ping\n${event("{}")}${event(chatChunk({}, "stop"))}${end}`;
    expect(passed([text]).text).toBe(renamed(text));
  });

  it.each([
    ["eos", "stop"],
    ["end_turn", "stop"],
    ["max_tokens", "length"],
  ])("tidies the finish reason %s", (native, expected) => {
    const { text } = passed([event(chatChunk({ content: "Hi" }, native)) + end]);
    expect(JSON.parse(text.split("\n\n")[0]?.slice(6) ?? "")).toMatchObject({ model: PUBLIC, choices: [{ finish_reason: expected }] });
  });
});

describe("hands off, whatever the stream looks like", () => {
  const words = fc.array(
    fc.constantFrom(
      "a",
      "é",
      "日本",
      "🇨🇭",
      "\u2028",
      '"',
      "\\",
      "\n",
      '"model":"wire"',
      '"finish_reason":"stop"',
      '"usage":{',
      "data: x",
      '"error"',
      "}\n\n",
    ),
    { maxLength: 6 },
  );
  const members = fc.shuffledSubarray(["id", "object", "model", "choices", "fingerprint"], { minLength: 5 });
  const look = fc.record({
    gap: fc.constantFrom("", " "),
    members,
    wantsUsage: fc.boolean(),
    line: fc.constantFrom("\n", "\r\n"),
    eventByEvent: fc.boolean(),
  });
  const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

  it("gives out the same bytes with another model, cut anywhere", () => {
    fc.assert(
      fc.property(
        fc.array(words, { minLength: 1, maxLength: 8 }),
        look,
        cuts,
        (texts, { gap, members: order, wantsUsage, line, eventByEvent }, at) => {
          const write = (fields: Record<string, string>, model: string): string => {
            const all: Record<string, string> = {
              id: '"chatcmpl-1"',
              object: '"chat.completion.chunk"',
              fingerprint: '{"model":"inner"}',
              model,
              ...fields,
            };
            return `data: {${order.map((name) => `"${name}":${gap}${all[name]}`).join(`,${gap}`)}}${line}${line}`;
          };
          const choice = (text: string, finish: string): string =>
            `[{"index":0,"delta":{"content":${JSON.stringify(text)}},"finish_reason":${gap}${finish}}]`;
          const all = (model: string, usage: boolean): string =>
            texts.map((each) => write({ choices: choice(each.join(""), "null") }, model)).join("") +
            write({ choices: choice("", '"stop"') }, model) +
            (usage ? write({ choices: "[]", fingerprint: `null,"usage":${JSON.stringify(USAGE)}` }, model) : "") +
            `data: [DONE]${line}${line}`;
          const sent = Buffer.from(all('"wire-model"', true));
          const ends = [...sent.toString("latin1").matchAll(/(?:\r?\n){2}/g)].map(({ index, 0: gone }) => index + gone.length);
          const anywhere = at.map((each) => Math.floor(each * sent.length)).sort((one, other) => one - other);
          const positions = eventByEvent ? ends : [...anywhere, sent.length];
          const reads = positions.map((to, index) => sent.subarray(positions[index - 1] ?? 0, to));
          const { text, passage } = passed(reads, wantsUsage);
          expect(passage.failure).toBeUndefined();
          expect(text).toBe(all(JSON.stringify(PUBLIC), wantsUsage));
          expect(passage.usage).toMatchObject({ inputTokens: 9, outputTokens: 3 });
        },
      ),
      { numRuns: 300 },
    );
  });
});

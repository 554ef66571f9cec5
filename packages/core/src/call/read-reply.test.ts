/** Replies that are told by what earlier ones were like say the same as when each is parsed. */

import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ProviderSide } from "../dialects/dialect.ts";
import { openaiChat } from "../dialects/openai-chat/provider-side.ts";
import type { InboundReply } from "../transport/transport.ts";
import { Moulds } from "./moulds.ts";
import { type JsonAnswer, jsonAnswer } from "./read-reply.ts";
import type { Sent } from "./sent.ts";

const side = openaiChat as ProviderSide;

function sentOn(replies: Moulds | undefined): Sent {
  return {
    call: { ask: { model: "public" } },
    lane: { side, sameDialect: true, usageOfAsked: false, replies },
    deployment: { service: {} },
    house: { clock: { now: () => 1_700_000_000_000 }, newId: () => "new" },
  } as unknown as Sent;
}

function answerOf(replies: Moulds | undefined, raw: Buffer): JsonAnswer | string {
  try {
    const answer = jsonAnswer(sentOn(replies), { status: 200, headers: {} } as InboundReply, raw);
    const { body, encoding } = answer.outbound;
    const bytes = typeof body === "string" ? Buffer.from(body, encoding ?? "utf8") : body;
    return { ...answer, outbound: { ...answer.outbound, body: bytes.toString(), encoding: undefined } };
  } catch (error) {
    return String(error);
  }
}

const count = fc.nat({ max: 1e6 });
const word = fc.oneof(fc.constantFrom("Hi", "", "né 日本", 'say "hi"\\n'), fc.string());
const seldom = <T>(usual: T, ...others: T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 60, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
const message = fc.oneof(
  fc.record({ role: seldom("assistant", "model"), content: word }),
  fc.record({
    role: fc.constant("assistant"),
    content: fc.constant(null),
    tool_calls: fc.array(fc.record({ id: word, type: fc.constant("function"), function: fc.record({ name: word, arguments: word }) }), {
      minLength: 1,
      maxLength: 2,
    }),
  }),
);
const choice = fc.record({ index: seldom(0, 1), message, finish_reason: seldom<unknown>("stop", "length", "tool_calls", "eos", "", null) });
const usage = fc.record({
  prompt_tokens: count,
  completion_tokens: count,
  prompt_tokens_details: seldom<unknown>({ cached_tokens: 5 }, null, { cached_tokens: 7, audio_tokens: 1 }),
  cost: seldom<unknown>(undefined, 0.25, { total_cost: 1e-7 }),
});
const choices = fc.oneof(
  { weight: 60, arbitrary: fc.array<unknown>(choice, { minLength: 1, maxLength: 1 }) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>([], {}, undefined) },
  { weight: 2, arbitrary: fc.array<unknown>(choice, { minLength: 2, maxLength: 2 }) },
);
const reply = fc.record({
  id: fc.oneof({ weight: 60, arbitrary: fc.uuid() }, { weight: 1, arbitrary: fc.constantFrom<unknown>(7, 'a"b', "né", "", undefined) }),
  object: seldom<unknown>("chat.completion", "completion"),
  created: seldom<unknown>(1_741_570_283, 1_741_570_284, "now"),
  model: seldom<unknown>("wire", "public", "né", null),
  choices,
  usage: fc.oneof({ weight: 60, arbitrary: usage }, { weight: 1, arbitrary: fc.constantFrom<unknown>(null, undefined) }),
});
const texts = fc.tuple(reply, fc.constantFrom(0, 0, 0, 2)).map(([json, spaces]) => Buffer.from(JSON.stringify(json, null, spaces)));

describe("replies of one dialect", () => {
  it("say the same, told by earlier ones or parsed", () => {
    let told = 0;
    fc.assert(
      fc.property(fc.array(texts, { minLength: 20, maxLength: 80 }), (raws) => {
        const replies = new Moulds(side.replyToldBy);
        for (const raw of raws) {
          if (replies.cast(raw.toString("latin1"))) told += 1;
          expect(answerOf(replies, raw), raw.toString()).toEqual(answerOf(undefined, raw));
        }
      }),
      { numRuns: 60 },
    );
    expect(told).toBeGreaterThan(100);
  });

  it.each([
    ["cut", (text: string) => text.slice(0, -1)],
    ["followed by more", (text: string) => `${text}{}`],
    ["of a page", () => "<html></html>"],
    ["with a letter that no text may hold", (text: string) => text.replace("Hello", "Hel\nlo")],
    ["with an escape that is none", (text: string) => text.replace("Hello", "Hel\\xlo")],
    ["with a number that is none", (text: string) => text.replace("17", "017")],
    ["with an error", () => JSON.stringify({ error: { message: "no" } })],
  ])("are refused when they are %s, however much was learned", (_, spoil) => {
    const whole = (id: string, at: number, content: string): string => {
      const choices = [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }];
      return JSON.stringify({ id, object: "chat.completion", created: at, model: "wire", choices, usage: { total_tokens: at } });
    };
    const replies = new Moulds(side.replyToldBy);
    for (const [at, content] of ["one", "two", "three"].entries()) answerOf(replies, Buffer.from(whole(`r-${at}`, at + 15, content)));
    const good = whole("r-9", 17, "Hello");
    expect(replies.cast(good)).toBeDefined();
    const bad = Buffer.from(spoil(good));
    expect(answerOf(replies, bad)).toBe(answerOf(undefined, bad));
    expect(answerOf(replies, bad)).toEqual(expect.any(String));
  });
});

/** Tests of streams that go wrong, and of the glance at streams that pass. */

import { describe, expect, it } from "vitest";
import type { ChatChunk } from "../../hub/chat.ts";
import type { WireEvent } from "../../transport/transport.ts";
import type { TranslateContext } from "../dialect.ts";
import { MessagesGlance } from "./glance.ts";
import { MessagesDecoder } from "./stream.ts";

const context: TranslateContext<"chat"> = {
  asked: { model: "m", messages: [] },
  model: "m",
  publicModel: "m",
  facts: {},
  settings: { model: "m" },
  dropParams: false,
  fetched: new Map(),
  now: 0,
  newId: () => "id",
};

const event = (data: { type: string; [name: string]: unknown }, named = true): WireEvent => ({
  ...(named && { name: data.type }),
  data: JSON.stringify(data),
});
const start = { type: "message_start", message: { id: "msg_1", usage: { input_tokens: 14, output_tokens: 1 } } };
const word = { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hel" } };
const finish = { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 9 } };
const overloaded = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };

function play(...events: WireEvent[]) {
  const decoder = new MessagesDecoder(context);
  const chunks: ChatChunk[] = [];
  for (const each of events) decoder.push(each, (chunk) => chunks.push(chunk));
  return { decoder, chunks };
}

describe("streams", () => {
  it("throws what an error event tells", () => {
    expect(() => play(event(start), event(word), event(overloaded))).toThrow(
      expect.objectContaining({ kind: "upstream_internal", message: "Overloaded" }),
    );
  });

  it("throws for an event that is no JSON", () => {
    expect(() => play({ data: "<html>" })).toThrow(expect.objectContaining({ kind: "bad_reply" }));
  });

  it("says nothing before there is something to say, so that an early failure can go elsewhere", () => {
    expect(play(event(start), event({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } })).chunks).toEqual(
      [],
    );
  });

  it("is not complete without a reason to stop, and finishes nothing then", () => {
    const { decoder, chunks } = play(event(start), event(word));
    expect(decoder.complete).toBe(false);
    decoder.end((chunk) => chunks.push(chunk));
    expect(chunks).toHaveLength(1);
    expect(decoder.usage).toEqual({ inputTokens: 14, outputTokens: 1 });
  });

  it("passes over events of types to come", () => {
    expect(play(event(start), event({ type: "ping" }), event({ type: "brand_new" })).chunks).toEqual([]);
  });
});

describe("glance", () => {
  it.each([true, false])("counts tokens and sees the end (events named: %s)", (named) => {
    const glance = new MessagesGlance();
    expect([start, word, finish].map((each) => glance.push(event(each, named)))).toEqual(["pass", "pass", "pass"]);
    expect(glance.usage).toEqual({ inputTokens: 14, outputTokens: 9 });
    expect(glance.complete).toBe(true);
    expect(glance.push(event({ type: "message_stop" }, named))).toBe("end");
  });

  it("gives an error event back as the error", () => {
    const glance = new MessagesGlance();
    expect(glance.push(event(overloaded))).toMatchObject({ kind: "upstream_internal" });
    expect(glance.complete).toBe(false);
  });
});

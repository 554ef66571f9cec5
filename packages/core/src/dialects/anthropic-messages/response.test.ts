/** Tests of replies that are no answer. */

import { describe, expect, it } from "vitest";
import type { TranslateContext } from "../dialect.ts";
import { anthropicMessages } from "./provider-side.ts";

const context: TranslateContext<"chat"> = {
  asked: { model: "m", messages: [] },
  model: "m",
  publicModel: "public",
  facts: {},
  settings: { model: "m" },
  dropParams: false,
  fetched: new Map(),
  now: 0,
  newId: () => "id",
};
const reply = (body: unknown) => ({ status: 200, headers: {}, body });

describe("replies", () => {
  it.each([["a text"], [{ choices: [] }], [null]])("takes %j for no answer", (body) => {
    expect(() => anthropicMessages.response(reply(body), context)).toThrow(expect.objectContaining({ kind: "bad_reply" }));
  });

  it("finds an error in a reply of status 200", () => {
    const body = { type: "error", error: { type: "rate_limit_error", message: "Slow down" } };
    expect(() => anthropicMessages.response(reply(body), context)).toThrow(expect.objectContaining({ kind: "rate_limit" }));
  });

  it("passes to a client of its own dialect under the public name", () => {
    const at = { publicModel: "public", now: 0, newId: () => "id" };
    expect(anthropicMessages.replyPatch({ content: [], model: "wire" }, at)).toEqual({ set: { model: "public" } });
    expect(() => anthropicMessages.replyPatch({}, at)).toThrow(expect.objectContaining({ kind: "bad_reply" }));
  });

  it("tells usage without translating", () => {
    const usage = {
      input_tokens: 3,
      cache_read_input_tokens: 4,
      cache_creation_input_tokens: 5,
      output_tokens: 6,
      service_tier: "standard",
    };
    expect(anthropicMessages.usage(reply({ usage }))).toEqual({
      inputTokens: 12,
      outputTokens: 6,
      cacheReadTokens: 4,
      cacheWrite5mTokens: 5,
      tier: "default",
    });
    expect(anthropicMessages.usage(reply("nothing"))).toBeUndefined();
  });
});

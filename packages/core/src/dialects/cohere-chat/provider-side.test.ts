/** Cohere's errors, and what fixtures cannot show. */

import { describe, expect, it } from "vitest";
import type { ChatChunk, ChatRequest } from "../../hub/chat.ts";
import type { TranslateContext } from "../dialect.ts";
import { cohereChat } from "./provider-side.ts";

const context = (asked: Partial<ChatRequest> = {}, dropParams = false): TranslateContext<"chat"> => ({
  asked: { model: "public-model", messages: [{ role: "user", content: "Hi" }], ...asked },
  model: "m",
  publicModel: "public-model",
  facts: {},
  settings: { model: "m" },
  dropParams,
  fetched: new Map(),
  now: 1_790_000_000,
  newId: () => "id1",
});

describe("errors", () => {
  it.each([
    [400, { message: "invalid request: model not found" }, "bad_request", 400],
    [400, { message: "too many tokens: size limit exceeded by 4242 tokens." }, "context_window", 400],
    [401, { message: "invalid api token" }, "upstream_auth", 401],
    [400, { message: "invalid api token" }, "upstream_auth", 401],
    [429, { message: "You are past the per minute request limit" }, "rate_limit", 429],
    [498, { message: "blocked input" }, "content_policy", 400],
    [499, { message: "request cancelled" }, "upstream_internal", 500],
    [503, "", "unavailable", 503],
  ])("%i %j is %s", (status, body, kind, told) => {
    expect(cohereChat.error({ status, headers: {}, body })).toMatchObject({ kind, status: told });
  });

  it("in a 200 are errors, and what is no answer is none", () => {
    const answer = (body: unknown) => () => cohereChat.response({ status: 200, headers: {}, body }, context());
    expect(answer({ message: "internal server error" })).toThrow("internal server error");
    expect(answer({})).toThrow(/api_base/);
    expect(answer("text")).toThrow(/api_base/);
  });

  it("in a stream are thrown", () => {
    const decoder = cohereChat.stream?.(context());
    const push = (data: object) => () => decoder?.push({ data: JSON.stringify(data) }, () => {});
    expect(push({ message: "too many tokens" })).toThrow("too many tokens");
    expect(push({ type: "message-end", delta: { finish_reason: "ERROR", error: "It broke." } })).toThrow("It broke.");
  });
});

describe("a stream", () => {
  it("is complete only after its last event", () => {
    const decoder = cohereChat.stream?.(context());
    const chunks: ChatChunk[] = [];
    const push = (data: object) => decoder?.push({ data: JSON.stringify(data) }, (chunk) => chunks.push(chunk));
    push({ type: "content-delta", index: 0, delta: { message: { content: { text: "a" } } } });
    expect(decoder?.complete).toBe(false);
    push({ type: "message-end", delta: { finish_reason: "COMPLETE" } });
    expect(decoder?.complete).toBe(true);
    expect(chunks.map(({ choices }) => choices[0]?.finish_reason)).toEqual([null, "stop"]);
  });
});

describe("tools", () => {
  it("of other kinds are refused, or dropped where that is wanted", () => {
    const asked: Partial<ChatRequest> = { tools: [{ type: "web_search" }] };
    expect(() => cohereChat.request(context(asked))).toThrow(/web_search/);
    expect(cohereChat.request(context(asked, true))["tools"]).toBeUndefined();
  });
});

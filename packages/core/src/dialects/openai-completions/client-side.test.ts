/** What a client of text completions is told when a chat model cannot do what it asks. */

import { describe, expect, it } from "vitest";
import { GatewayError } from "../../errors.ts";
import { Body } from "../../transport/body.ts";
import type { Inbound } from "../dialect.ts";
import { openaiCompletionsClient } from "./client-side.ts";

const inbound = (body: Record<string, unknown>, params: Record<string, string> = {}): Inbound => ({
  headers: {},
  params,
  query: {},
  body: Body.of(body),
});

describe("a prompt that chat cannot say", () => {
  it.each([
    ["a list of prompts", ["a", "b"], "A list of 2 prompts"],
    ["no prompts at all", [], "A list of 0 prompts"],
    ["token numbers", [1, 2], "token numbers"],
    ["lists of token numbers", [[1], [2]], "token numbers"],
    ["nothing", undefined, "'prompt'"],
  ])("refuses %s", (_, prompt, words) => {
    const at = inbound({ model: "m", prompt });
    expect(() => openaiCompletionsClient.request(at)).toThrow(
      expect.objectContaining({
        kind: "bad_request",
        message: expect.stringContaining(words),
        detail: expect.objectContaining({ param: "prompt" }),
      }),
    );
  });
});

it("lets a text model judge the prompt itself", () => {
  expect(openaiCompletionsClient.ask(inbound({ model: "m", prompt: ["a", "b"], stream: true }))).toEqual({
    model: "m",
    stream: true,
    wantsUsage: false,
  });
});

it("takes the model from the path before that of the body", () => {
  expect(openaiCompletionsClient.ask(inbound({ model: "other", prompt: "a" }, { model: "m" })).model).toBe("m");
  expect(openaiCompletionsClient.request(inbound({ prompt: "a" }, { model: "m" })).model).toBe("m");
});

it("tells an error inside a stream as an event", () => {
  const encoder = openaiCompletionsClient.stream?.(inbound({ model: "m", prompt: "a" }), { wantsUsage: false });
  expect(encoder?.fail(new GatewayError("stream_broken", "The provider hung up."))).toMatch(
    /^data: \{"error":\{"message":"The provider hung up\./,
  );
});

/** Text completions passed on as they are: what is patched, what is seen. */

import { describe, expect, it } from "vitest";
import { Body } from "../../transport/body.ts";
import { openaiCompletions } from "./provider-side.ts";

const at = { publicModel: "public-model", now: 1_790_000_000, newId: () => "id1" };

describe("the request's patch", () => {
  it("names the model and nothing else", () => {
    const body = Body.of({ model: "public-model", prompt: ["a", "b"], best_of: 2 });
    expect(body.patched(openaiCompletions.patch({ model: "m", stream: false, body })).toString()).toBe(
      '{"model":"m","prompt":["a","b"],"best_of":2}',
    );
  });

  it("asks for usage beside what the client put into stream_options", () => {
    const body = Body.of({ model: "public-model", stream_options: { include_obfuscation: false } });
    expect(openaiCompletions.patch({ model: "m", stream: true, body }).set).toEqual({
      model: "m",
      stream_options: { include_obfuscation: false, include_usage: true },
    });
  });
});

describe("the reply's patch", () => {
  it("only names the public model of a tidy reply", () => {
    const choices = [{ index: 0, text: "a", finish_reason: "stop", logprobs: null }];
    expect(openaiCompletions.replyPatch({ id: "c", object: "text_completion", created: 1, choices }, at)).toEqual({
      set: { model: "public-model" },
    });
  });

  it("puts in what an untidy server leaves out", () => {
    const patch = openaiCompletions.replyPatch({ object: "text.completion", choices: [{ text: "a", finish_reason: "eos", seed: 4 }] }, at);
    expect(patch.set).toEqual({
      model: "public-model",
      id: "cmpl-id1",
      object: "text_completion",
      created: 1_790_000_000,
      choices: [{ index: 0, text: "a", finish_reason: "stop", seed: 4 }],
    });
  });

  it("refuses what is no completion", () => {
    expect(() => openaiCompletions.replyPatch({ status: "ok" }, at)).toThrow(expect.objectContaining({ kind: "bad_reply" }));
  });
});

it("sees usage and the end as events pass", () => {
  const glance = openaiCompletions.glance();
  expect(glance.push({ data: '{"choices":[{"index":0,"text":"a","finish_reason":null}],"usage":null}' })).toBe("pass");
  expect(glance.complete).toBe(false);
  expect(glance.push({ data: '{"choices":[],"usage":{"prompt_tokens":2,"completion_tokens":4}}' })).toBe("usage");
  expect(glance.push({ data: "[DONE]" })).toBe("end");
  expect(glance).toMatchObject({ complete: true, usage: { inputTokens: 2, outputTokens: 4 } });
});

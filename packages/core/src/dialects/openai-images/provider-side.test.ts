/** Images passed on as they are, and what they are said to have used. */

import { describe, expect, it } from "vitest";
import { openaiImages } from "./provider-side.ts";

const at = { publicModel: "public-model", now: 1_790_000_000, newId: () => "id1" };
const usage = (body: object, asked?: object) => openaiImages.usage({ status: 200, headers: {}, body }, asked as never);

it("takes a 200 with an error for an error, and one with neither for no answer", () => {
  expect(() =>
    openaiImages.replyPatch({ error: { message: "Unsafe.", type: "invalid_request_error", code: "content_policy_violation" } }, at),
  ).toThrow(expect.objectContaining({ kind: "content_policy" }));
  expect(() => openaiImages.replyPatch({ images: [] }, at)).toThrow(expect.objectContaining({ kind: "bad_reply" }));
  expect(openaiImages.replyPatch({ created: 1, data: [] }, at)).toEqual({ set: {} });
});

describe("usage", () => {
  it("counts tokens where the model does, and always images", () => {
    const told = { input_tokens: 50, output_tokens: 60, input_tokens_details: { text_tokens: 10, image_tokens: 40 } };
    expect(usage({ data: [{}, {}], size: "1024x1024", quality: "low", usage: told })).toEqual({
      inputTokens: 50,
      outputTokens: 60,
      imageInTokens: 40,
      imageOutTokens: 60,
      units: { images: 2 },
      imageKind: { size: "1024x1024", quality: "low" },
    });
  });

  it("believes what was asked for where the reply says nothing", () => {
    expect(usage({ data: [{}] }, { size: "1792x1024", quality: "hd" })).toMatchObject({ imageKind: { size: "1792x1024", quality: "hd" } });
    expect(usage({ data: [{}] })).toEqual({ units: { images: 1 } });
  });
});

describe("a stream", () => {
  it("is complete with its image, whose event tells the usage", () => {
    const glance = openaiImages.glance();
    expect(glance.push({ data: '{"type":"image_generation.partial_image","b64_json":"aGk="}' })).toBe("pass");
    expect(glance.complete).toBe(false);
    glance.push({ data: '{"type":"image_generation.completed","size":"1024x1024","usage":{"input_tokens":5,"output_tokens":9}}' });
    expect([glance.complete, glance.usage]).toMatchObject([true, { inputTokens: 5, outputTokens: 9, units: { images: 1 } }]);
  });

  it("may tell an error", () => {
    const verdict = openaiImages.glance().push({ name: "error", data: '{"type":"error","error":{"message":"Unsafe."}}' });
    expect(verdict).toMatchObject({ message: "Unsafe." });
  });
});

/** Whole calls to providers whose images come at once. */

import { beforeEach, describe, expect, it } from "vitest";
import { answered, providerCalls } from "../../../testkit/src/suites/ask-provider.ts";
import { fileOf } from "../hub/file-part.ts";

let calls: ReturnType<typeof providerCalls>;
beforeEach(() => {
  calls = providerCalls();
});

const picture = fileOf(Buffer.from("PICTURE"), "a.png", "image/png");
const hole = fileOf(Buffer.from("HOLE"), "m.png", "image/png");
const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("Stability", () => {
  it.each([
    ["stable-image-inpaint-v1:0", "/v2beta/stable-image/edit/inpaint"],
    ["fast", "/v2beta/stable-image/upscale/fast"],
    ["stable-style-transfer-v1:0", "/v2beta/stable-image/control/style-transfer"],
    ["stable-image-style-guide-v1:0", "/v2beta/stable-image/control/style"],
    ["search-and-replace", "/v2beta/stable-image/edit/search-and-replace"],
    ["stable-image-search-recolor-v1:0", "/v2beta/stable-image/edit/search-and-recolor"],
    ["sd3.5-large", "/v2beta/stable-image/generate/sd3"],
  ])("has a path for %s", async (model, path) => {
    const asking = { model: `stability/${model}`, body: { prompt: "Red" }, files: { image: picture } };
    await calls.ask("edit", asking, { json: { image: "aGk=", finish_reason: "SUCCESS" } });
    expect(calls.steps()).toEqual([`POST https://api.stability.ai${path}`]);
    expect(calls.sent[0]?.headers).toMatchObject({ authorization: "Bearer sk-1", accept: "application/json" });
  });

  it("is sent image and mask, and no prompt where none is taken", async () => {
    await calls.ask(
      "edit",
      { model: "stability/erase", body: { prompt: "nothing", grow_mask: "3" }, files: { image: picture, mask: hole } },
      { json: { image: "aGk=" } },
    );
    const form = await calls.bodyOf(0);
    expect(form).toContain('name="mask"; filename="m.png"');
    expect(form).toContain("PICTURE");
    expect(form).toContain('name="grow_mask"');
    expect(form).not.toContain("nothing");
  });

  it("waits for tools that take their time", async () => {
    const asking = { model: "stability/creative", body: { prompt: "Red" }, files: { image: picture } };
    const answer = calls.ask(
      "edit",
      asking,
      { json: { id: "g1" } },
      { status: 202, json: { id: "g1", status: "in-progress" } },
      { json: { result: "aGk=" } },
    );
    expect(await answered(answer)).toMatchObject({ data: [{ b64_json: "aGk=" }] });
    expect(calls.steps().slice(1)).toEqual(Array(2).fill("GET https://api.stability.ai/v2beta/results/g1"));
    expect(calls.sent[1]?.headers["content-type"]).toBeUndefined();
  });

  it("tells what its filter held back, in a reply or as an error", async () => {
    const asking = { model: "stability/stable-image-core", body: { prompt: "Red" } };
    const filtered = calls.ask("image", asking, { json: { image: "aGk=", finish_reason: "CONTENT_FILTERED" } });
    await expect(filtered).rejects.toMatchObject({ kind: "content_policy", status: 400 });
    const refused = { id: "e", name: "content_moderation", errors: ["Your request was flagged."] };
    await expect(calls.ask("image", asking, { status: 403, json: refused })).rejects.toMatchObject({
      kind: "content_policy",
      status: 400,
      message: "Your request was flagged.",
    });
    const wrong = calls.ask("image", asking, { status: 400, json: { id: "e", name: "bad_request", errors: ["a: bad", "b: bad"] } });
    await expect(wrong).rejects.toMatchObject({ kind: "bad_request", message: "a: bad b: bad" });
  });

  it("makes one image a call and hands it over itself", async () => {
    const model = "stability/stable-image-core";
    await expect(calls.ask("image", { model, body: { prompt: "Red", n: 2 } })).rejects.toMatchObject({ kind: "unsupported_params" });
    await expect(calls.ask("image", { model, body: { prompt: "Red", response_format: "url" } })).rejects.toMatchObject({
      kind: "unsupported_params",
    });
  });
});

describe("fal", () => {
  it("has models by their paths", async () => {
    const reply = { json: { images: [{ url: "https://fal.media/a.png" }] } };
    await calls.ask("image", { model: "fal_ai/fal-ai/flux-pro/v1.1-ultra", body: { prompt: "Red" } }, reply);
    expect(calls.steps()).toEqual(["POST https://fal.run/fal-ai/flux-pro/v1.1-ultra"]);
    expect(calls.sent[0]?.headers["authorization"]).toBe("Key sk-1");
  });

  it("is sent images to change inside the JSON", async () => {
    const reply = { json: { images: [{ url: "https://fal.media/a.png" }] } };
    const url = `data:image/png;base64,${base64("PICTURE")}`;
    await calls.ask("edit", { model: "fal_ai/fal-ai/nano-banana/edit", body: { prompt: "Red" }, files: { image: picture } }, reply);
    await calls.ask("edit", { model: "fal_ai/fal-ai/flux/dev/image-to-image", body: { prompt: "Red" }, files: { image: picture } }, reply);
    expect(calls.sent.map(({ json }) => json)).toEqual([
      { prompt: "Red", image_urls: [url] },
      { prompt: "Red", image_url: url },
    ]);
  });

  it("says which field is wrong", async () => {
    const detail = [{ loc: ["body", "image_size"], msg: "not a size", type: "value_error" }];
    const refused = calls.ask("image", { model: "fal_ai/fal-ai/flux/dev", body: { prompt: "Red" } }, { status: 422, json: { detail } });
    await expect(refused).rejects.toMatchObject({ kind: "unprocessable", message: "not a size", detail: { param: "image_size" } });
  });
});

describe("images through chat", () => {
  it("are asked of OpenRouter with the images to change", async () => {
    const images = [{ type: "image_url", image_url: { url: "data:image/png;base64,aGk=" } }];
    const reply = { choices: [{ message: { images } }], usage: { prompt_tokens: 1, completion_tokens: 2, cost: 0.5 } };
    const asking = { model: "openrouter/google/gemini-2.5-flash-image", body: { prompt: "Blue" }, files: { image: picture } };
    const { answer } = await calls.ask("edit", asking, { json: reply });
    expect(calls.steps()).toEqual(["POST https://openrouter.ai/api/v1/chat/completions"]);
    expect(calls.sent[0]?.json).toMatchObject({
      model: "google/gemini-2.5-flash-image",
      messages: [{ content: [{ text: "Blue" }, { image_url: { url: `data:image/png;base64,${base64("PICTURE")}` } }] }],
      modalities: ["image", "text"],
    });
    expect(answer.kind === "json" && answer.usage).toMatchObject({ providerCost: 0.5, units: { images: 1 } });
  });

  it("that were not made are told by what the model said instead", async () => {
    const asking = { model: "openrouter/openai/gpt-4o", body: { prompt: "Blue" } };
    const said = calls.ask("image", asking, { json: { choices: [{ message: { content: "I cannot draw." } }] } });
    await expect(said).rejects.toMatchObject({ kind: "bad_reply", message: expect.stringContaining("I cannot draw.") });
  });
});

describe("xAI", () => {
  it("changes images that are in the JSON", async () => {
    const asking = { model: "xai/grok-imagine-image", body: { prompt: "Blue", size: "1024x1536", n: 2 }, files: { image: picture } };
    const answer = calls.ask("edit", asking, { json: { data: [{ url: "https://imgen.x.ai/a" }] } });
    expect(await answered(answer)).toMatchObject({ data: [{ url: "https://imgen.x.ai/a" }] });
    expect(calls.steps()).toEqual(["POST https://api.x.ai/v1/images/edits"]);
    expect(calls.sent[0]?.json).toEqual({
      model: "grok-imagine-image",
      prompt: "Blue",
      image: { type: "image_url", url: `data:image/png;base64,${base64("PICTURE")}` },
      n: 2,
      aspect_ratio: "2:3",
    });
  });
});

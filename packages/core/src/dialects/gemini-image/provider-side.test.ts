import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import type { FilePart } from "../../hub/file-part.ts";
import { imagen, imagenEdit } from "../imagen/provider-side.ts";
import { aspectRatio } from "./aspect-ratio.ts";
import { geminiImage, geminiImageEdit } from "./provider-side.ts";

const file = (filename: string): FilePart => ({
  filename,
  mediaType: "image/png",
  size: 3,
  bytes: async () => Buffer.from(filename),
  open: () => Readable.from([filename]),
});
const cat = file("cat.png");
const dog = file("dog.png");
const mask = file("mask.png");

function contextOf(asked: object, more: object = {}): never {
  const files = new Map([cat, dog, mask].map((each) => [each, Buffer.from(each.filename).toString("base64")]));
  return {
    asked: { model: "public", prompt: "Make it blue", ...asked },
    model: "m",
    settings: { model: "m" },
    dropParams: false,
    files,
    now: 7,
    ...more,
  } as never;
}
const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("changing images", () => {
  it("shows Gemini the images after the words", () => {
    const asked = { image: [cat, dog], mask, size: "1024x1024" };
    expect(geminiImageEdit.reads?.({ model: "m", prompt: "p", ...asked })).toEqual([cat, dog, mask]);
    expect(geminiImageEdit.request(contextOf(asked))).toEqual({
      contents: [
        {
          role: "user",
          parts: [
            { text: "Make it blue" },
            ...["cat.png", "dog.png", "mask.png"].map((name) => ({ inlineData: { mimeType: "image/png", data: base64(name) } })),
          ],
        },
      ],
      generationConfig: { responseModalities: ["TEXT", "IMAGE"], imageConfig: { aspectRatio: "1:1" } },
    });
  });

  // Source: docs.cloud.google.com/vertex-ai/generative-ai/docs/image/edit-insert-objects.
  it("numbers Imagen's references and says what the mask is for", () => {
    expect(imagenEdit.reads?.({ model: "m", image: [cat] })).toEqual([cat]);
    expect(imagenEdit.request(contextOf({ image: [cat], mask, n: 2, guidance_scale: 60 }))).toEqual({
      instances: [
        {
          prompt: "Make it blue",
          referenceImages: [
            { referenceType: "REFERENCE_TYPE_RAW", referenceId: 1, referenceImage: { bytesBase64Encoded: base64("cat.png") } },
            {
              referenceType: "REFERENCE_TYPE_MASK",
              referenceId: 2,
              referenceImage: { bytesBase64Encoded: base64("mask.png") },
              maskImageConfig: { maskMode: "MASK_MODE_USER_PROVIDED" },
            },
          ],
        },
      ],
      parameters: { editMode: "EDIT_MODE_INPAINT_INSERTION", sampleCount: 2, guidanceScale: 60 },
    });
    expect(imagenEdit.request(contextOf({ image: [cat] }))).toMatchObject({
      parameters: { editMode: "EDIT_MODE_DEFAULT", sampleCount: 1 },
    });
    expect(() => imagenEdit.request(contextOf({ image: [] }))).toThrow(/no image/);
  });

  it("is told when a file was not read", () => {
    expect(() => geminiImageEdit.request(contextOf({ image: [file("other.png")] }))).toThrow(/was not read/);
  });
});

describe("what cannot be had", () => {
  it("is an address of an image, unless parameters may be dropped", () => {
    for (const side of [geminiImage, imagen]) {
      expect(() => side.request(contextOf({ response_format: "url" }))).toThrow(/b64_json/);
      expect(side.request(contextOf({ response_format: "url" }, { dropParams: true }))).toBeTruthy();
    }
  });

  it.each([
    [geminiImage, { candidates: [{ finishReason: "IMAGE_SAFETY", content: {} }] }, "content_policy", /IMAGE_SAFETY/],
    [geminiImage, { promptFeedback: { blockReason: "PROHIBITED_CONTENT" } }, "content_policy", /PROHIBITED_CONTENT/],
    [
      geminiImage,
      { candidates: [{ finishReason: "STOP", content: { parts: [{ text: "I would rather talk." }] } }] },
      "bad_reply",
      /rather talk/,
    ],
    [imagen, { predictions: [{ raiFilteredReason: "Filtered: 64151117" }] }, "content_policy", /64151117/],
    [imagen, {}, "content_policy", /filtered all images/],
    [imagen, "<html>", "bad_reply", /api_base/],
    [imagen, { error: { code: 400, message: "Bad size", status: "INVALID_ARGUMENT" } }, "bad_request", /Bad size/],
  ] as const)("a reply without an image is told: %#", (side, body, kind, words) => {
    expect.assertions(2);
    try {
      side.response({ status: 200, headers: {}, body }, contextOf({}));
    } catch (error) {
      expect(error).toMatchObject({ kind });
      expect(String(error)).toMatch(words);
    }
  });
});

describe("usage", () => {
  it("counts images, and Gemini's tokens", () => {
    const blob = { inlineData: { mimeType: "image/png", data: "AA==" } };
    const body = {
      candidates: [{ content: { parts: [blob] } }],
      usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 1290, totalTokenCount: 1295 },
    };
    expect(geminiImage.usage({ status: 200, headers: {}, body })).toMatchObject({
      inputTokens: 5,
      outputTokens: 1290,
      units: { images: 1 },
    });
    expect(
      imagen.usage({ status: 200, headers: {}, body: { predictions: [{ bytesBase64Encoded: "A" }, { raiFilteredReason: "x" }] } }),
    ).toEqual({ units: { images: 1 } });
  });
});

describe("aspectRatio", () => {
  const ratios = ["1:1", "9:16", "16:9", "4:3", "3:4"];
  it.each([
    ["1024x1024", "1:1"],
    ["1792x1024", "16:9"],
    ["1024x1792", "9:16"],
    ["1536x1024", "4:3"],
    ["1024x1536", "3:4"],
    ["1280x896", "4:3"],
    ["2:3", "2:3"],
    ["auto", undefined],
    [null, undefined],
  ])("%s is %s", (size, ratio) => {
    expect(aspectRatio(size, ratios)).toBe(ratio);
  });
  it("refuses what is no size", () => {
    expect(() => aspectRatio("large", ratios)).toThrow(/1024x1024/);
    expect(() => aspectRatio("0x10", ratios)).toThrow();
  });
});

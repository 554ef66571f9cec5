import { describe, expect, it } from "vitest";
import { fileOf } from "../../hub/file-part.ts";
import type { ImageEditRequest } from "../../hub/image.ts";
import type { TranslateContext } from "../dialect.ts";
import { bedrockEditImage, bedrockImage } from "./provider-side.ts";

const picture = fileOf(Buffer.from("picture"), "a.png", "image/png");
const hole = fileOf(Buffer.from("hole"), "m.png", "image/png");

const context = (model: string, asked: Partial<ImageEditRequest> = {}): TranslateContext<"editImage"> => ({
  asked: { model: "public", prompt: "Red.", image: [picture], ...asked },
  model,
  publicModel: "public",
  facts: {},
  settings: { model },
  dropParams: false,
  fetched: new Map(),
  files: new Map([
    [picture, "UElD"],
    [hole, "SE9M"],
  ]),
  now: 1,
  newId: () => "id",
});

describe("changing an image", () => {
  it("reads the images and the mask first", () => {
    expect(bedrockEditImage.reads?.({ model: "m", image: [picture], mask: hole })).toEqual([picture, hole]);
  });

  it("with Canvas is a variation, or painting within a mask", () => {
    expect(bedrockEditImage.request(context("amazon.nova-canvas-v1:0", { n: 2 }))).toEqual({
      taskType: "IMAGE_VARIATION",
      imageVariationParams: { text: "Red.", images: ["UElD"] },
      imageGenerationConfig: { numberOfImages: 2 },
    });
    expect(bedrockEditImage.request(context("amazon.titan-image-generator-v2:0", { mask: hole }))).toEqual({
      taskType: "INPAINTING",
      inPaintingParams: { text: "Red.", image: "UElD", maskImage: "SE9M" },
    });
  });

  it("with Stability's tools sends image, mask and prompt", () => {
    expect(bedrockEditImage.request(context("us.stability.stable-image-inpaint-v1:0", { mask: hole, grow_mask: 3 }))).toEqual({
      prompt: "Red.",
      image: "UElD",
      mask: "SE9M",
      grow_mask: 3,
    });
  });

  it("of several at once is refused where one is made a call", () => {
    expect(() => bedrockEditImage.request(context("stability.sd3-5-large-v1:0", { n: 2 }))).toThrow(/one image a call/);
  });
});

describe("a reply", () => {
  const read = (body: unknown) => bedrockImage.response({ status: 200, headers: {}, body }, { now: 1 } as never);

  it("counts its images", () => {
    expect(bedrockImage.usage({ status: 200, headers: {}, body: { images: ["a", "b"] } })).toEqual({ units: { images: 2 } });
  });

  it("without images tells why, where it is said", () => {
    expect(() => read({ images: [], error: "Blocked by our filters." })).toThrow(/Blocked by our filters/);
    expect(() => read({ images: [null], finish_reasons: ["Filter reason: prompt"] })).toThrow(/Filter reason/);
    expect(() => read({})).toThrow(/holds no images/);
  });
});

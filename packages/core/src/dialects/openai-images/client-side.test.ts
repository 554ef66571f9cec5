/** Which field of a request for images is missing or wrong, and what becomes of images in JSON. */

import { expect, it } from "vitest";
import { fileOf } from "../../hub/file-part.ts";
import { Body } from "../../transport/body.ts";
import type { Inbound } from "../dialect.ts";
import { openaiImageEditsClient, openaiImagesClient, openaiImageVariationsClient } from "./client-side.ts";

const picture = fileOf(Buffer.from("x"), "a.png", "image/png");
const at = (body: object, files?: Record<string, (typeof picture)[]>): Inbound => ({
  headers: {},
  params: {},
  query: {},
  body: Body.of({ ...body }),
  ...(files && { files: new Map(Object.entries(files)) }),
});
const told = (param: string) => expect.objectContaining({ kind: "bad_request", detail: expect.objectContaining({ param }) });

it.each([
  ["model", { prompt: "a" }],
  ["prompt", { model: "m" }],
  ["prompt", { model: "m", prompt: 7 }],
  ["stream", { model: "m", prompt: "a", stream: "yes" }],
])("names '%s' when it is missing or wrong", (param, body) => {
  expect(() => openaiImagesClient.ask(at(body))).toThrow(told(param));
});

it("wants an image for an edit and for a variation, but no prompt for the latter", () => {
  expect(() => openaiImageEditsClient.ask(at({ model: "m", prompt: "a" }))).toThrow(told("image"));
  expect(() => openaiImageEditsClient.ask(at({ model: "m", prompt: "a" }, { picture: [picture] }))).toThrow("'picture'");
  expect(openaiImageVariationsClient.ask(at({ model: "m" }, { image: [picture] }))).toMatchObject({ model: "m", stream: false });
});

it("reads images of JSON from data: URLs, plain base64 and OpenAI's objects", async () => {
  const base64 = Buffer.from("a picture of a boat").toString("base64");
  const images = [`data:image/webp;base64,${base64}`, base64, { image_url: { url: `data:image/png;base64,${base64}` } }];
  const { image } = openaiImageEditsClient.request(at({ model: "m", prompt: "a", image: images }));
  expect(image.map(({ filename, mediaType }) => [filename, mediaType])).toEqual([
    ["image.webp", "image/webp"],
    ["image-2.png", "image/png"],
    ["image-3.png", "image/png"],
  ]);
  expect((await image[1]?.bytes())?.toString()).toBe("a picture of a boat");
});

it("complains of an image by address only when somebody looks at it", () => {
  const { image } = openaiImageEditsClient.request(at({ model: "m", prompt: "a", image: "https://a.example/b.png" }));
  expect(() => image[0]?.size).toThrow(told("image"));
  expect(() => openaiImageEditsClient.request(at({ model: "m", prompt: "a", image: 7 }))).toThrow(told("image"));
});

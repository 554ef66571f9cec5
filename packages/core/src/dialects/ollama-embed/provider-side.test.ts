/** What Ollama cannot embed. */

import { expect, it } from "vitest";
import type { TranslateContext } from "../dialect.ts";
import { ollamaEmbed } from "./provider-side.ts";

const context = (input: TranslateContext<"embed">["asked"]["input"]): TranslateContext<"embed"> => ({
  asked: { model: "public-model", input },
  model: "m",
  publicModel: "public-model",
  facts: {},
  settings: { model: "m" },
  dropParams: false,
  fetched: new Map(),
  now: 1_790_000_000,
  newId: () => "id1",
});

it.each([[[1, 2]], [[[1], [2]]]])("refuses token numbers", (input) => {
  expect(() => ollamaEmbed.request(context(input))).toThrow(
    expect.objectContaining({ kind: "bad_request", detail: expect.objectContaining({ param: "input" }) }),
  );
});

it("refuses a 200 without embeddings", () => {
  expect(() => ollamaEmbed.response({ status: 200, headers: {}, body: {} }, context("a"))).toThrow(
    expect.objectContaining({ kind: "bad_reply" }),
  );
});

/** Which field of an embeddings request is missing or wrong. */

import { expect, it } from "vitest";
import { Body } from "../../transport/body.ts";
import type { Inbound } from "../dialect.ts";
import { openaiEmbeddingsClient } from "./client-side.ts";

const inbound = (body: Record<string, unknown>): Inbound => ({ headers: {}, params: {}, query: {}, body: Body.of(body) });

it.each([
  ["model", { input: "a" }],
  ["input", { model: "m" }],
  ["input", { model: "m", input: null }],
  ["input", { model: "m", input: 7 }],
])("names '%s' when it is missing or wrong", (param, body) => {
  expect(() => openaiEmbeddingsClient.ask(inbound(body))).toThrow(
    expect.objectContaining({
      kind: "bad_request",
      message: expect.stringContaining(`'${param}'`),
      detail: expect.objectContaining({ param }),
    }),
  );
});

it.each([["a text"], [["texts"]], [[1, 2]], [[[1], [2]]], [""]])("leaves it to the provider to judge %j", (input) => {
  expect(openaiEmbeddingsClient.ask(inbound({ model: "m", input }))).toEqual({ model: "m", stream: false, wantsUsage: false });
});

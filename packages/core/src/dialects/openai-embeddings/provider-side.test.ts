/** Embeddings passed on as they are. */

import { expect, it } from "vitest";
import { Body } from "../../transport/body.ts";
import { openaiEmbeddings } from "./provider-side.ts";

const at = { publicModel: "public-model", now: 1_790_000_000, newId: () => "id1" };

it("only names the model in the request", () => {
  const body = Body.of({ model: "public-model", input: "a" });
  expect(openaiEmbeddings.patch({ model: "m", stream: false, body })).toEqual({ set: { model: "m" } });
});

it("only names the public model in a tidy reply", () => {
  const data = [{ object: "embedding", index: 0, embedding: [0.1] }];
  expect(openaiEmbeddings.replyPatch({ object: "list", data }, at)).toEqual({ set: { model: "public-model" } });
});

it("takes a 200 with an error for an error, and one with neither for no answer", () => {
  expect(() => openaiEmbeddings.replyPatch({ error: { message: "Too long.", code: 400 } }, at)).toThrow(
    expect.objectContaining({ kind: "bad_request", message: "Too long." }),
  );
  expect(() => openaiEmbeddings.replyPatch({ embeddings: [] }, at)).toThrow(expect.objectContaining({ kind: "bad_reply" }));
});

it("finds the usage", () => {
  const usage = { prompt_tokens: 5, total_tokens: 5 };
  expect(openaiEmbeddings.usage({ status: 200, headers: {}, body: { usage } })).toEqual({ inputTokens: 5 });
});

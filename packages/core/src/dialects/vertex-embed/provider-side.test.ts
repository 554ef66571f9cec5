import { describe, expect, it } from "vitest";
import { GatewayError } from "../../errors.ts";
import { vertexMultimodalEmbed } from "../vertex-multimodal-embed/provider-side.ts";
import { vertexRank } from "../vertex-rank/provider-side.ts";
import { vertexEmbed } from "./provider-side.ts";

const context = { asked: { model: "m", input: "A", query: "q", documents: ["a"] }, publicModel: "public", newId: () => "id" } as never;
const reply = (body: unknown) => ({ status: 200, headers: {}, body });
const refused = { error: { code: 400, message: "The text content is empty.", status: "INVALID_ARGUMENT" } };

describe.each([
  ["text embeddings", vertexEmbed],
  ["multimodal embeddings", vertexMultimodalEmbed],
])("%s", (_, side) => {
  it("tell what is no answer, and an error inside one", () => {
    for (const body of [{}, "<html>", null, { predictions: [{}] }]) {
      expect(() => side.response(reply(body), context)).toThrow(expect.objectContaining({ kind: "bad_reply" }));
    }
    expect(() => side.response(reply(refused), context)).toThrow(/The text content is empty\./);
  });

  it("take no token numbers", () => {
    const asked = { asked: { model: "m", input: [1, 2] } } as never;
    expect(() => side.request(asked)).toThrow(GatewayError);
  });
});

describe("usage", () => {
  it("is the sum of tokens where they are counted, and undefined elsewhere", () => {
    const counted = (token_count?: number) => ({ embeddings: { values: [], statistics: { token_count } } });
    expect(vertexEmbed.usage(reply({ predictions: [counted(3), counted(4)] }))).toEqual({ inputTokens: 7 });
    expect(vertexEmbed.usage(reply({ predictions: [counted()] }))).toBeUndefined();
    expect(vertexMultimodalEmbed.usage(reply({}))).toBeUndefined();
  });

  it("of ranking is a query for each hundred records", () => {
    const documents = Array.from({ length: 101 }, () => "a");
    expect(vertexRank.usage(reply({}), { model: "m", query: "q", documents })).toEqual({ units: { queries: 2 } });
  });
});

describe("ranking", () => {
  it("tells what is no answer", () => {
    expect(() => vertexRank.response(reply({}), context)).toThrow(/no records/);
  });
});

import { describe, expect, it } from "vitest";
import { GatewayError } from "../../errors.ts";
import type { EmbedRequest } from "../../hub/embed.ts";
import type { TranslateContext } from "../dialect.ts";
import { geminiEmbed } from "./provider-side.ts";

const context = (input: EmbedRequest["input"]): TranslateContext<"embed"> => ({
  asked: { model: "public", input },
  model: "gemini-embedding-001",
  publicModel: "public",
  facts: {},
  settings: { model: "gemini-embedding-001" },
  dropParams: false,
  fetched: new Map(),
  now: 1,
  newId: () => "id",
});
const thrown = (run: () => unknown): GatewayError => {
  try {
    run();
  } catch (error) {
    if (error instanceof GatewayError) return error;
  }
  throw new Error("no GatewayError was thrown");
};

describe("geminiEmbed", () => {
  it("goes to batchEmbedContents", () => {
    expect(geminiEmbed.path({ model: "gemini-embedding-001", stream: false, settings: { model: "m" } })).toBe(
      "/models/gemini-embedding-001:batchEmbedContents",
    );
  });
  it.each([[[1, 2, 3]], [[[1, 2], [3]]]])("refuses token numbers: %j", (input) => {
    expect(thrown(() => geminiEmbed.request(context(input as EmbedRequest["input"]))).detail.param).toBe("input");
  });
  it("throws for a 200 that holds an error, or no vectors", () => {
    expect(
      thrown(() => geminiEmbed.response({ status: 200, headers: {}, body: { error: { code: 403, message: "No." } } }, context("a"))).kind,
    ).toBe("upstream_forbidden");
    expect(thrown(() => geminiEmbed.response({ status: 200, headers: {}, body: {} }, context("a"))).kind).toBe("bad_reply");
  });
  it("says nothing of usage when Google says nothing", () => {
    expect(geminiEmbed.usage({ status: 200, headers: {}, body: { embeddings: [] } })).toBeUndefined();
    expect(geminiEmbed.usage({ status: 200, headers: {}, body: { usageMetadata: { promptTokenCount: 4 } } })).toEqual({ inputTokens: 4 });
  });
});

import { describe, expect, it } from "vitest";
import { countedInput, estimateOf } from "./estimate.ts";
import { chatCall, embedCall } from "./fakes-for-tests.ts";

const picture = `data:image/png;base64,${"A".repeat(400_000)}`;
const withPart = (part: object) => chatCall("m", { messages: [{ role: "user", content: [{ type: "text", text: "what is it?" }, part] }] });

describe("an estimate", () => {
  it("bounds text by its bytes", () => {
    const call = chatCall("m");
    expect(estimateOf(call)).toMatchObject({ inputTokensAtMost: call.at.body.raw.length, choices: 1, media: false, cacheWrites: false });
  });

  it.each([
    [{ max_tokens: 7 }, 7],
    [{ max_completion_tokens: 9, max_tokens: 7 }, 9],
    [{ max_tokens: null }, undefined],
    [{}, undefined],
  ])("takes the output from %j", (more, tokens) => expect(estimateOf(chatCall("m", more)).outputTokensAsked).toBe(tokens));

  it("does not take a picture's bytes for text", () => {
    const { inputTokensAtMost, media } = estimateOf(withPart({ type: "image_url", image_url: { url: picture } }));
    expect(media).toBe(true);
    expect(inputTokensAtMost).toBeLessThan(10_000);
  });

  it("expects more of a document that is as large", () => {
    const file = { type: "file", file: { file_data: picture.replace("image/png", "application/pdf") } };
    expect(estimateOf(withPart(file)).inputTokensAtMost).toBeGreaterThan(40_000);
  });

  it("counts text that only calls itself base64", () => {
    const text = `base64,${"many words ".repeat(1_000)}`;
    expect(estimateOf(withPart({ type: "text", text })).inputTokensAtMost).toBeGreaterThan(11_000);
  });

  it("allows for tools and for a prompt that is to be kept", () => {
    const tools = [{ type: "function", function: { name: "f" }, cache_control: { type: "ephemeral" } }];
    const call = chatCall("m", { tools });
    const estimate = estimateOf(call);
    expect(estimate.inputTokensAtMost).toBe(call.at.body.raw.length + 1_000);
    expect(estimate.cacheWrites).toBe(true);
  });

  it("has no output for embeddings", () => expect(estimateOf(embedCall("m", "text")).outputTokensAsked).toBe(0));
});

describe("a count", () => {
  it("is closer than the bytes", async () => {
    const call = chatCall("m");
    expect(await countedInput(call, estimateOf(call))).toBe(8);
  });

  it("leaves room for alphabets that make more of it", async () => {
    const call = chatCall("m");
    expect(await countedInput(call, estimateOf(call), ["claude-x"])).toBe(12);
  });

  it("stays with the bytes where it would take too long, or where not all is text", async () => {
    const long = chatCall("m", { messages: [{ role: "user", content: "word ".repeat(20_000) }] });
    expect(await countedInput(long, estimateOf(long))).toBe(long.at.body.raw.length);
    const seen = withPart({ type: "image_url", image_url: { url: picture } });
    expect(await countedInput(seen, estimateOf(seen))).toBe(estimateOf(seen).inputTokensAtMost);
  });
});

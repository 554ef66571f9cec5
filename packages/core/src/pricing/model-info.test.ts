import { describe, expect, it } from "vitest";
import { completionCost, modelInfo } from "./model-info.ts";
import { openPriceBook } from "./price-book.ts";

const book = openPriceBook({
  "north/one": {
    litellm_provider: "north",
    max_input_tokens: 100,
    input_cost_per_token: 1e-6,
    output_cost_per_token: 2e-6,
    input_cost_per_token_flex: 5e-7,
  },
});

describe("modelInfo", () => {
  it("finds a model by provider and name", async () => {
    expect((await modelInfo("north/one", book)).max_input_tokens).toBe(100);
    expect(await modelInfo("north/two", book)).toEqual({});
  });

  it("asks the bundled book when none is given", async () => {
    expect((await modelInfo("gpt-4o-mini")).mode).toBe("chat");
  });
});

describe("completionCost", () => {
  const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

  it("reads an answer in OpenAI's form, in dollars", async () => {
    expect(await completionCost({ model: "north/one", usage }, undefined, book)).toBe(0.00002);
  });

  it("reads a usage of the house under a model's name", async () => {
    expect(await completionCost({ usage: { inputTokens: 10, outputTokens: 5 } }, "north/one", book)).toBe(0.00002);
  });

  it("heeds the service tier of the answer", async () => {
    expect(await completionCost({ model: "north/one", usage, service_tier: "flex" }, undefined, book)).toBe(0.000015);
  });

  it("says nothing of unknown models and of answers without usage", async () => {
    expect(await completionCost({ model: "north/two", usage }, undefined, book)).toBeUndefined();
    expect(await completionCost({ model: "north/one" }, undefined, book)).toBeUndefined();
  });
});

import { describe, expect, it } from "vitest";
import { overlay } from "./overlay.ts";

const book = {
  mode: "chat",
  max_input_tokens: 1000,
  input_cost_per_token: 2e-6,
  input_cost_per_token_above_200k_tokens: 4e-6,
  cache_read_input_token_cost: 2e-7,
  output_cost_per_token: 8e-6,
  output_cost_per_reasoning_token: 9e-6,
  search_context_cost_per_query: { search_context_size_medium: 0.01 },
};

describe("overlay", () => {
  it("lays limits, abilities and anything else of model_info over the book", () => {
    expect(overlay(book, { max_input_tokens: "500", supports_vision: true, id: "one" })).toEqual({
      ...book,
      max_input_tokens: 500,
      supports_vision: true,
      id: "one",
    });
  });

  it("takes only prices from litellm_params, whose max_tokens is a default of requests", () => {
    expect(overlay(book, {}, { max_tokens: 5, model: "x", ocr_cost_per_page: "0.001" })).toEqual({ ...book, ocr_cost_per_page: 0.001 });
  });

  it("reads a price that came as text", () => {
    expect(overlay({}, { input_cost_per_token: "1e-6" })).toEqual({ input_cost_per_token: 0.000001 });
  });

  it("replaces all prices of input tokens with a custom one, and leaves those of output", () => {
    const { input_cost_per_token_above_200k_tokens, cache_read_input_token_cost, ...kept } = book;
    expect(overlay(book, { input_cost_per_token: 1e-6 })).toEqual({ ...kept, input_cost_per_token: 1e-6 });
  });

  it("keeps a custom price of cached tokens beside that of input tokens", () => {
    const facts = overlay(book, { input_cost_per_token: 1e-6, cache_read_input_token_cost: 5e-7 });
    expect(facts["cache_read_input_token_cost"]).toBe(5e-7);
  });

  it("makes everything free where input and output are", () => {
    expect(overlay(book, {}, { input_cost_per_token: 0, output_cost_per_token: 0 })).toEqual({
      mode: "chat",
      max_input_tokens: 1000,
      input_cost_per_token: 0,
      output_cost_per_token: 0,
    });
  });

  it("prices by the second instead of by tokens", () => {
    const facts = overlay(book, { input_cost_per_second: 0.001 });
    expect(facts["input_cost_per_second"]).toBe(0.001);
    expect(facts.input_cost_per_token).toBeUndefined();
    expect(facts.output_cost_per_token).toBeUndefined();
  });

  it("ignores what is set to nothing", () => {
    expect(overlay(book, { input_cost_per_token: null, mode: undefined, max_input_tokens: "" })).toEqual(book);
  });
});

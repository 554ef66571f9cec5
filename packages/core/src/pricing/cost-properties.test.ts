import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ModelFacts } from "../hub/model-facts.ts";
import type { Usage } from "../usage.ts";
import { costBreakdown, costNano } from "./cost.ts";
import { compilePrice } from "./price.ts";

const tokens = fc.integer({ min: 0, max: 1_000_000 });
const price = fc.integer({ min: 0, max: 1_000_000 }).map((pico) => Number(`${pico}e-12`));
const anyUsage: fc.Arbitrary<Usage> = fc.record(
  {
    inputTokens: tokens,
    outputTokens: tokens,
    cacheReadTokens: tokens,
    cacheWrite5mTokens: tokens,
    cacheWrite1hTokens: tokens,
    reasoningTokens: tokens,
    audioInTokens: tokens,
    audioOutTokens: tokens,
    imageInTokens: tokens,
    imageOutTokens: tokens,
  },
  { requiredKeys: ["inputTokens", "outputTokens"] },
);
const anyFacts: fc.Arbitrary<ModelFacts> = fc.record(
  {
    input_cost_per_token: price,
    output_cost_per_token: price,
    cache_read_input_token_cost: price,
    cache_creation_input_token_cost: price,
    output_cost_per_reasoning_token: price,
    input_cost_per_audio_token: price,
    output_cost_per_audio_token: price,
    input_cost_per_token_above_200k_tokens: price,
    output_cost_per_token_flex: price,
  },
  { requiredKeys: ["input_cost_per_token", "output_cost_per_token"] },
);

describe("any usage at any price", () => {
  it("costs a whole number of nano-dollars, never less than nothing", () => {
    fc.assert(
      fc.property(anyUsage, anyFacts, (usage, facts) => {
        const cost = costNano(usage, compilePrice(facts));
        expect(Number.isInteger(cost)).toBe(true);
        expect(cost).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("costs no less with more output", () => {
    fc.assert(
      fc.property(anyUsage, anyFacts, tokens, (usage, facts, more) => {
        const compiled = compilePrice(facts);
        const dearer = costNano({ ...usage, outputTokens: (usage.outputTokens ?? 0) + more }, compiled);
        expect(dearer).toBeGreaterThanOrEqual(costNano(usage, compiled) ?? 0);
      }),
    );
  });

  it("counts every token once, whatever the parts claim", () => {
    fc.assert(
      fc.property(anyUsage, (usage) => {
        const flat = compilePrice({ input_cost_per_token: 1e-9, output_cost_per_token: 1e-9 });
        expect(costNano(usage, flat)).toBe((usage.inputTokens ?? 0) + (usage.outputTokens ?? 0));
      }),
    );
  });

  it("is the sum of its lines", () => {
    fc.assert(
      fc.property(anyUsage, anyFacts, (usage, facts) => {
        const compiled = compilePrice(facts);
        const sum = costBreakdown(usage, compiled).reduce((total, line) => total + line.cost, 0n);
        expect(costNano(usage, compiled)).toBe(Number((sum + 999_999_999n) / 1_000_000_000n));
      }),
    );
  });

  it("is exact: rational arithmetic on whole pico-dollars agrees", () => {
    const pico = fc.bigInt({ min: 0n, max: 10_000_000n });
    fc.assert(
      fc.property(tokens, tokens, pico, pico, (input, output, perInput, perOutput) => {
        const facts = { input_cost_per_token: Number(`${perInput}e-12`), output_cost_per_token: Number(`${perOutput}e-12`) };
        const exact = BigInt(input) * perInput + BigInt(output) * perOutput;
        expect(costNano({ inputTokens: input, outputTokens: output }, compilePrice(facts))).toBe(Number((exact + 999n) / 1000n));
      }),
    );
  });
});

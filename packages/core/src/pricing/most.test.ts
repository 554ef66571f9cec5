import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ModelFacts } from "../hub/model-facts.ts";
import type { Usage } from "../usage.ts";
import { costNano } from "./cost.ts";
import { type Amounts, mostNano, outputWithin } from "./most.ts";
import { compilePrice } from "./price.ts";

const million = (dollars: number): number => Number((dollars / 1e6).toPrecision(12));
const plain: ModelFacts = { input_cost_per_token: million(2), output_cost_per_token: million(8) };
const rich: ModelFacts = {
  ...plain,
  cache_read_input_token_cost: million(0.2),
  cache_creation_input_token_cost: million(2.5),
  cache_creation_input_token_cost_above_1hr: million(4),
  input_cost_per_token_above_200k_tokens: million(6),
  input_cost_per_token_priority: million(5),
  output_cost_per_token_priority: million(16),
  input_cost_per_audio_token: million(40),
  output_cost_per_reasoning_token: million(9),
  input_cost_per_request: 0.001,
  search_context_cost_per_query: { search_context_size_medium: 0.01 },
};

interface Case {
  readonly about: string;
  readonly facts: ModelFacts;
  readonly most: Amounts;
  readonly nano: number | undefined;
}

const text = { media: false, cacheWrites: false } as const;
const cases: readonly Case[] = [
  { about: "input and output", facts: plain, most: { inputTokens: 10, outputTokens: 5 }, nano: 60_000 },
  { about: "nobody knows the price", facts: {}, most: { inputTokens: 10, outputTokens: 5 }, nano: undefined },
  { about: "free", facts: { input_cost_per_token: 0, output_cost_per_token: 0 }, most: { inputTokens: 10, outputTokens: 5 }, nano: 0 },
  { about: "plain text, a request's own price", facts: rich, most: { inputTokens: 10, outputTokens: 5, ...text }, nano: 1_065_000 },
  { about: "an hour in the cache is dearest", facts: rich, most: { inputTokens: 10, outputTokens: 0, media: false }, nano: 1_040_000 },
  { about: "sound is dearer still", facts: rich, most: { inputTokens: 10, outputTokens: 0 }, nano: 1_400_000 },
  {
    about: "a tier that was asked for",
    facts: rich,
    most: { inputTokens: 10, outputTokens: 5, tier: "priority", ...text },
    nano: 1_130_000,
  },
  { about: "any tier", facts: rich, most: { inputTokens: 10, outputTokens: 5, tier: "auto", ...text }, nano: 1_130_000 },
  { about: "searches", facts: rich, most: { inputTokens: 0, outputTokens: 0, webSearches: 2 }, nano: 21_000_000 },
  { about: "200k is not above it", facts: rich, most: { inputTokens: 200_000, outputTokens: 0, ...text }, nano: 401_000_000 },
  { about: "one more is", facts: rich, most: { inputTokens: 200_001, outputTokens: 0, ...text }, nano: 200_001 * 6000 + 1_000_000 },
  { about: "pictures", facts: { output_cost_per_image: 0.04 }, most: { inputTokens: 9, outputTokens: 0, images: 3 }, nano: 120_000_000 },
  {
    about: "seconds",
    facts: { mode: "audio_transcription", input_cost_per_second: 0.0001 },
    most: { inputTokens: 0, outputTokens: 0, seconds: 1.5 },
    nano: 150_000,
  },
  {
    about: "more than numbers hold",
    facts: { input_cost_per_token: 1 },
    most: { inputTokens: 1e15, outputTokens: 0 },
    nano: Number.MAX_SAFE_INTEGER,
  },
];

describe("the most that a call can cost", () => {
  it.each(cases)("$about", ({ facts, most, nano }) => expect(mostNano(compilePrice(facts), most)).toBe(nano));

  it("is the same to the nano-dollar, worked out the quick way or with big integers", () => {
    const prices = [plain, rich, { input_cost_per_token: 1.23456789e-7, output_cost_per_token: 0.75 }].map(compilePrice);
    const amounts = fc.record({ inputTokens: fc.integer({ min: 0, max: 400_000 }), outputTokens: fc.integer({ min: 0, max: 10_000_000 }) });
    fc.assert(
      fc.property(fc.constantFrom(...prices), amounts, fc.boolean(), fc.boolean(), (price, most, media, cacheWrites) => {
        // A tier that the price does not have is the standard one, the long way round.
        expect(mostNano(price, { ...most, media, cacheWrites })).toBe(mostNano(price, { ...most, media, cacheWrites, tier: "none" }));
      }),
    );
  });

  it("is never less than what a call costs in the end", () => {
    const price = compilePrice(rich);
    const tokens = fc.integer({ min: 0, max: 300_000 });
    fc.assert(
      fc.property(
        tokens,
        tokens,
        tokens,
        tokens,
        tokens,
        fc.constantFrom(undefined, "priority"),
        (input, output, read, written, sound, tier) => {
          const usage: Usage = {
            inputTokens: input,
            outputTokens: output,
            cacheReadTokens: read,
            cacheWrite1hTokens: written,
            audioInTokens: sound,
            reasoningTokens: read,
            tier,
          };
          const cost = costNano(usage, price) ?? 0;
          expect(mostNano(price, { inputTokens: input, outputTokens: output, tier })).toBeGreaterThanOrEqual(cost);
        },
      ),
    );
  });
});

describe("the output that fits", () => {
  const price = compilePrice(plain);

  it("is what is left after the input", () => expect(outputWithin(price, { inputTokens: 10, outputTokens: 0 }, 60_000)).toBe(5));
  it("is below 0 when the input alone does not fit", () =>
    expect(outputWithin(price, { inputTokens: 10, outputTokens: 0 }, 19_999)).toBe(-1));
  it("has no end where output is free", () => {
    expect(outputWithin(compilePrice({ input_cost_per_token: million(2) }), { inputTokens: 10, outputTokens: 0 }, 20_000)).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  it("fits, and one token more does not", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 10_000_000 }), (inputTokens, nano) => {
        const outputTokens = outputWithin(price, { inputTokens, outputTokens: 0 }, nano);
        fc.pre(outputTokens >= 0);
        expect(mostNano(price, { inputTokens, outputTokens })).toBeLessThanOrEqual(nano);
        expect(mostNano(price, { inputTokens, outputTokens: outputTokens + 1 })).toBeGreaterThan(nano);
      }),
    );
  });
});

import { describe, expect, it } from "vitest";
import type { ModelFacts } from "../hub/model-facts.ts";
import type { Usage } from "../usage.ts";
import { type Circumstances, costNano } from "./cost.ts";
import { compilePrice } from "./price.ts";

/** Dollars per million tokens, as price lists have them. */
const million = (dollars: number): number => Number((dollars / 1e6).toPrecision(12));

const plain: ModelFacts = { input_cost_per_token: million(2), output_cost_per_token: million(8) };
const cached: ModelFacts = {
  ...plain,
  cache_read_input_token_cost: million(0.2),
  cache_creation_input_token_cost: million(2.5),
  cache_creation_input_token_cost_above_1hr: million(4),
};
const long: ModelFacts = {
  ...cached,
  input_cost_per_token_above_200k_tokens: million(4),
  output_cost_per_token_above_200k_tokens: million(12),
  cache_read_input_token_cost_above_200k_tokens: million(0.4),
  input_cost_per_token_above_512k_tokens: million(6),
};
const tiered: ModelFacts = {
  ...cached,
  input_cost_per_token_priority: million(4),
  output_cost_per_token_priority: million(16),
  input_cost_per_token_flex: million(1),
};
const ranged: ModelFacts = {
  tiered_pricing: [
    { range: [0, 32_000], input_cost_per_token: million(1), output_cost_per_token: million(2) },
    {
      range: [32_000, 128_000],
      input_cost_per_token: million(3),
      output_cost_per_token: million(6),
      cache_read_input_token_cost: million(1),
    },
  ],
};

interface Case {
  readonly about: string;
  readonly facts: ModelFacts;
  readonly usage: Usage;
  readonly at?: Circumstances;
  readonly nano: number | undefined;
}

const cases: readonly Case[] = [
  { about: "input and output", facts: plain, usage: { inputTokens: 10, outputTokens: 5 }, nano: 60_000 },
  { about: "a part of a nano-dollar rounds up", facts: { input_cost_per_token: 1e-10 }, usage: { inputTokens: 1 }, nano: 1 },
  {
    about: "0.1 + 0.2: no dust",
    facts: { input_cost_per_token: 0.1, output_cost_per_token: 0.2 },
    usage: { inputTokens: 1, outputTokens: 1 },
    nano: 300_000_000,
  },
  {
    about: "prices that came as text",
    facts: { input_cost_per_token: "0.000002" as unknown as number },
    usage: { inputTokens: 10 },
    nano: 20_000,
  },
  { about: "no price at all", facts: {}, usage: { inputTokens: 10 }, nano: undefined },
  { about: "limits alone are no price", facts: { max_tokens: 10 }, usage: { inputTokens: 10 }, nano: undefined },
  { about: "only what was not used has a price", facts: { output_cost_per_image: 0.04 }, usage: { inputTokens: 10 }, nano: undefined },
  {
    about: "an explicit zero",
    facts: { input_cost_per_token: 0, output_cost_per_token: 0 },
    usage: { inputTokens: 10, outputTokens: 5 },
    nano: 0,
  },
  {
    about: "only the input has a price",
    facts: { input_cost_per_token: million(2) },
    usage: { inputTokens: 10, outputTokens: 5 },
    nano: 20_000,
  },
  { about: "nothing used", facts: plain, usage: {}, nano: 0 },
  { about: "cached input", facts: cached, usage: { inputTokens: 100, cacheReadTokens: 80 }, nano: 20 * 2000 + 80 * 200 },
  {
    about: "written 5m and 1h",
    facts: cached,
    usage: { inputTokens: 100, cacheWrite5mTokens: 30, cacheWrite1hTokens: 20 },
    nano: 50 * 2000 + 30 * 2500 + 20 * 4000,
  },
  {
    about: "an hour's write without its own price",
    facts: { ...plain, cache_creation_input_token_cost: million(2.5) },
    usage: { inputTokens: 10, cacheWrite1hTokens: 10 },
    nano: 25_000,
  },
  { about: "cached input without its own price", facts: plain, usage: { inputTokens: 100, cacheReadTokens: 80 }, nano: 200_000 },
  {
    about: "the older name for cached input",
    facts: { ...plain, input_cost_per_token_cache_hit: million(1) },
    usage: { inputTokens: 10, cacheReadTokens: 10 },
    nano: 10_000,
  },
  {
    about: "parts that claim more than the whole",
    facts: cached,
    usage: { inputTokens: 10, cacheReadTokens: 8, audioInTokens: 8 },
    nano: 8 * 200 + 2 * 2000,
  },
  {
    about: "reasoning at its own rate",
    facts: { ...plain, output_cost_per_reasoning_token: million(3) },
    usage: { outputTokens: 10, reasoningTokens: 4 },
    nano: 6 * 8000 + 4 * 3000,
  },
  { about: "reasoning at the output's rate", facts: plain, usage: { outputTokens: 10, reasoningTokens: 4 }, nano: 80_000 },
  {
    about: "audio and pictures, in and out",
    facts: {
      ...plain,
      input_cost_per_audio_token: million(40),
      output_cost_per_audio_token: million(80),
      input_cost_per_image_token: million(5),
      output_cost_per_image_token: million(30),
    },
    usage: { inputTokens: 10, audioInTokens: 2, imageInTokens: 3, outputTokens: 10, audioOutTokens: 4, imageOutTokens: 5 },
    nano: 5 * 2000 + 2 * 40_000 + 3 * 5000 + 1 * 8000 + 4 * 80_000 + 5 * 30_000,
  },
  { about: "exactly 200k is not above it", facts: long, usage: { inputTokens: 200_000, outputTokens: 1 }, nano: 200_000 * 2000 + 8000 },
  {
    about: "one more prices the whole request",
    facts: long,
    usage: { inputTokens: 200_001, outputTokens: 1, cacheReadTokens: 100_000 },
    nano: 100_001 * 4000 + 100_000 * 400 + 12_000,
  },
  { about: "the highest size exceeded", facts: long, usage: { inputTokens: 600_000 }, nano: 600_000 * 6000 },
  {
    about: "reasoning that costs what text costs, beyond a size",
    facts: { ...long, output_cost_per_reasoning_token: million(8) },
    usage: { inputTokens: 200_001, outputTokens: 10, reasoningTokens: 10 },
    nano: 200_001 * 4000 + 120_000,
  },
  { about: "the first range", facts: ranged, usage: { inputTokens: 32_000, outputTokens: 1 }, nano: 32_000 * 1000 + 2000 },
  {
    about: "a range prices the whole request",
    facts: ranged,
    usage: { inputTokens: 32_001, outputTokens: 1, cacheReadTokens: 1 },
    nano: 32_000 * 3000 + 1000 + 6000,
  },
  { about: "beyond the last range its price holds", facts: ranged, usage: { inputTokens: 500_000 }, nano: 500_000 * 3000 },
  { about: "priority", facts: tiered, usage: { inputTokens: 10, outputTokens: 5, tier: "priority" }, nano: 10 * 4000 + 5 * 16_000 },
  { about: "fast is priority", facts: tiered, usage: { inputTokens: 10, tier: "fast" }, nano: 40_000 },
  {
    about: "fast as a factor",
    facts: { ...tiered, provider_specific_entry: { fast: 2.5 } },
    usage: { inputTokens: 10, tier: "fast" },
    nano: 50_000,
  },
  {
    about: "flex, where the output has no price of its own",
    facts: tiered,
    usage: { inputTokens: 10, outputTokens: 5, tier: "flex" },
    nano: 10 * 1000 + 5 * 8000,
  },
  {
    about: "the tier served wins over the tier asked for",
    facts: tiered,
    usage: { inputTokens: 10, tier: "default" },
    at: { tier: "priority" },
    nano: 20_000,
  },
  { about: "the tier asked for when none is told", facts: tiered, usage: { inputTokens: 10 }, at: { tier: "priority" }, nano: 40_000 },
  { about: "a tier nobody knows", facts: tiered, usage: { inputTokens: 10, tier: "scale" }, nano: 20_000 },
  {
    about: "batches at half price",
    facts: cached,
    usage: { inputTokens: 10, outputTokens: 5, cacheReadTokens: 5, tier: "batch" },
    nano: 5 * 1000 + 5 * 100 + 5 * 4000,
  },
  {
    about: "batches at their own price",
    facts: { ...plain, input_cost_per_token_batches: million(1.5) },
    usage: { inputTokens: 10, outputTokens: 5, tier: "batches" },
    nano: 10 * 1500 + 5 * 4000,
  },
  {
    about: "size and tier together",
    facts: { ...long, ...tiered, input_cost_per_token_above_200k_tokens_priority: million(7) },
    usage: { inputTokens: 200_001, outputTokens: 1, tier: "priority" },
    nano: 200_001 * 7000 + 12_000,
  },
  {
    about: "per second of the answer's making",
    facts: { input_cost_per_second: 0.001 },
    usage: { inputTokens: 10 },
    at: { durationMs: 1500 },
    nano: 1_500_000,
  },
  {
    about: "per second of sound",
    facts: { mode: "audio_transcription", input_cost_per_second: 0.0001, output_cost_per_second: 0.0001 },
    usage: { units: { seconds: 1.1 } },
    at: { durationMs: 90_000 },
    nano: 110_000,
  },
  {
    about: "a zero beside the price per second",
    facts: { mode: "audio_transcription", input_cost_per_second: 0.0001, output_cost_per_second: 0 },
    usage: { units: { seconds: 2 } },
    nano: 200_000,
  },
  {
    about: "tokens instead of seconds",
    facts: { mode: "audio_transcription", input_cost_per_token: million(2), input_cost_per_second: 0.0001 },
    usage: { inputTokens: 10, units: { seconds: 60 } },
    nano: 20_000,
  },
  {
    about: "per character",
    facts: { mode: "audio_speech", input_cost_per_character: 0.000015 },
    usage: { units: { characters: 100 } },
    nano: 1_500_000,
  },
  {
    about: "per picture",
    facts: { mode: "image_generation", input_cost_per_image: 0.04 },
    usage: { units: { images: 2 } },
    nano: 80_000_000,
  },
  {
    about: "per picture beside input tokens",
    facts: { ...plain, output_cost_per_image: 0.04 },
    usage: { inputTokens: 10, units: { images: 1 } },
    nano: 40_020_000,
  },
  {
    about: "output tokens instead of pictures",
    facts: { ...plain, output_cost_per_image: 0.04 },
    usage: { outputTokens: 10, units: { images: 1 } },
    nano: 80_000,
  },
  { about: "per page", facts: { ocr_cost_per_page: 0.001 }, usage: { units: { pages: 3 } }, nano: 3_000_000 },
  {
    about: "per query, tokens at zero",
    facts: { input_cost_per_query: 0.002, input_cost_per_token: 0 },
    usage: { inputTokens: 10, units: { queries: 1 } },
    nano: 2_000_000,
  },
  { about: "per request", facts: { ...plain, input_cost_per_request: 0.005 }, usage: { inputTokens: 10 }, nano: 5_020_000 },
  {
    about: "web searches, medium",
    facts: { ...plain, search_context_cost_per_query: { search_context_size_low: 0.01, search_context_size_medium: 0.02 } },
    usage: { inputTokens: 10, units: { webSearches: 3 } },
    nano: 60_020_000,
  },
  {
    about: "web searches, once a call",
    facts: { ...plain, web_search_billing_unit: "per_prompt", search_context_cost_per_query: { search_context_size_medium: 0.02 } },
    usage: { inputTokens: 10, units: { webSearches: 3 } },
    nano: 20_020_000,
  },
  { about: "what the provider says", facts: plain, usage: { inputTokens: 10, providerCost: 0.00123 }, nano: 1_230_000 },
  { about: "what the provider says of an unknown model", facts: {}, usage: { providerCost: 0 }, nano: 0 },
];

describe("costNano", () => {
  it.each(cases)("$about", ({ facts, usage, at, nano }) => {
    expect(costNano(usage, compilePrice(facts), at)).toBe(nano);
  });

  it("takes broken counts for nothing", () => {
    expect(costNano({ inputTokens: -5, outputTokens: Number.NaN }, compilePrice(plain))).toBe(0);
  });
});

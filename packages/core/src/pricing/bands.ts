/** Token prices of one service tier, cut into bands by the size of the input. */

import type { ModelFacts } from "../hub/model-facts.ts";
import { attoDollars } from "./money.ts";

/** Kinds of tokens that may have a price of their own. */
export type Part =
  | "input"
  | "cacheRead"
  | "cacheWrite5m"
  | "cacheWrite1h"
  | "audioIn"
  | "imageIn"
  | "videoIn"
  | "output"
  | "reasoning"
  | "audioOut"
  | "imageOut";

/** Atto-dollars per token; undefined: nobody knows. */
export type Rates = { readonly [P in Part]: bigint | undefined };

/** Rates of a whole request whose input is larger than `above` tokens. */
export interface Band {
  readonly above: number;
  readonly rates: Rates;
}

/** Where a part's price stands, and whose price it has when it has none. Fallbacks come before those that need them. */
const parts: readonly { readonly part: Part; readonly fields: readonly string[]; readonly like?: Part }[] = [
  { part: "input", fields: ["input_cost_per_token"] },
  { part: "cacheRead", fields: ["cache_read_input_token_cost", "input_cost_per_token_cache_hit"], like: "input" },
  { part: "cacheWrite5m", fields: ["cache_creation_input_token_cost"], like: "input" },
  { part: "cacheWrite1h", fields: ["cache_creation_input_token_cost_above_1hr"], like: "cacheWrite5m" },
  { part: "audioIn", fields: ["input_cost_per_audio_token"], like: "input" },
  { part: "imageIn", fields: ["input_cost_per_image_token"], like: "input" },
  { part: "videoIn", fields: ["input_cost_per_video_token"], like: "input" },
  { part: "output", fields: ["output_cost_per_token"] },
  { part: "reasoning", fields: ["output_cost_per_reasoning_token"], like: "output" },
  { part: "audioOut", fields: ["output_cost_per_audio_token"], like: "output" },
  { part: "imageOut", fields: ["output_cost_per_image_token"], like: "output" },
];

const tokenField =
  /^(?:(?:input|output)_cost_per_(?:(?:audio|image|video|reasoning)_)?token|cache_(?:read|creation)_input_token_cost)(?:_cache_hit)?(?:_above_1hr)?(?![a-z])/;
const variant = /^(?:_above_(\d+)k_tokens)?(?:_([a-z]+))?$/;

export interface Tier {
  /** Suffix of its fields, with underscore; empty for the standard tier. */
  readonly suffix: string;
  /** What the standard price is multiplied with where the tier has none of its own. */
  readonly times: number;
}

/** Sizes of input, in tokens, above which other prices hold, and the service tiers that have any. */
export function variantsOf(facts: ModelFacts): { readonly sizes: readonly number[]; readonly tiers: ReadonlySet<string> } {
  const sizes = new Set<number>();
  const tiers = new Set<string>();
  for (const field in facts) {
    const base = tokenField.exec(field);
    const found = base && variant.exec(field.slice(base[0].length));
    if (found?.[1]) sizes.add(Number(found[1]));
    if (found?.[2]) tiers.add(found[2]);
  }
  return { sizes: [...sizes], tiers };
}

/** Largest first; the last one holds for every size. */
export function bandsOf(facts: ModelFacts, sizes: readonly number[], tier: Tier): readonly Band[] {
  const bands: Band[] = [];
  const ranges = rangesOf(facts);
  const smallest = ranges[0];
  for (const range of ranges.slice(1)) bands.push({ above: range.from, rates: ratesOf({ ...facts, ...range.facts }, "", tier) });
  for (const size of sizes) bands.push({ above: size * 1000, rates: ratesOf(facts, `_above_${size}k_tokens`, tier) });
  bands.push({ above: -1, rates: ratesOf(smallest ? { ...facts, ...smallest.facts } : facts, "", tier) });
  return bands.sort((a, b) => b.above - a.above);
}

/** `tiered_pricing`, smallest range first: one range, picked by the input, prices the whole request. */
function rangesOf(facts: ModelFacts): { from: number; facts: ModelFacts }[] {
  const tiers = facts["tiered_pricing"];
  if (!Array.isArray(tiers)) return [];
  const ranges: { from: number; facts: ModelFacts }[] = [];
  for (const tier of tiers) {
    if (tier === null || typeof tier !== "object" || !Array.isArray(tier.range)) continue;
    ranges.push({ from: Number(tier.range[0]), facts: tier as ModelFacts });
  }
  return ranges.sort((a, b) => a.from - b.from);
}

function ratesOf(facts: ModelFacts, above: string, tier: Tier): Rates {
  const rates: { [P in Part]?: bigint } = {};
  for (const { part, fields, like } of parts) {
    const own = priceOf(facts, fields, above, tier);
    const rate = own ?? (like && rates[like]);
    if (rate !== undefined) rates[part] = rate;
  }
  // A part that costs what text costs goes on doing so where only the text has a price for this size or tier.
  for (const { part, fields, like } of parts) {
    if (!like || rates[like] === undefined || !costsLike(facts, fields, like)) continue;
    if (ownVariant(facts, fields, above, tier) === undefined) rates[part] = rates[like];
  }
  return rates as Rates;
}

function costsLike(facts: ModelFacts, fields: readonly string[], like: Part): boolean {
  const model = parts.find((row) => row.part === like);
  const own = first(facts, fields, "");
  return own !== undefined && model !== undefined && own === first(facts, model.fields, "");
}

function ownVariant(facts: ModelFacts, fields: readonly string[], above: string, tier: Tier): number | undefined {
  const suffixes = [above + tier.suffix, above, tier.suffix].filter((suffix) => suffix !== "");
  for (const suffix of suffixes) {
    const price = first(facts, fields, suffix);
    if (price !== undefined) return price;
  }
  return undefined;
}

/** Size and tier, else the size alone, else the tier alone, else the plain price. */
function priceOf(facts: ModelFacts, fields: readonly string[], above: string, tier: Tier): bigint | undefined {
  const lookups: readonly (readonly [suffix: string, times: number])[] = [
    [above + tier.suffix, tier.suffix === "" ? tier.times : 1],
    [above, tier.times],
    [tier.suffix, tier.suffix === "" ? tier.times : 1],
    ["", tier.times],
  ];
  for (const [suffix, times] of lookups) {
    const price = first(facts, fields, suffix);
    if (price !== undefined) return scaled(attoDollars(price), times);
  }
  return undefined;
}

function first(facts: ModelFacts, fields: readonly string[], suffix: string): number | undefined {
  for (const field of fields) {
    const price = facts[field + suffix];
    if (price === undefined || price === null || price === "") continue;
    const number = Number(price);
    if (Number.isFinite(number) && number >= 0) return number;
  }
  return undefined;
}

function scaled(rate: bigint, times: number): bigint {
  if (times === 1) return rate;
  const thousandths = BigInt(Math.round(times * 1000));
  return (rate * thousandths + 999n) / 1000n;
}

/** The most that a call can cost: what a budget must hold before anything is sent. */

import type { Band, Part, Rates } from "./bands.ts";
import { nanoDollars } from "./money.ts";
import type { Price } from "./price.ts";

/** Upper bounds on what a call can use. Absent measures are not used at all. */
export interface Amounts {
  readonly inputTokens: number;
  /** Of all choices together. */
  readonly outputTokens: number;
  /** The service tier that is asked for; a provider may serve the standard one all the same. `auto`: any. */
  readonly tier?: string;
  /** False: the input holds nothing but text. */
  readonly media?: boolean;
  /** False: nothing asks for the input to be kept in a provider's cache. */
  readonly cacheWrites?: boolean;
  readonly seconds?: number;
  readonly characters?: number;
  readonly images?: number;
  readonly pages?: number;
  readonly queries?: number;
  readonly webSearches?: number;
}

const texts: readonly Part[] = ["input", "cacheRead"];
const writes: readonly Part[] = ["cacheWrite5m", "cacheWrite1h"];
const media: readonly Part[] = ["audioIn", "imageIn", "videoIn"];
const outputs: readonly Part[] = ["output", "reasoning", "audioOut", "imageOut"];

const ATTO_PER_NANO = 1_000_000_000n;

/** Whole nano-dollars, 0 for what is free; undefined when nobody knows the price. What a provider itself says about a cost is not foreseen. */
export function mostNano(price: Price, most: Amounts): number | undefined {
  if (!price.known) return undefined;
  const plain = plainNano(price, most);
  if (plain !== undefined) return plain;
  const { input, output } = dearest(price, most);
  return safe(nanoDollars(count(most.inputTokens) * input + count(most.outputTokens) * output + besideTokens(price, most)));
}

/** The dearest rates of calls with no more input than this, in atto-dollars a token. */
interface Plain {
  readonly upTo: number;
  readonly input: number;
  readonly output: number;
}

const plains = new WeakMap<Price, Plain[]>();

/** What most calls need, several times quicker than with big integers; undefined where a number would not be exact. */
function plainNano(price: Price, most: Amounts): number | undefined {
  if (most.tier !== undefined || paysBesideTokens(price, most)) return undefined;
  const { upTo, input, output } = plainOf(price, most);
  if (most.inputTokens > upTo) return undefined;
  const atto = Math.ceil(Math.max(0, most.inputTokens)) * input + Math.ceil(Math.max(0, most.outputTokens)) * output;
  if (!(atto <= Number.MAX_SAFE_INTEGER)) return undefined;
  const nano = Math.floor(atto / 1e9);
  return nano * 1e9 < atto ? nano + 1 : nano;
}

function plainOf(price: Price, most: Amounts): Plain {
  let known = plains.get(price);
  if (!known) {
    known = [];
    plains.set(price, known);
  }
  const kind = (most.cacheWrites === false ? 1 : 0) + (most.media === false ? 2 : 0);
  let plain = known[kind];
  if (!plain) {
    const { input, output } = dearest(price, { ...most, inputTokens: 0 });
    const upTo = Math.min(...price.standard.map(({ above }) => (above < 0 ? Number.POSITIVE_INFINITY : above)));
    plain = { upTo, input: Number(input), output: Number(output) };
    known[kind] = plain;
  }
  return plain;
}

function paysBesideTokens({ units }: Price, { webSearches, queries, pages, images, characters, seconds }: Amounts): boolean {
  return units.request !== undefined || Boolean(webSearches || queries || pages || images || characters || seconds);
}

/** How many output tokens surely fit into this much money, the rest of the call paid; below 0 when the rest does not fit. */
export function outputWithin(price: Price, most: Amounts, nano: number): number {
  if (!price.known) return Number.POSITIVE_INFINITY;
  const { input, output } = dearest(price, most);
  const left = count(nano) * ATTO_PER_NANO - count(most.inputTokens) * input - besideTokens(price, most);
  if (left < 0n) return -1;
  return output === 0n ? Number.POSITIVE_INFINITY : Number(left / output);
}

/** The dearest rate of every band and tier that a call of this size may fall into. */
function dearest(price: Price, most: Amounts): { readonly input: bigint; readonly output: bigint } {
  const inputs = [...texts, ...(most.cacheWrites === false ? [] : writes), ...(most.media === false ? [] : media)];
  let input = 0n;
  let output = 0n;
  for (const bands of tiersOf(price, most.tier)) {
    for (const { above, rates } of bands) {
      if (above >= 0 && most.inputTokens <= above) continue;
      input = larger(input, highest(rates, inputs));
      output = larger(output, highest(rates, outputs));
    }
  }
  return { input, output };
}

function tiersOf(price: Price, tier: string | undefined): readonly (readonly Band[])[] {
  if (tier === undefined) return [price.standard];
  if (tier === "auto") return [price.standard, ...price.tiers.values()];
  const own = price.tiers.get(tier);
  return own ? [price.standard, own] : [price.standard];
}

function highest(rates: Rates, parts: readonly Part[]): bigint {
  let most = 0n;
  for (const part of parts) most = larger(most, rates[part] ?? 0n);
  return most;
}

function besideTokens({ units, searchesOnce }: Price, most: Amounts): bigint {
  const searches = searchesOnce ? Math.min(1, most.webSearches ?? 0) : most.webSearches;
  return (
    (units.request ?? 0n) +
    count(searches) * (units.webSearch ?? 0n) +
    count(most.queries) * (units.query ?? 0n) +
    count(most.pages) * (units.page ?? 0n) +
    count(most.images) * (units.image ?? 0n) +
    count(most.characters) * (units.character ?? 0n) +
    // In milliseconds, each rounded up, as cost does.
    count((most.seconds ?? 0) * 1000) * (((units.second ?? 0n) + 999n) / 1000n)
  );
}

function larger(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}

function count(amount: number | undefined): bigint {
  return amount !== undefined && amount > 0 ? BigInt(Math.ceil(Math.min(amount, Number.MAX_SAFE_INTEGER))) : 0n;
}

function safe(nano: number): number {
  return Math.min(nano, Number.MAX_SAFE_INTEGER);
}

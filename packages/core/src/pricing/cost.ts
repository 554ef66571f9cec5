/** Usage and price to money, in whole nano-dollars. */

import type { Usage } from "../usage.ts";
import type { Band, Part } from "./bands.ts";
import { attoDollars, nanoDollars } from "./money.ts";
import type { Price, Unit } from "./price.ts";

export interface Circumstances {
  /** The service tier that was asked for; the one that the usage names was served and wins. */
  readonly tier?: string;
  /** How long the answer took to make, for models that are paid by the second. */
  readonly durationMs?: number;
}

/** One line of a bill: so much of this, for so much. */
export interface Charge {
  readonly of: Part | Unit;
  readonly amount: number;
  /** Atto-dollars. */
  readonly cost: bigint;
}

type Bill = (of: Part | Unit, amount: number, rate: bigint | undefined) => void;

const OUTPUT_PARTS: ReadonlySet<string> = new Set(["output", "reasoning", "audioOut", "imageOut"]);

/** Undefined when nobody knows what anything of this usage costs. A price of 0 is known. */
export function costNano(usage: Usage, price: Price, at: Circumstances = {}): number | undefined {
  const told = usage.providerCost;
  if (told !== undefined && told >= 0 && Number.isFinite(told)) return nanoDollars(attoDollars(told));
  if (!price.known) return undefined;
  let sum = 0n;
  let priced = false;
  let unpriced = false;
  charge(usage, price, at, (_of, amount, rate) => {
    if (rate === undefined) unpriced = true;
    else {
      priced = true;
      sum += BigInt(amount) * rate;
    }
  });
  return unpriced && !priced ? undefined : nanoDollars(sum);
}

/** The same by lines, for a record that explains itself; without what has no price. */
export function costBreakdown(usage: Usage, price: Price, at: Circumstances = {}): readonly Charge[] {
  const charges: Charge[] = [];
  charge(usage, price, at, (of, amount, rate) => {
    if (rate !== undefined) charges.push({ of, amount, cost: BigInt(amount) * rate });
  });
  return charges;
}

/** What of a bill is for the answer, and not for the question. */
export function isOutput(of: Charge["of"]): boolean {
  return OUTPUT_PARTS.has(of);
}

function charge(usage: Usage, price: Price, at: Circumstances, bill: Bill): void {
  const paid = { input: false, output: false };
  chargeTokens(usage, bandFor(usage, price, at), (of, amount, rate) => {
    if (rate) paid[isOutput(of) ? "output" : "input"] = true;
    bill(of, amount, rate);
  });
  chargeExtras(usage, price, bill);
  chargeMeasures(usage, price, at, (of, amount, rate) => {
    // A model that is paid by tokens may name a price per image or second as well: the same thing in another measure.
    const isPaid = of === "image" ? paid.output : of === "character" ? paid.input : paid.input || paid.output;
    if (!isPaid) bill(of, amount, rate);
  });
}

function bandFor(usage: Usage, price: Price, at: Circumstances): Band | undefined {
  const tier = usage.tier ?? at.tier;
  const bands = (tier === undefined ? undefined : price.tiers.get(tier)) ?? price.standard;
  const size = whole(usage.inputTokens);
  return bands.find((band) => size > band.above);
}

/** Each token once: what the parts leave over is text, and parts that claim more than there is are cut. */
function chargeTokens(usage: Usage, band: Band | undefined, bill: Bill): void {
  const rates = band?.rates;
  let left = usage.inputTokens === undefined ? Number.MAX_SAFE_INTEGER : whole(usage.inputTokens);
  const take = (part: Part, claimed: number | undefined): void => {
    const amount = Math.min(whole(claimed), left);
    if (amount === 0) return;
    left -= amount;
    bill(part, amount, rates?.[part]);
  };
  take("cacheRead", usage.cacheReadTokens);
  take("cacheWrite5m", usage.cacheWrite5mTokens);
  take("cacheWrite1h", usage.cacheWrite1hTokens);
  take("audioIn", usage.audioInTokens);
  take("imageIn", usage.imageInTokens);
  take("videoIn", usage.videoInTokens);
  if (usage.inputTokens !== undefined) take("input", left);
  left = usage.outputTokens === undefined ? Number.MAX_SAFE_INTEGER : whole(usage.outputTokens);
  take("reasoning", usage.reasoningTokens);
  take("audioOut", usage.audioOutTokens);
  take("imageOut", usage.imageOutTokens);
  if (usage.outputTokens !== undefined) take("output", left);
}

/** What is paid beside tokens. */
function chargeExtras(usage: Usage, price: Price, bill: Bill): void {
  if (price.units.request !== undefined) bill("request", 1, price.units.request);
  const searches = whole(usage.units?.webSearches);
  // Most models name no price for searches because they have none to sell: that leaves nothing unpriced.
  if (searches > 0 && price.units.webSearch !== undefined) bill("webSearch", price.searchesOnce ? 1 : searches, price.units.webSearch);
  const queries = whole(usage.units?.queries);
  if (queries > 0 && price.units.query !== undefined) bill("query", queries, price.units.query);
  const pages = whole(usage.units?.pages);
  if (pages > 0) bill("page", pages, price.units.page);
}

/** What is paid instead of tokens: by the first measure that has a price, for the others measure the same thing. */
function chargeMeasures(usage: Usage, price: Price, at: Circumstances, bill: Bill): void {
  const { units } = usage;
  const images = whole(units?.images);
  const characters = whole(units?.characters);
  const seconds = units?.seconds ?? (price.secondsOfWork && at.durationMs !== undefined ? at.durationMs / 1000 : undefined);
  if (images > 0 && price.units.image !== undefined) bill("image", images, price.units.image);
  else if (characters > 0 && price.units.character !== undefined) bill("character", characters, price.units.character);
  else if (seconds !== undefined && price.units.second !== undefined) {
    // In milliseconds, so that the amount is whole; prices per second are short enough to be divided.
    bill("second", milliseconds(seconds), (price.units.second + 999n) / 1000n);
  }
}

/** Rounded up, but not for the dust that binary fractions leave: 1.1 s are 1100 ms. */
function milliseconds(seconds: number): number {
  return seconds > 0 && Number.isFinite(seconds) ? Math.ceil(Number((seconds * 1000).toFixed(3))) : 0;
}

function whole(amount: number | undefined): number {
  return amount !== undefined && amount > 0 && amount <= Number.MAX_SAFE_INTEGER ? Math.ceil(amount) : 0;
}

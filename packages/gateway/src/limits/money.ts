/** Reserves what a call may cost: whole, else counted more closely, else after a wait, else cut to what is left. */

import { type Amounts, type Call, type Clock, mostNano, outputWithin } from "tollgate/parts";
import { countedInput, type Estimate } from "./estimate.ts";
import type { BudgetLimit } from "./plan.ts";
import type { MeterClaim, Purses, Reserved, Short } from "./purses.ts";
import type { Priced, Reach } from "./reach.ts";
import { budgetExceeded } from "./refusals.ts";
import type { LimitSettings } from "./settings.ts";

export interface MoneyTools {
  readonly purses: Purses;
  readonly clock: Clock;
  readonly settings: LimitSettings;
}

/** What is to be paid for, and out of what. */
export interface Bill {
  readonly call: Call;
  readonly reach: Reach;
  readonly estimate: Estimate;
  readonly budgets: readonly BudgetLimit[];
  /** One a budget. */
  readonly claims: readonly MeterClaim[];
}

export interface Held {
  readonly reserved: Reserved;
  readonly reservedNano: number;
  /** For each choice: more does not fit. */
  readonly outputLimit?: number;
}

/** An answer cut shorter than this is of no use. */
const SHORTEST_OUTPUT = 64;
/** For models that are paid by the time that they take. */
const LONGEST_WORK_SECONDS = 600;
/** How often others may be quicker than a call that was cut to what is left. */
const TRIES = 5;

/** Throws budget_exceeded. */
export function reserveMoney(bill: Bill, tools: MoneyTools): Held | Promise<Held> {
  const most = mostOf(bill, sizeOf(bill, tools.settings, "whole"));
  const answer = tools.purses.reserve(bill.claims, most);
  if (answer instanceof Promise) return answer.then((later) => (later.ok ? { reserved: later, reservedNano: most } : squeeze(bill, tools)));
  return answer.ok ? { reserved: answer, reservedNano: most } : squeeze(bill, tools);
}

interface Size {
  readonly inputTokens: number;
  /** For each choice; undefined: each deployment's longest. */
  readonly output: (priced: Priced) => number;
}

function sizeOf({ estimate }: Bill, settings: LimitSettings, what: "whole" | "capped"): Size {
  const asked = (priced: Priced): number | undefined => estimate.outputTokensAsked ?? priced.outputTokens;
  const cap = settings.outputTokens;
  const longest = (priced: Priced): number => priced.longestOutput ?? cap;
  return {
    inputTokens: estimate.inputTokensAtMost,
    output: (priced) => asked(priced) ?? (what === "whole" ? longest(priced) : Math.min(longest(priced), cap)),
  };
}

/** The dearest of all deployments. Of what nobody knows the price something must be left, however little. */
function mostOf(bill: Bill, size: Size): number {
  let most = 0;
  for (const priced of bill.reach.priced) {
    const nano = mostNano(priced.price, amountsOf(bill.estimate, priced, size.inputTokens, size.output(priced)));
    most = Math.max(most, nano ?? 1);
  }
  return Math.max(1, most);
}

function amountsOf(estimate: Estimate, priced: Priced, inputTokens: number, outputTokens: number): Amounts {
  const { media, characters, images, pages, queries, webSearches } = estimate;
  // Named one by one: this runs for every call, and a spread costs more than all the arithmetic.
  return {
    inputTokens,
    outputTokens: outputTokens * estimate.choices,
    media,
    characters,
    images,
    pages,
    queries,
    webSearches,
    tier: estimate.tier ?? priced.tier,
    cacheWrites: estimate.cacheWrites || priced.keepsPrompts,
    seconds: estimate.seconds ?? (priced.price.secondsOfWork ? LONGEST_WORK_SECONDS : undefined),
  };
}

/** Waits while calls in flight may give room back; what is left after that must do. */
async function squeeze(bill: Bill, tools: MoneyTools): Promise<Held> {
  const { clock, settings, purses } = tools;
  const until = clock.ticks() + settings.waitMs;
  const inputTokens = await countedInput(bill.call, bill.estimate, bill.reach.wireModels);
  const size: Size = { ...sizeOf(bill, settings, "capped"), inputTokens };
  const most = mostOf(bill, size);
  const outputLimit = cutBelowLongest(bill, size);
  for (;;) {
    const whole = await purses.reserve(bill.claims, most);
    if (whole.ok) return { reserved: whole, reservedNano: most, outputLimit };
    const late = clock.ticks() >= until;
    const rest = whole.pending && !late ? whole : await cut(bill, tools, { short: whole, size, most });
    if ("reserved" in rest) return rest;
    if (late || !rest.pending) throw refusal(bill, rest, most, settings);
    await rest.wait(Math.max(1, until - clock.ticks()));
  }
}

/** The output that is said to the provider because less was reserved than the model may answer. */
function cutBelowLongest({ reach, estimate }: Bill, { output }: Size): number | undefined {
  if (estimate.outputTokensAsked !== undefined) return undefined;
  const cuts = reach.priced.filter(
    (priced) => priced.outputTokens === undefined && priced.longestOutput !== undefined && output(priced) < priced.longestOutput,
  );
  return cuts.length > 0 ? Math.min(...cuts.map(output)) : undefined;
}

interface Edge {
  readonly short: Short;
  readonly size: Size;
  readonly most: number;
}

/** As much as is left now; what could not be had, when that is too little or on its way back here. */
async function cut(bill: Bill, { purses, settings }: MoneyTools, { short: first, size, most }: Edge): Promise<Held | Short> {
  let short = first;
  if (settings.edge === "refuse") return short;
  for (let tries = 0; tries < TRIES && short.leftNano > 0; tries += 1) {
    const outputLimit = settings.edge === "shorten" ? outputFor(bill, size, short.leftNano) : undefined;
    if (settings.edge === "shorten" && outputLimit === undefined) break;
    const nano = outputLimit === undefined ? Math.min(most, short.leftNano) : mostOf(bill, { ...size, output: () => outputLimit });
    const answer = await purses.reserve(bill.claims, nano);
    if (answer.ok) return { reserved: answer, reservedNano: nano, outputLimit };
    short = answer;
  }
  return short;
}

function outputFor({ reach, estimate }: Bill, { inputTokens }: Size, nano: number): number | undefined {
  let fits = Number.POSITIVE_INFINITY;
  for (const priced of reach.priced) {
    fits = Math.min(fits, outputWithin(priced.price, amountsOf(estimate, priced, inputTokens, 0), nano));
  }
  const each = Math.floor(fits / estimate.choices);
  return Number.isFinite(each) && each >= SHORTEST_OUTPUT ? each : undefined;
}

function refusal({ budgets }: Bill, short: Short, nano: number, { budgetExceededStatus }: LimitSettings): Error {
  const budget = budgets.find(({ holder }) => short.claim.meter.startsWith(`${holder}|`)) ?? budgets[0];
  if (!budget) throw new TypeError("a call without budgets was refused for one");
  return budgetExceeded({ budget, short, nano, status: budgetExceededStatus });
}

/** What a call has claimed and reserved, to be settled when it is over. */

import type { CallRecord } from "tollgate/parts";
import type { Subject } from "../access/principal.ts";
import { dollars } from "../texts/number-texts.ts";
import type { ChargedMeter, Ticket } from "./admission.ts";
import type { Claimed } from "./counters.ts";
import type { KeyShown } from "./key-shown.ts";
import type { Plan, RateLimit } from "./plan.ts";
import type { Purses, Reserved } from "./purses.ts";
import { seconds } from "./refusals.ts";
import type { LimitSettings } from "./settings.ts";

export interface TicketTools {
  readonly purses: Purses;
  readonly clock: { now(): number };
  readonly settings: Pick<LimitSettings, "tokensCounted">;
}

export interface Taken {
  readonly plan: Plan;
  readonly meters: readonly ChargedMeter[];
  readonly rates: readonly RateLimit[];
  /** One number a rate. */
  readonly claimed?: Claimed;
  readonly reserved?: Reserved;
  readonly reservedNano?: number;
  readonly outputLimit?: number;
  readonly freeOnly?: boolean;
}

export class LimitedTicket implements Ticket {
  readonly subjects: readonly Subject[];
  readonly meters: readonly ChargedMeter[];
  readonly reservedNano?: number;
  readonly outputLimit?: number;
  readonly freeOnly?: boolean;
  readonly #taken: Taken;
  readonly #tools: TicketTools;
  #settled = false;

  constructor(taken: Taken, tools: TicketTools) {
    this.subjects = taken.plan.subjects;
    this.meters = taken.meters;
    this.reservedNano = taken.reservedNano;
    this.outputLimit = taken.outputLimit;
    this.freeOnly = taken.freeOnly;
    this.#taken = taken;
    this.#tools = tools;
    // Handed on without its object.
    this.settle = this.settle.bind(this);
  }

  settle(record: CallRecord): void {
    if (this.#settled) return;
    this.#settled = true;
    const { claimed, rates, reserved, meters } = this.#taken;
    const nano = record.costNano ?? 0;
    reserved?.settle(nano);
    if (nano > 0) for (const { meter, lent } of meters) if (!lent) this.#tools.purses.charged(meter, nano);
    if (!claimed) return;
    const tokens = tokensOf(record, this.#tools.settings.tokensCounted);
    claimed.settle(rates.map(({ kind }) => (kind === "tokens" ? tokens : 1)));
  }

  headers(record: CallRecord | undefined): readonly string[] {
    const { key } = this.#taken.plan;
    if (!key) return [];
    const headers: string[] = [];
    this.#addRates(headers);
    for (const each of key.rates) headers.push(each);
    this.#addMoney(headers, key, this.#settled ? 0 : (record?.costNano ?? 0));
    return headers;
  }

  /** Of the key's own limits the one with the least left. */
  #addRates(headers: string[]): void {
    const { rates, claimed } = this.#taken;
    if (!claimed) return;
    for (const kind of ["requests", "tokens"] as const) {
      let tightest = -1;
      for (let at = 0; at < rates.length; at += 1) {
        const rate = rates[at];
        if (rate?.kind !== kind || rate.subject.level !== "key") continue;
        if (tightest < 0 || (claimed.left[at] ?? 0) < (claimed.left[tightest] ?? 0)) tightest = at;
      }
      const rate = rates[tightest];
      if (!rate) continue;
      headers.push(`x-ratelimit-limit-${kind}`, String(rate.claim.limit));
      headers.push(`x-ratelimit-remaining-${kind}`, String(claimed.left[tightest] ?? 0));
      headers.push(`x-ratelimit-reset-${kind}`, seconds((claimed.resetsAt[tightest] ?? 0) - this.#tools.clock.now()));
    }
  }

  /** What the key spent in the window of its budget, or ever. */
  #addMoney(headers: string[], { budget, meterStart, lifetime }: KeyShown, more: number): void {
    const own = meterStart !== undefined && this.meters.find(({ meter, lent }) => lent && meter.startsWith(meterStart));
    const spent = this.#tools.purses.spent(own ? own.meter : lifetime);
    if (spent !== undefined) headers.push("x-litellm-key-spend", dollars(spent + more));
    if (budget !== undefined) headers.push("x-litellm-key-max-budget", budget);
  }
}

function tokensOf({ usage }: CallRecord, counted: LimitSettings["tokensCounted"]): number {
  const input = counted === "output" ? 0 : (usage.inputTokens ?? 0);
  return input + (counted === "input" ? 0 : (usage.outputTokens ?? 0));
}

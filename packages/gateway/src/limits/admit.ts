/** Admission: all limits of a call are claimed in one step, then its money is reserved; what is refused gives back what it had. */

import type { Call, Clock } from "tollgate/parts";
import type { Principal, Subject } from "../access/principal.ts";
import type { Admission, ChargedMeter, Ticket } from "./admission.ts";
import type { Claim, Claimed, Counters, Taken } from "./counters.ts";
import { type Estimate, estimateOf } from "./estimate.ts";
import { type Held, type MoneyTools, reserveMoney } from "./money.ts";
import { createPlans, type Limits, type Plan, type RateLimit } from "./plan.ts";
import type { Purses } from "./purses.ts";
import type { Reach, ReachOf } from "./reach.ts";
import { limitReached } from "./refusals.ts";
import type { LimitSettings } from "./settings.ts";
import { createStandings, type Standing } from "./standings.ts";
import { LimitedTicket } from "./ticket.ts";
import { createWindows } from "./windows.ts";

export interface AdmissionOptions {
  readonly counters: Counters;
  readonly purses: Purses;
  readonly clock: Clock;
  readonly settings: LimitSettings;
  readonly reachOf: ReachOf;
}

interface Tools extends MoneyTools {
  readonly counters: Counters;
  readonly standings: (plan: Plan, limits: Limits, now: number) => Standing;
}

/** One call on its way in. */
interface Entering {
  readonly call: Call;
  readonly plan: Plan;
  readonly limits: Limits;
  readonly reach: Reach;
  readonly estimate: Estimate | undefined;
}

export function createAdmission({ counters, purses, clock, settings, reachOf }: AdmissionOptions): Admission {
  const planOf = createPlans(settings);
  const tools: Tools = { counters, purses, clock, settings, standings: createStandings(createWindows(settings.timeZone)) };
  const free = new WeakMap<Plan, Ticket>();
  return {
    admit(who: Principal, call: Call, also: readonly Subject[]) {
      const plan = planOf(who, also);
      if (plan.isFree) return freeTicket(free, plan, tools);
      const reach = reachOf(call.ask);
      const limits = plan.limitsFor(reach.names);
      const measured = limits.budgets.length > 0 || limits.rates.some(({ kind }) => kind === "tokens");
      const entering = { call, plan, limits, reach, estimate: measured ? estimateOf(call) : undefined };
      if (limits.rates.length === 0) return pay(entering, undefined, tools);
      const taken = counters.claim(claimsOf(entering, settings));
      return taken instanceof Promise ? taken.then((later) => claimed(entering, later, tools)) : claimed(entering, taken, tools);
    },
  };
}

/** Nothing is limited: one ticket for all calls of a principal, for it remembers nothing. */
function freeTicket(kept: WeakMap<Plan, Ticket>, plan: Plan, { purses, clock, settings }: Tools): Ticket {
  const known = kept.get(plan);
  if (known) return known;
  const ticket: Ticket = {
    subjects: plan.subjects,
    meters: plan.lifetimes,
    settle(record) {
      if (record.costNano) for (const { meter } of plan.lifetimes) purses.charged(meter, record.costNano);
    },
    headers: (record) => new LimitedTicket({ plan, meters: plan.lifetimes, rates: [] }, { purses, clock, settings }).headers(record),
  };
  kept.set(plan, ticket);
  return ticket;
}

function claimsOf({ limits, estimate }: Entering, settings: LimitSettings): readonly Claim[] {
  return limits.rates.map(({ kind, claim }) => {
    if (kind !== "tokens" || !estimate) return claim;
    // More than the whole limit would never be let in: such a call has the window to itself.
    return { ...claim, amount: Math.max(1, Math.min(tokensOf(estimate, settings), claim.limit)) };
  });
}

function tokensOf({ inputTokensLikely, outputTokensAsked = 0, choices }: Estimate, { tokensCounted }: LimitSettings): number {
  const input = tokensCounted === "output" ? 0 : inputTokensLikely;
  return input + (tokensCounted === "input" ? 0 : outputTokensAsked * choices);
}

function claimed(entering: Entering, taken: Taken, tools: Tools): Ticket | Promise<Ticket> {
  if (taken.ok) return pay(entering, taken, tools);
  const limit = limitOf(entering.limits.rates, taken.claim);
  throw limitReached(limit, taken, tools.clock.now());
}

function limitOf(rates: readonly RateLimit[], { name }: Claim): RateLimit {
  const limit = rates.find(({ claim }) => claim.name === name);
  if (!limit) throw new TypeError(`nobody claimed ${name}`);
  return limit;
}

function pay(entering: Entering, counts: Claimed | undefined, tools: Tools): Ticket | Promise<Ticket> {
  const { call, limits, reach, estimate } = entering;
  if (limits.budgets.length === 0 || !estimate || reach.priced.length === 0) return ticketOf(entering, { counts }, tools);
  const standing = tools.standings(entering.plan, limits, tools.clock.now());
  const refused = (cause: unknown): Ticket => {
    if (reach.isFree) return ticketOf(entering, { counts, money: { freeOnly: true } }, tools);
    counts?.settle(limits.rates.map(() => 0));
    throw cause;
  };
  if (reach.isFree && reach.costsNothing) return ticketOf(entering, { counts }, tools);
  try {
    const held = reserveMoney({ call, reach, estimate, budgets: limits.budgets, claims: standing.claims }, tools);
    const done = (money: Held): Ticket => ticketOf(entering, { counts, money, meters: standing.meters }, tools);
    return held instanceof Promise ? held.then(done, refused) : done(held);
  } catch (cause) {
    return refused(cause);
  }
}

interface Money extends Partial<Held> {
  readonly freeOnly?: boolean;
}

interface LetIn {
  readonly counts: Claimed | undefined;
  readonly money?: Money;
  readonly meters?: readonly ChargedMeter[];
}

const unpaid: Money = {};

function ticketOf({ plan, limits }: Entering, { counts, money = unpaid, meters = plan.lifetimes }: LetIn, tools: Tools): Ticket {
  const { reserved, reservedNano, outputLimit, freeOnly } = money;
  return new LimitedTicket({ plan, meters, rates: limits.rates, claimed: counts, reserved, reservedNano, outputLimit, freeOnly }, tools);
}

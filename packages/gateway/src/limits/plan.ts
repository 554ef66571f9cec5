/** The limits of everybody whom a call belongs to, compiled once: which counters it claims, which budgets it must fit into. */

import type { Budget, Level, Principal, Rates, Subject } from "../access/principal.ts";
import type { ChargedMeter } from "./admission.ts";
import type { Claim } from "./counters.ts";
import { type KeyShown, keyShown } from "./key-shown.ts";
import { holderOf, lifetimeMeter } from "./meters.ts";
import type { LimitSettings } from "./settings.ts";

export type RateKind = "requests" | "tokens" | "parallel";

export interface RateLimit {
  readonly kind: RateKind;
  /** Of tokens only the amount changes from call to call. */
  readonly claim: Claim;
  readonly subject: Subject;
  readonly model?: string;
  /** Undefined: for each rate window. */
  readonly per?: "day";
}

export interface BudgetLimit {
  readonly holder: string;
  readonly duration?: string;
  readonly limitNano: number;
  readonly subject: Subject;
  readonly model?: string;
}

export interface Limits {
  readonly rates: readonly RateLimit[];
  readonly budgets: readonly BudgetLimit[];
}

export interface Plan {
  readonly subjects: readonly Subject[];
  readonly lifetimes: readonly ChargedMeter[];
  /** The key: reply headers are about its limits. */
  readonly key?: KeyShown;
  /** True: nothing to claim, whatever the model. */
  readonly isFree: boolean;
  /** Limits of a call to a model that goes by these names. */
  limitsFor(names: readonly string[]): Limits;
}

const DAY_MS = 86_400_000;

/** The plan of a principal alone, and the ways on from it: by the first subject that comes with a call, by the second … */
interface Node {
  plan?: Plan;
  readonly next: WeakMap<Subject, Node>;
}

/** Plans by principal and by who comes with its calls, kept as long as these are. */
export function createPlans(settings: Pick<LimitSettings, "windowMs">): (who: Principal, also: readonly Subject[]) => Plan {
  const kept = new WeakMap<Principal, Node>();
  return (who, also) => {
    let node = nodeIn(kept, who);
    for (const subject of also) node = nodeIn(node.next, subject);
    node.plan ??= compilePlan(who, [...who.subjects, ...also], settings.windowMs);
    return node.plan;
  };
}

function nodeIn<Key extends object>(nodes: WeakMap<Key, Node>, key: Key): Node {
  let node = nodes.get(key);
  if (!node) {
    node = { next: new WeakMap() };
    nodes.set(key, node);
  }
  return node;
}

const holdingTheMaster: ReadonlySet<Level> = new Set(["global", "customer", "tag"]);

function compilePlan(who: Principal, all: readonly Subject[], windowMs: number): Plan {
  const subjects = distinct(all);
  // The master key has no limits of its own; the gateway's, and those of whom it asks for, hold it like everybody.
  const limited = who.kind === "master" ? subjects.filter(({ level }) => holdingTheMaster.has(level)) : subjects;
  const base: Limits = {
    rates: limited.flatMap((subject) => ratesOf(subject, subject.limits, windowMs)),
    budgets: limited.flatMap((subject) => budgetsOf(subject, subject.limits.budgets)),
  };
  const perModel = limited.flatMap((subject) =>
    (subject.limits.perModel ?? []).map((limits) => ({ subject, limits, fits: matcher(limits.model) })),
  );
  const byNames = new WeakMap<readonly string[], Limits>();
  return {
    subjects,
    lifetimes: subjects.map(({ level, id }) => ({ meter: lifetimeMeter(level, id), lent: false })),
    key: keyShown(subjects.find(({ level }) => level === "key")),
    isFree: base.rates.length === 0 && base.budgets.length === 0 && perModel.length === 0,
    limitsFor(names) {
      if (perModel.length === 0) return base;
      const known = byNames.get(names);
      if (known) return known;
      const fitting = perModel.filter(({ fits }) => names.some(fits));
      const limits: Limits = {
        rates: [...base.rates, ...fitting.flatMap((each) => ratesOf(each.subject, each.limits, windowMs, each.limits.model))],
        budgets: [...base.budgets, ...fitting.flatMap((each) => budgetsOf(each.subject, each.limits.budgets, each.limits.model))],
      };
      byNames.set(names, limits);
      return limits;
    },
  };
}

/** A tag of the key that the client names once more is charged once. */
function distinct(subjects: readonly Subject[]): readonly Subject[] {
  const seen = new Set<string>();
  return subjects.filter(({ level, id }) => !seen.has(holderOf(level, id)) && seen.add(holderOf(level, id)));
}

const rateRows: readonly { readonly of: keyof Rates; readonly kind: RateKind; readonly name: string; readonly per?: "day" }[] = [
  { of: "parallel", kind: "parallel", name: "parallel" },
  { of: "requestsPerMinute", kind: "requests", name: "requests" },
  { of: "tokensPerMinute", kind: "tokens", name: "tokens" },
  { of: "tokensPerDay", kind: "tokens", name: "tokens-day", per: "day" },
];

function ratesOf(subject: Subject, rates: Rates, windowMs: number, model?: string): RateLimit[] {
  const holder = holderOf(subject.level, subject.id, model);
  return rateRows.flatMap(({ of, kind, name, per }) => {
    const limit = rates[of];
    if (limit === undefined) return [];
    const window = kind === "parallel" ? "held" : { lengthMs: per === "day" ? DAY_MS : windowMs };
    return [{ kind, subject, model, per, claim: { name: `${holder}:${name}`, amount: 1, limit, window } as const }];
  });
}

/** Of two budgets for the same window the smaller. */
function budgetsOf(subject: Subject, budgets: readonly Budget[], model?: string): BudgetLimit[] {
  const holder = holderOf(subject.level, subject.id, model);
  const byDuration = new Map<string | undefined, BudgetLimit>();
  for (const { duration, limitNano } of budgets) {
    const other = byDuration.get(duration);
    const safe = Math.min(limitNano, Number.MAX_SAFE_INTEGER);
    if (!other || safe < other.limitNano) byDuration.set(duration, { holder, duration, limitNano: safe, subject, model });
  }
  return [...byDuration.values()];
}

function matcher(pattern: string): (name: string) => boolean {
  if (!pattern.includes("*")) return (name) => name === pattern;
  const parts = pattern.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  const expression = new RegExp(`^${parts.join(".*")}$`, "s");
  return (name) => expression.test(name);
}

const words: Readonly<Record<Level, string>> = {
  key: "key",
  user: "user",
  team: "team",
  member: "team member",
  organization: "organization",
  project: "project",
  customer: "customer",
  tag: "tag",
  global: "the gateway",
};

/** For messages: `key 'ci'`, `team 'research' for model 'gpt-4o'`; never a hash. */
export function nameOf({ subject, model }: { readonly subject: Subject; readonly model?: string }): string {
  const who = subject.level === "global" ? words.global : `${words[subject.level]} '${subject.name}'`;
  return model === undefined ? who : `${who} for model '${model}'`;
}

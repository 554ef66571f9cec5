/** Sums of a batch of rows: what the daily tables and the meters grow by. */

import type { Alike, Group } from "./alike.ts";
import type { SpooledCall } from "./spooled-call.ts";

interface Sums {
  requests: number;
  failures: number;
  input_tokens: number;
  output_tokens: number;
  cache_read_tokens: number;
  cache_write_tokens: number;
  reasoning_tokens: number;
  spend_nano: number;
}

interface Dimensions {
  readonly day: string;
  readonly tag?: string;
  readonly key_hash: string;
  readonly user_id?: string;
  readonly team_id?: string;
  readonly organization_id?: string;
  readonly customer_id?: string;
  readonly model: string;
  readonly model_group: string;
  readonly provider: string;
  readonly endpoint: string;
}

export interface DailySum extends Dimensions, Sums {}

export interface MeterSum {
  readonly id: string;
  readonly until?: number;
  nano: number;
  /** The part of it that was reserved before. */
  lent: number;
}

export interface Rollup {
  readonly daily: readonly DailySum[];
  readonly tags: readonly DailySum[];
  readonly meters: readonly MeterSum[];
  readonly customers: readonly string[];
  /** When each key was last used: milliseconds since 1970. */
  readonly keys: ReadonlyMap<string, number>;
}

/** Lists are sorted, so that two who write them at once never wait for each other in a circle. */
export function rollUp(alike: Alike): Rollup {
  const daily = new Map<string, DailySum>();
  const tags = new Map<string, DailySum>();
  const customers = new Set<string>();
  const keys = new Map<string, number>();
  const { sums, latest } = summed(alike);
  alike.groups.forEach((group, index) => {
    const sum = sums[index] ?? nothing();
    const { customer_id, key_hash, tags: ofCall = [] } = group.call;
    add(daily, ofDay(group), sum);
    for (const tag of ofCall) add(tags, { ...common(group), tag }, sum);
    if (customer_id) customers.add(customer_id);
    if (key_hash) keys.set(key_hash, Math.max(latest[index] ?? 0, keys.get(key_hash) ?? 0));
  });
  return { daily: inOrder(daily), tags: inOrder(tags), meters: charged(alike.calls), customers: [...customers].sort(), keys };
}

/** Of each group, and when its latest call began. */
function summed({ calls, groups, groupOf }: Alike): { readonly sums: readonly Sums[]; readonly latest: readonly number[] } {
  const sums = groups.map(nothing);
  const latest = groups.map(() => 0);
  calls.forEach((call, index) => {
    const at = groupOf[index] ?? 0;
    const sum = sums[at];
    if (!sum) return;
    sum.requests += 1;
    // Whoever left did not get an answer; only two outcomes are counted.
    if (call.status === "failure" || call.status === "aborted") sum.failures += 1;
    sum.input_tokens += call.input_tokens ?? 0;
    sum.output_tokens += call.output_tokens ?? 0;
    sum.cache_read_tokens += call.cache_read_tokens ?? 0;
    sum.cache_write_tokens += call.cache_write_tokens ?? 0;
    sum.reasoning_tokens += call.reasoning_tokens ?? 0;
    sum.spend_nano += call.spend_nano ?? 0;
    if (call.started > (latest[at] ?? 0)) latest[at] = call.started;
  });
  return { sums, latest };
}

function ofDay(group: Group): Dimensions {
  const { user_id = "", team_id = "", organization_id = "", customer_id = "" } = group.call;
  return { ...common(group), user_id, team_id, organization_id, customer_id };
}

function common({ day, call }: Group): Dimensions {
  const { endpoint, model, model_group = "", provider = "", key_hash = "" } = call;
  return { day, key_hash, model, model_group, provider, endpoint };
}

function nothing(): Sums {
  return {
    ...{ requests: 0, failures: 0, input_tokens: 0, output_tokens: 0 },
    ...{ cache_read_tokens: 0, cache_write_tokens: 0, reasoning_tokens: 0, spend_nano: 0 },
  };
}

function add(to: Map<string, DailySum>, at: Dimensions, more: Sums): void {
  const key = JSON.stringify(at);
  const sum = to.get(key);
  if (!sum) {
    to.set(key, { ...at, ...more });
    return;
  }
  sum.requests += more.requests;
  sum.failures += more.failures;
  sum.input_tokens += more.input_tokens;
  sum.output_tokens += more.output_tokens;
  sum.cache_read_tokens += more.cache_read_tokens;
  sum.cache_write_tokens += more.cache_write_tokens;
  sum.reasoning_tokens += more.reasoning_tokens;
  sum.spend_nano += more.spend_nano;
}

function charged(calls: readonly SpooledCall[]): readonly MeterSum[] {
  const sums = new Map<string, MeterSum>();
  for (const { meters, spend_nano: nano = 0 } of calls) {
    if (nano === 0 || !meters) continue;
    for (const [id, lent, until] of meters) {
      let sum = sums.get(id);
      if (!sum) {
        sum = { id, until, nano: 0, lent: 0 };
        sums.set(id, sum);
      }
      sum.nano += nano;
      if (lent === 1) sum.lent += nano;
    }
  }
  return inOrder(sums);
}

function inOrder<Sum>(sums: ReadonlyMap<string, Sum>): readonly Sum[] {
  return [...sums.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
}

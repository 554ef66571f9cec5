/** Sums of a batch of rows: what the daily tables and the meters grow by. */

/** The members of a spooled row that are summed; see row-of.ts. */
export interface SpooledCall {
  readonly call_id: string;
  readonly started: number;
  readonly status: string;
  readonly endpoint: string;
  readonly model: string;
  readonly model_group?: string;
  readonly provider?: string;
  readonly key_hash?: string;
  readonly user_id?: string;
  readonly team_id?: string;
  readonly organization_id?: string;
  readonly customer_id?: string;
  readonly tags?: readonly string[];
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly cache_read_tokens?: number;
  readonly cache_write_tokens?: number;
  readonly reasoning_tokens?: number;
  readonly spend_nano?: number;
  /** Id, 1 when it was lent, the window's end. */
  readonly meters?: readonly (readonly [id: string, lent: 0 | 1, until?: number])[];
}

export interface DailySum {
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
  requests: number;
  failures: number;
  input_tokens: number;
  output_tokens: number;
  cache_read_tokens: number;
  cache_write_tokens: number;
  reasoning_tokens: number;
  spend_nano: number;
}

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
export function rollUp(calls: readonly SpooledCall[]): Rollup {
  const daily = new Map<string, DailySum>();
  const tags = new Map<string, DailySum>();
  const meters = new Map<string, MeterSum>();
  const customers = new Set<string>();
  const keys = new Map<string, number>();
  for (const call of calls) {
    add(daily, ofDay(call), call);
    for (const tag of call.tags ?? []) add(tags, ofTag(call, tag), call);
    charge(meters, call);
    if (call.customer_id) customers.add(call.customer_id);
    if (call.key_hash) keys.set(call.key_hash, Math.max(call.started, keys.get(call.key_hash) ?? 0));
  }
  return { daily: inOrder(daily), tags: inOrder(tags), meters: inOrder(meters), customers: [...customers].sort(), keys };
}

function ofDay(call: SpooledCall): Omit<DailySum, keyof typeof nothing> {
  const { user_id = "", team_id = "", organization_id = "", customer_id = "" } = call;
  return { ...common(call), user_id, team_id, organization_id, customer_id };
}

function ofTag(call: SpooledCall, tag: string): Omit<DailySum, keyof typeof nothing> {
  return { ...common(call), tag };
}

function common(call: SpooledCall): Omit<DailySum, keyof typeof nothing> {
  const { endpoint, model, model_group = "", provider = "", key_hash = "" } = call;
  return { day: dayOf(call.started), key_hash, model, model_group, provider, endpoint };
}

const nothing = {
  requests: 0,
  failures: 0,
  input_tokens: 0,
  output_tokens: 0,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  reasoning_tokens: 0,
  spend_nano: 0,
};

function add(sums: Map<string, DailySum>, at: Omit<DailySum, keyof typeof nothing>, call: SpooledCall): void {
  const key = JSON.stringify(at);
  let sum = sums.get(key);
  if (!sum) {
    sum = { ...at, ...nothing };
    sums.set(key, sum);
  }
  sum.requests += 1;
  // Whoever left did not get an answer; only two outcomes are counted.
  if (call.status === "failure" || call.status === "aborted") sum.failures += 1;
  sum.input_tokens += call.input_tokens ?? 0;
  sum.output_tokens += call.output_tokens ?? 0;
  sum.cache_read_tokens += call.cache_read_tokens ?? 0;
  sum.cache_write_tokens += call.cache_write_tokens ?? 0;
  sum.reasoning_tokens += call.reasoning_tokens ?? 0;
  sum.spend_nano += call.spend_nano ?? 0;
}

function charge(meters: Map<string, MeterSum>, { meters: charged = [], spend_nano: nano = 0 }: SpooledCall): void {
  if (nano === 0) return;
  for (const [id, lent, until] of charged) {
    let sum = meters.get(id);
    if (!sum) {
      sum = { id, until, nano: 0, lent: 0 };
      meters.set(id, sum);
    }
    sum.nano += nano;
    if (lent === 1) sum.lent += nano;
  }
}

function inOrder<Sum>(sums: ReadonlyMap<string, Sum>): readonly Sum[] {
  return [...sums.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
}

const DAY_MS = 86_400_000;
let lastDay = -1;
let lastText = "";

/** The UTC day, `YYYY-MM-DD`. */
export function dayOf(milliseconds: number): string {
  const day = Math.floor(milliseconds / DAY_MS);
  if (day !== lastDay) {
    lastDay = day;
    lastText = new Date(day * DAY_MS).toISOString().slice(0, 10);
  }
  return lastText;
}

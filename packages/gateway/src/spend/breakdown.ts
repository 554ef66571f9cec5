/** Folds sums into days with their breakdowns, in the shape that LiteLLM's dashboards read. */

import type { NamedKey } from "./reports.ts";
import { type Growing, grow, type KeySpendMetrics, keyMetricsOf, metricsOf, noSums, type SpendMetrics, type Sums } from "./sums.ts";

/** Sums of a day, or of the one part of it whose column is not null. */
export interface PartRow extends Sums {
  readonly day: string;
  readonly entity: string | null;
  readonly model: string | null;
  readonly model_group: string | null;
  readonly provider: string | null;
  readonly endpoint: string | null;
}

/** Sums of one key. */
export interface KeyRow extends Sums {
  readonly day: string;
  readonly key_hash: string;
  readonly entity: string;
  readonly model: string;
  readonly model_group: string;
  readonly provider: string;
  readonly endpoint: string;
}

type Facts = Readonly<Record<string, unknown>>;

type KeySpend = { readonly metrics: KeySpendMetrics; readonly metadata: Facts };
type PartSpend = {
  readonly metrics: SpendMetrics;
  readonly metadata: Facts;
  readonly api_key_breakdown: Readonly<Record<string, KeySpend>>;
};
type Parts = Readonly<Record<string, PartSpend>>;

export type DaySpend = {
  readonly date: string;
  readonly metrics: SpendMetrics;
  readonly breakdown: { readonly [dimension in Dimension | "mcp_servers"]: Parts } & {
    readonly api_keys: Readonly<Record<string, KeySpend>>;
  };
};

interface Part {
  readonly sums: Growing;
  readonly keys: Map<string, Growing>;
}

const dimensions = {
  models: "model",
  model_groups: "model_group",
  providers: "provider",
  endpoints: "endpoint",
  entities: "entity",
} as const;
type Dimension = keyof typeof dimensions;
const columns = Object.entries(dimensions) as [Dimension, (typeof dimensions)[Dimension]][];
/** What had no model, no provider … */
const NONE = "unknown";

interface Day {
  readonly sums: Growing;
  readonly keys: Map<string, Growing>;
  readonly parts: { readonly [dimension in Dimension]: Map<string, Part> };
}

function nothing(): Facts {
  return {};
}

/** Rows between two turns of the event loop. */
const SLICE = 2000;

export class Breakdown {
  readonly #days = new Map<string, Day>();
  readonly #keys: ReadonlyMap<string, NamedKey>;
  readonly #entity: (id: string) => Facts;

  constructor(keys: ReadonlyMap<string, NamedKey>, entity: (id: string) => Facts) {
    this.#keys = keys;
    this.#entity = entity;
  }

  get total(): Sums {
    const total = noSums();
    for (const { sums } of this.#days.values()) grow(total, sums);
    return total;
  }

  /** Days appear in the order in which the parts come. */
  async add(parts: readonly PartRow[], keys: readonly KeyRow[]): Promise<void> {
    for (const part of parts) this.#addPart(part);
    for (const [at, row] of keys.entries()) {
      this.#addKey(row);
      if (at % SLICE === SLICE - 1) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  results(): readonly DaySpend[] {
    return [...this.#days].map(([date, { sums, keys, parts }]) => ({
      date,
      metrics: metricsOf(sums),
      breakdown: {
        mcp_servers: {},
        models: this.#parts(parts.models),
        model_groups: this.#parts(parts.model_groups),
        providers: this.#parts(parts.providers),
        endpoints: this.#parts(parts.endpoints),
        entities: this.#parts(parts.entities, this.#entity),
        api_keys: this.#keySpends(keys),
      },
    }));
  }

  #dayAt(date: string): Day {
    let day = this.#days.get(date);
    if (!day) {
      day = { sums: noSums(), keys: new Map(), parts: emptyParts() };
      this.#days.set(date, day);
    }
    return day;
  }

  #addPart(row: PartRow): void {
    const day = this.#dayAt(row.day);
    const [dimension, column] = columns.find(([, name]) => row[name] !== null) ?? [];
    const sums = dimension === undefined || column === undefined ? day.sums : partAt(day.parts[dimension], row[column] || NONE).sums;
    grow(sums, row);
  }

  #addKey(row: KeyRow): void {
    const day = this.#dayAt(row.day);
    grow(sumsAt(day.keys, row.key_hash), row);
    for (const [dimension, column] of columns) grow(sumsAt(partAt(day.parts[dimension], row[column] || NONE).keys, row.key_hash), row);
  }

  #parts(parts: ReadonlyMap<string, Part>, facts: (name: string) => Facts = nothing): Parts {
    const spend = ([name, { sums, keys }]: [string, Part]): [string, PartSpend] => [
      name,
      { metrics: metricsOf(sums), metadata: facts(name), api_key_breakdown: this.#keySpends(keys) },
    ];
    return Object.fromEntries([...parts].map(spend));
  }

  #keySpends(keys: ReadonlyMap<string, Growing>): Record<string, KeySpend> {
    return Object.fromEntries([...keys].map(([hash, sums]) => [hash, { metrics: keyMetricsOf(sums), metadata: this.#keyFacts(hash) }]));
  }

  #keyFacts(hash: string): Facts {
    const key = this.#keys.get(hash);
    return {
      key_alias: key?.key_alias ?? null,
      team_id: key?.team_id ?? null,
      user_id: key?.user_id ?? null,
      key_exists: key !== undefined,
    };
  }
}

function emptyParts(): Day["parts"] {
  return { models: new Map(), model_groups: new Map(), providers: new Map(), endpoints: new Map(), entities: new Map() };
}

function sumsAt(keys: Map<string, Growing>, name: string): Growing {
  let sums = keys.get(name);
  if (!sums) {
    sums = noSums();
    keys.set(name, sums);
  }
  return sums;
}

function partAt(parts: Map<string, Part>, name: string): Part {
  let part = parts.get(name);
  if (!part) {
    part = { sums: noSums(), keys: new Map() };
    parts.set(name, part);
  }
  return part;
}

/** Conditions of a query with their values, and who may see which rows. */

/** What the caller may see: rows that fit any of these. Undefined, the whole scope: everything. */
export interface Scope {
  readonly keyHashes?: readonly string[];
  readonly userIds?: readonly string[];
  readonly teamIds?: readonly string[];
  readonly organizationIds?: readonly string[];
}

export class Where {
  readonly values: unknown[] = [];
  readonly #conditions: string[] = [];

  /** `condition` with `?` where the value stands; nothing is added for an undefined value. */
  and(condition: string, value: unknown): this {
    if (value !== undefined) this.#conditions.push(condition.replaceAll("?", this.place(value)));
    return this;
  }

  /** A value for elsewhere in the statement. */
  place(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  /** For tables with columns for all four. */
  visible(scope: Scope | undefined): this {
    if (!scope) return this;
    const { keyHashes = [], userIds = [], teamIds = [], organizationIds = [] } = scope;
    const lists = { key_hash: keyHashes, user_id: userIds, team_id: teamIds, organization_id: organizationIds };
    const ways = Object.entries(lists)
      .filter(([, ids]) => ids.length > 0)
      .map(([column, ids]) => `${column} = any(${this.place(ids)})`);
    this.#conditions.push(ways.length > 0 ? `(${ways.join(" or ")})` : "false");
    return this;
  }

  /** For tables that know keys only: keys of those whom the caller may see. */
  visibleByKey(scope: Scope | undefined): this {
    if (!scope) return this;
    const { keyHashes = [], userIds = [], teamIds = [], organizationIds = [] } = scope;
    this.#conditions.push(
      `(key_hash = any(${this.place(keyHashes)}) or key_hash in (select token from keys where user_id = any(${this.place(userIds)})` +
        ` or team_id = any(${this.place(teamIds)}) or organization_id = any(${this.place(organizationIds)})))`,
    );
    return this;
  }

  get text(): string {
    return this.#conditions.length === 0 ? "" : `where ${this.#conditions.join(" and ")}`;
  }
}

/** Both ends count; undefined: open. */
export interface Days {
  /** `YYYY-MM-DD`, UTC. */
  readonly from?: string;
  readonly to?: string;
}

export function daysOf({ from, to }: Days): Where {
  return new Where().and("day >= ?::date", from).and("day <= ?::date", to);
}

/** Brings rows from the spool into the database: one batch at a time, what is refused aside, what failed again later. */

import { type Clock, GatewayError } from "tollgate/parts";
import type { Database } from "../store/database.ts";
import { isWorthRepeating } from "../store/faults.ts";
import { ensureDays } from "../store/partitions.ts";
import type { Poison } from "./poison.ts";
import { isMissingDay, isRefusal } from "./refusals.ts";
import { dayOf, type SpooledCall } from "./rollup.ts";
import type { Segment, SpoolRow } from "./segment.ts";
import type { Spool } from "./spool.ts";
import { type WriteAt, type WriteRules, writeBatch } from "./write-batch.ts";

export interface FlusherOptions {
  readonly spool: Spool;
  readonly database: Database;
  readonly clock: Clock;
  readonly poison: Poison;
  readonly batchRows: number;
  readonly rules: WriteRules;
  readonly warn: (fields: object, text: string) => void;
  /** All that earlier processes left is in the database: theirs were these instances. Once, also when they left nothing. */
  readonly onRecovered: (instances: readonly string[]) => void;
  /** A batch of this process is in the database. */
  readonly onWritten: (calls: readonly SpooledCall[]) => void;
  /** Rows for the calls that an earlier process began and never ended. */
  readonly endOf: (begun: SpoolRow) => SpoolRow;
}

/** Of a batch that lost against another transaction. */
const TRIES = 5;
const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 30_000;

export class Flusher {
  readonly #options: FlusherOptions;
  #running: Promise<void> | undefined;
  #handled = 0;
  #delay = FIRST_DELAY_MS;
  #notBefore = 0;
  #told = false;
  #recovered = false;

  constructor(options: FlusherOptions) {
    this.#options = options;
  }

  /** Rows that need nothing more, since the start. */
  get handled(): number {
    return this.#handled;
  }

  /** What earlier processes left is in the database. */
  get isRecovered(): boolean {
    return this.#recovered;
  }

  /** Begins to write, unless somebody does already, or the database is away, or just refused. */
  kick(): void {
    const { database, clock } = this.#options;
    if (this.#running || database.state !== "connected" || clock.now() < this.#notBefore) return;
    void this.run().catch((cause: unknown) => this.#later(cause));
  }

  /** Writes until nothing waits. Rejects at the first failure. */
  run(): Promise<void> {
    this.#running ??= this.#all().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** The database is back: no reason to wait longer. */
  hurry(): void {
    this.#notBefore = 0;
    this.#delay = FIRST_DELAY_MS;
    this.kick();
  }

  async #all(): Promise<void> {
    const { spool, batchRows } = this.#options;
    for (let batch = await spool.segments.next(batchRows); batch; batch = await spool.segments.next(batchRows))
      await this.#batch(batch.segment, batch.rows);
    await this.#unended();
    this.#delay = FIRST_DELAY_MS;
    this.#told = false;
  }

  async #batch(segment: Segment, rows: readonly SpoolRow[]): Promise<void> {
    const calls = await this.#write(rows, this.#at(segment));
    this.#options.spool.segments.done(segment, rows.length);
    this.#handled += rows.length;
    if (!segment.old) this.#options.onWritten(calls);
  }

  /** What is left when all files of earlier processes are read: calls that a crash cut off. */
  async #unended(): Promise<void> {
    if (this.#recovered) return;
    const { calls, instances, done } = this.#options.spool.segments.unended();
    for (const { row, instanceId } of calls)
      await this.#write([this.#options.endOf(row)], { ...this.#options.rules, instanceId, earlier: true });
    done();
    this.#recovered = true;
    this.#options.onRecovered(instances);
    if (calls.length === 0) return;
    this.#options.warn({ calls: calls.length }, "calls were under way when the gateway ended last; they are charged what was reserved");
  }

  #at({ instanceId, old }: Segment): WriteAt {
    return { ...this.#options.rules, instanceId, earlier: old };
  }

  /** All of them, or each that the database takes. */
  async #write(rows: readonly SpoolRow[], at: WriteAt, tries = TRIES): Promise<readonly SpooledCall[]> {
    try {
      return await writeBatch(this.#options.database, rows, at);
    } catch (cause) {
      if (tries > 1 && isWorthRepeating(cause)) return this.#write(rows, at, tries - 1);
      if (isMissingDay(cause)) return this.#writeOnNewDays(rows, at);
      if (!isRefusal(cause)) throw cause;
      const [only] = rows;
      if (only && rows.length === 1) {
        this.#options.poison.putAside(only, cause);
        return [];
      }
      const half = rows.length >> 1;
      return [...(await this.#write(rows.slice(0, half), at)), ...(await this.#write(rows.slice(half), at))];
    }
  }

  async #writeOnNewDays(rows: readonly SpoolRow[], at: WriteAt): Promise<readonly SpooledCall[]> {
    const { database } = this.#options;
    await ensureDays(
      database.sql,
      rows.map((row) => dayOf(row.at)),
    );
    return writeBatch(database, rows, at);
  }

  #later(cause: unknown): void {
    const { clock, warn } = this.#options;
    this.#notBefore = clock.now() + this.#delay;
    this.#delay = Math.min(this.#delay * 2, LONGEST_DELAY_MS);
    // The store tells itself when it is away.
    if (this.#told || (cause instanceof GatewayError && cause.kind === "database_away")) return;
    this.#told = true;
    warn(
      { error: cause instanceof Error ? cause.message : String(cause) },
      "spend could not be written to the database; it waits in the spool and is tried again",
    );
  }
}

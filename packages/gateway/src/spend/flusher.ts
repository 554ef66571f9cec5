/** Brings rows from the spool into the database: one batch at a time, what is refused aside, what failed again later. */

import { type Clock, GatewayError } from "tollgate/parts";
import type { Database } from "../store/database.ts";
import { isWorthRepeating } from "../store/faults.ts";
import { ensureDays } from "../store/partitions.ts";
import type { Poison } from "./poison.ts";
import { isMissingDay, isRefusal } from "./refusals.ts";
import type { Segment, SpoolRow } from "./segment.ts";
import type { Spool } from "./spool.ts";
import { dayOf, type SpooledCall } from "./spooled-call.ts";
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
  /** Asked between two batches that nobody waits for. */
  readonly shallRest: () => boolean;
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
  /** Until so many are handled no rest is taken. */
  #wanted = 0;
  /** Nor until what earlier processes left is. */
  #wantsEarlier = false;
  #stopped = false;

  constructor(options: FlusherOptions) {
    this.#options = options;
  }

  /** Rows of this process that need nothing more. */
  get handled(): number {
    return this.#handled;
  }

  /** What earlier processes left is in the database. */
  get isRecovered(): boolean {
    return this.#recovered;
  }

  /** Begins to write, unless somebody does already, or the database is away, or just refused. `wanted`: all that waits, without a rest. */
  kick(wanted = false): void {
    const { database, clock } = this.#options;
    if (wanted) this.#wantAll();
    if (this.#running || database.state !== "connected" || clock.now() < this.#notBefore) return;
    void this.#run().catch((cause: unknown) => this.#later(cause));
  }

  /** Writes all that waits now. Rejects at the first failure. */
  run(): Promise<void> {
    this.#wantAll();
    return this.#run();
  }

  /** After the batch that is being written nothing more is begun; resolves then. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running?.catch(() => undefined);
  }

  /** The database is back: no reason to wait longer. */
  hurry(): void {
    this.#notBefore = 0;
    this.#delay = FIRST_DELAY_MS;
    this.kick();
  }

  #wantAll(): void {
    this.#wanted = Math.max(this.#wanted, this.#handled + this.#options.spool.ownWaiting);
    this.#wantsEarlier = true;
  }

  #run(): Promise<void> {
    this.#running ??= this.#all().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #all(): Promise<void> {
    const { spool, batchRows } = this.#options;
    const until = this.#handled + spool.ownWaiting;
    let batch = await spool.segments.next(batchRows);
    for (; batch && !this.#stopped; batch = this.#mayEnd(until) ? undefined : await spool.segments.next(batchRows)) {
      await this.#batch(batch.segment, batch.rows);
      await this.#unended();
    }
    if (!this.#stopped) this.#wanted = this.#handled;
    await this.#unended();
    this.#delay = FIRST_DELAY_MS;
    this.#told = false;
  }

  /** What came since it began is another run's: the more it waits, the fewer batches it takes. */
  #mayEnd(until: number): boolean {
    const { hasEarlier } = this.#options.spool.segments;
    if (this.#handled < this.#wanted || (this.#wantsEarlier && hasEarlier)) return false;
    this.#wantsEarlier = false;
    return (this.#handled >= until && !hasEarlier) || this.#options.shallRest();
  }

  async #batch(segment: Segment, rows: readonly SpoolRow[]): Promise<void> {
    const calls = await this.#write(rows, this.#at(segment));
    this.#options.spool.segments.done(segment, rows.length);
    if (segment.old) return;
    this.#handled += rows.length;
    this.#options.onWritten(calls);
  }

  /** What is left when all files of earlier processes are read: calls that a crash cut off. */
  async #unended(): Promise<void> {
    if (this.#recovered || this.#options.spool.segments.hasEarlier) return;
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

/** What was spent on meters that have no budget: for headers only, looked up now and then. */

import type { Clock } from "tollgate/parts";
import type { Loans } from "./loans.ts";

interface Note {
  nano: number | undefined;
  /** Milliseconds of `Clock.ticks`. */
  readAt: number;
}

const MOST = 20_000;
const FRESH_MS = 60_000;

export class SpentNotes {
  readonly #notes = new Map<string, Note>();
  readonly #unread = new Set<string>();
  readonly #clock: Clock;
  readonly #loans: Pick<Loans, "spent">;
  #reading = false;

  constructor(clock: Clock, loans: Pick<Loans, "spent">) {
    this.#clock = clock;
    this.#loans = loans;
  }

  get(meter: string): number | undefined {
    const note = this.#notes.get(meter);
    if (!note || this.#clock.ticks() - note.readAt > FRESH_MS) this.#look(meter);
    return note?.nano;
  }

  add(meter: string, nano: number): void {
    const note = this.#notes.get(meter);
    if (note?.nano !== undefined) note.nano += nano;
  }

  #look(meter: string): void {
    const note = this.#notes.get(meter);
    const readAt = this.#clock.ticks();
    if (note) note.readAt = readAt;
    else {
      if (this.#notes.size >= MOST) this.#notes.clear();
      this.#notes.set(meter, { nano: undefined, readAt });
    }
    this.#unread.add(meter);
    if (!this.#reading) void this.#read();
  }

  /** All that were asked for meanwhile are read together. */
  async #read(): Promise<void> {
    this.#reading = true;
    try {
      while (this.#unread.size > 0) {
        const meters = [...this.#unread];
        this.#unread.clear();
        const spent = await this.#loans.spent(meters);
        for (const meter of meters) this.#notes.set(meter, { nano: spent.get(meter) ?? 0, readAt: this.#clock.ticks() });
      }
    } catch {
      // The database is away: a header is missing until it is back.
      for (const [meter, { nano }] of this.#notes) if (nano === undefined) this.#notes.delete(meter);
    } finally {
      this.#reading = false;
    }
  }
}

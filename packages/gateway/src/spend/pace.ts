/** When rows go from the spool into the database: soon where somebody waits for it, otherwise when the gateway has nothing better to do. */

export interface PaceOptions {
  /** How long a row may wait at most. */
  readonly patienceMs: number;
  /** More than this are not left waiting. */
  readonly mostWaiting: number;
  /** Nor what takes more than this in the spool. */
  readonly mostBytes: number;
  /** Of both so many times as much is written whatever it takes from calls; up to that a batch goes with each tick. */
  readonly utmost: number;
}

interface Waiting {
  readonly count: number;
  /** Milliseconds since 1970 of the oldest. */
  readonly oldest?: number;
  /** What they take in the spool. */
  readonly bytes: number;
}

/** `now`: all that waits, whatever else there is to do. `at leisure`: as long as that does not take the processor from calls. */
export type Due = "now" | "at leisure" | undefined;

/** Calls in one tick that still count as rest. */
const FEW = 20;

/**
 * The spool is the books until the database has them, so nothing is lost by waiting; writing while calls come in as fast as they can
 * would take the processor from them. Rows of lent money go at once: other instances cannot have it before.
 */
export class Pace {
  readonly #options: PaceOptions;
  #sinceTick = 0;
  #urgent = false;

  constructor(options: PaceOptions) {
    this.#options = options;
  }

  recorded(isLent: boolean): void {
    this.#sinceTick += 1;
    if (isLent) this.#urgent = true;
  }

  /** Asked by the clock: is it time? `atRest`: rest alone is reason enough. */
  due(waiting: Waiting, now: number, atRest = true): Due {
    const isQuiet = atRest && this.#sinceTick <= FEW;
    const isUrgent = this.#urgent;
    this.#sinceTick = 0;
    if (waiting.count === 0) return undefined;
    this.#urgent = false;
    if (isUrgent) return "now";
    return isQuiet || this.#isTooMuch(waiting, now) ? "at leisure" : undefined;
  }

  /** Asked between two batches that were written at leisure: do calls come in again, and can the others wait? */
  shallRest(waiting: Waiting, now: number): boolean {
    const { utmost } = this.#options;
    const isTooMuch = utmost > 1 ? this.#isMore(waiting, utmost) : this.#isTooMuch(waiting, now);
    return this.#sinceTick > FEW && !isTooMuch;
  }

  #isTooMuch(waiting: Waiting, now: number): boolean {
    return this.#isMore(waiting, 1) || (waiting.oldest !== undefined && now - waiting.oldest >= this.#options.patienceMs);
  }

  #isMore({ count, bytes }: Waiting, times: number): boolean {
    const { mostWaiting, mostBytes } = this.#options;
    return count >= times * mostWaiting || bytes >= times * mostBytes;
  }
}

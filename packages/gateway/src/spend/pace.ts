/** When rows go from the spool into the database: soon where somebody waits for it, otherwise when the gateway has nothing better to do. */

export interface PaceOptions {
  /** How long a row may wait at most. */
  readonly patienceMs: number;
  /** More than this are not left waiting. */
  readonly mostWaiting: number;
}

interface Waiting {
  readonly count: number;
  /** Milliseconds since 1970 of the oldest. */
  readonly oldest?: number;
}

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

  /** Asked by the clock: is it time? */
  isTime({ count, oldest }: Waiting, now: number): boolean {
    const isQuiet = this.#sinceTick <= FEW;
    this.#sinceTick = 0;
    if (count === 0) return false;
    const isLate = oldest !== undefined && now - oldest >= this.#options.patienceMs;
    const time = this.#urgent || isQuiet || isLate || count >= this.#options.mostWaiting;
    if (time) this.#urgent = false;
    return time;
  }
}

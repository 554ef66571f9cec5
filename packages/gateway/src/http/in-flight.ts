/** Counts the LLM calls that are being answered, so that a stop can wait for them. */

import type { Clock } from "tollgate/parts";

export class InFlight {
  /** True from the moment of a stop: readiness says so, connections end with their answer. */
  closing = false;
  #count = 0;
  #onEmpty: (() => void) | undefined;
  readonly #onEnter: () => void;

  constructor(onEnter: () => void = () => {}) {
    this.#onEnter = onEnter;
  }

  get count(): number {
    return this.#count;
  }

  enter(): void {
    this.#count += 1;
    this.#onEnter();
  }

  leave(): void {
    this.#count -= 1;
    if (this.#count === 0) this.#onEmpty?.();
  }

  /** Resolves when no call is left, at the latest after `graceMs`. */
  drained(graceMs: number, clock: Clock): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const alarm = clock.after(graceMs, resolve);
      this.#onEmpty = () => {
        alarm.cancel();
        resolve();
      };
    });
  }
}

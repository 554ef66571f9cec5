/** Time as an argument: the only file that reads the clock or sets a timer. */

/** A timer that can be pushed back or called off. */
export interface Alarm {
  /** Starts its wait anew. */
  refresh(): void;
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds of a clock that never jumps, with fractions; for durations only. */
  ticks(): number;
  /** Runs `task` once. */
  after(milliseconds: number, task: () => void): Alarm;
  /** Runs `task` again and again; the answer ends it. Does not keep the process alive. */
  every(milliseconds: number, task: () => void): () => void;
}

class Timer implements Alarm {
  readonly #timeout: ReturnType<typeof setTimeout>;

  constructor(milliseconds: number, task: () => void) {
    this.#timeout = setTimeout(task, milliseconds);
  }
  refresh(): void {
    this.#timeout.refresh();
  }
  cancel(): void {
    clearTimeout(this.#timeout);
  }
}

export const systemClock: Clock = {
  now: () => Date.now(),
  ticks: () => performance.now(),
  after: (milliseconds, task) => new Timer(milliseconds, task),
  every(milliseconds, task) {
    const timer = setInterval(task, milliseconds);
    timer.unref();
    return () => clearInterval(timer);
  },
};

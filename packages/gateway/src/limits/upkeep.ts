/** Keeps an instance's purses honest: it beats, gives back what it does not use, and takes over from the dead. */

import type { Clock } from "tollgate/parts";
import type { Loans } from "./loans.ts";
import type { Purse } from "./purse.ts";

export interface UpkeepOptions {
  readonly loans: Loans;
  readonly purses: Map<string, Purse>;
  readonly clock: Clock;
  /** The only instance of its database: nobody takes it for dead, nobody waits for what it has. */
  readonly alone: boolean;
  /** True while the database is asked to lend of this meter. */
  readonly isAsking: (meter: string) => boolean;
  readonly onProblem: (cause: unknown) => void;
}

const BEAT_MS = 5_000;
/** After this long without a beat others take an instance for dead; it stops lending itself well before that. */
const DEAD_MS = 120_000;
const TRUSTED_MS = 100_000;
const IDLE_MS = 10_000;
const IDLE_ALONE_MS = 600_000;
/** What comes back at the edge waits this long for the calls that wait here. */
const SOON_MS = 10;

export class Upkeep {
  readonly #options: UpkeepOptions;
  readonly #soon = new Set<Purse>();
  readonly #stops: (() => void)[] = [];
  #soonSet = false;
  #changing: Promise<void> = Promise.resolve();
  #beating = false;
  #closed = false;
  /** Milliseconds of `Clock.ticks`. */
  #beatAt = Number.NEGATIVE_INFINITY;
  /** Since when no beat failed. */
  #steadySince: number | undefined;

  constructor(options: UpkeepOptions) {
    this.#options = options;
  }

  get alone(): boolean {
    return this.#options.alone;
  }

  /** False: others may take us for dead by now and lend what we have. */
  get trusted(): boolean {
    return this.alone || this.#options.clock.ticks() - this.#beatAt < TRUSTED_MS;
  }

  stopWith(stop: () => void): void {
    this.#stops.push(stop);
  }

  start(): void {
    if (this.#closed) return;
    void this.tick();
    this.#stops.push(this.#options.clock.every(BEAT_MS, () => void this.tick()));
  }

  /** Others are short of a meter: what we do not use goes back. */
  othersNeed(meter: string | undefined): void {
    const { purses } = this.#options;
    const meant = meter === undefined ? purses.values() : [purses.get(meter)];
    for (const purse of meant) {
      if (!purse) continue;
      purse.tight = true;
      this.balanceSoon(purse);
    }
  }

  /** Gives back what is free, or takes what was spent beyond what we had. */
  balanceSoon(purse: Purse): void {
    this.#soon.add(purse);
    if (this.#soonSet || this.#closed) return;
    this.#soonSet = true;
    this.#options.clock.after(SOON_MS, () => {
      this.#soonSet = false;
      const purses = [...this.#soon].filter((each) => each.tight || each.free < 0);
      this.#soon.clear();
      this.#balance(purses).catch(this.#options.onProblem);
    });
  }

  async tick(): Promise<void> {
    if (this.#beating || this.#closed) return;
    this.#beating = true;
    try {
      await this.renew();
      await this.#reconcile();
      await this.#sweep();
      if (!this.alone && this.#options.clock.ticks() - (this.#steadySince ?? 0) >= DEAD_MS) await this.#options.loans.lapse(DEAD_MS);
    } catch (cause) {
      this.#steadySince = undefined;
      this.#options.onProblem(cause);
    } finally {
      this.#beating = false;
    }
  }

  /** Says that we are alive. */
  async renew(): Promise<void> {
    const { clock, loans, purses } = this.#options;
    const from = clock.ticks();
    const unknown = await loans.beat();
    // Taken for dead: what we had is lent to others. What is in flight or not written is owed anew.
    if (unknown && Number.isFinite(this.#beatAt)) for (const purse of purses.values()) setLent(purse, 0);
    this.#steadySince ??= from;
    this.#beatAt = from;
  }

  /** What the database says counts where an answer was lost. */
  async #reconcile(): Promise<void> {
    const { purses, loans, isAsking } = this.#options;
    const doubtful = [...purses.values()].filter(({ doubt }) => doubt);
    if (doubtful.length === 0) return;
    const versions = doubtful.map(({ version }) => version);
    const own = await loans.own(doubtful.map(({ meter }) => meter));
    doubtful.forEach((purse, at) => {
      if (purse.version !== versions[at] || isAsking(purse.meter)) return;
      setLent(purse, own.get(purse.meter) ?? 0);
      purse.doubt = false;
    });
  }

  /** Idle slices and windows that are over. */
  async #sweep(): Promise<void> {
    const { purses, clock } = this.#options;
    const idleMs = this.alone ? IDLE_ALONE_MS : IDLE_MS;
    const [ticks, now] = [clock.ticks(), clock.now()];
    const odd: Purse[] = [];
    for (const [meter, purse] of purses) {
      const over = purse.until !== undefined && now >= purse.until;
      const idle = over || ticks - purse.usedAt > idleMs;
      if (idle && purse.isIdle && purse.lent === 0 && !purse.doubt) purses.delete(meter);
      else if (purse.free < 0 || (idle && purse.free > 0)) odd.push(purse);
    }
    await this.#balance(odd);
  }

  /** One after the other, so that the last one before the end is really the last. */
  #balance(purses: readonly Purse[]): Promise<void> {
    const done = this.#changing.then(() => this.#change(purses));
    this.#changing = done.catch(() => {});
    return done;
  }

  async #change(purses: readonly Purse[]): Promise<void> {
    const changes = purses.map((purse) => ({ purse, id: purse.meter, nano: -purse.free })).filter(({ nano }) => nano !== 0);
    if (changes.length === 0) return;
    // What goes back leaves our hands first; what was spent beyond them counts as lent only when the database knows it, or it lends that again.
    for (const { purse, nano } of changes) {
      if (nano < 0) setLent(purse, purse.lent + nano);
      purse.returning -= nano;
    }
    try {
      await this.#options.loans.change(changes.map(({ id, nano }) => ({ id, nano })));
      for (const { purse, nano } of changes) if (nano > 0) setLent(purse, purse.lent + nano);
    } catch (cause) {
      for (const { purse } of changes) purse.doubt = true;
      throw cause;
    } finally {
      for (const { purse, nano } of changes) {
        setLent(purse, purse.lent);
        purse.returning += nano;
        purse.tellRoom();
      }
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const stop of this.#stops) stop();
    // Nobody knows of us, and asking would wake a database that was never needed.
    if (!Number.isFinite(this.#beatAt) && this.#options.purses.size === 0) return;
    try {
      await this.#balance([...this.#options.purses.values()]);
      await this.#options.loans.leave();
    } catch (cause) {
      this.#options.onProblem(cause);
    }
  }
}

function setLent(purse: Purse, lent: number): void {
  purse.lent = lent;
  purse.version += 1;
}

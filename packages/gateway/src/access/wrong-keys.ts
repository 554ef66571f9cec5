/** Slows down who tries keys: beyond 20 wrong ones in 10 seconds an address is told to wait. Right keys are let in all the while. */

import { type Clock, GatewayError } from "tollgate/parts";
import { unknownKey } from "./key-of.ts";
import { LateLru } from "./late-lru.ts";

const MOST_WRONG = 20;
const WITHIN_MS = 10_000;
/** Beyond so many, keys of an address are no longer looked up within these seconds: the database is not for guessing. */
const MOST_LOOK_UPS = 200;

interface Tries {
  readonly since: number;
  count: number;
}

export class WrongKeys {
  readonly #clock: Clock;
  readonly #byAddress = new LateLru<Tries>(10_000);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts a wrong key; the answer is what its sender is told. */
  refusal(ip: string): GatewayError {
    const tries = this.#of(ip) ?? { since: this.#clock.now(), count: 0 };
    tries.count += 1;
    this.#byAddress.set(ip, tries);
    return tries.count > MOST_WRONG ? this.#tooMany(tries) : unknownKey();
  }

  /** Before a key is looked up; throws limit_reached. */
  check(ip: string): void {
    const tries = this.#of(ip);
    if (tries && tries.count >= MOST_LOOK_UPS) throw this.#tooMany(tries);
  }

  #of(ip: string): Tries | undefined {
    const tries = this.#byAddress.get(ip);
    return tries && this.#clock.now() - tries.since < WITHIN_MS ? tries : undefined;
  }

  #tooMany({ since }: Tries): GatewayError {
    return new GatewayError("limit_reached", "Too many wrong API keys from this address. Wait, then check the key.", {
      retryAfterMs: Math.max(1, since + WITHIN_MS - this.#clock.now()),
      type: "auth_error",
    });
  }
}

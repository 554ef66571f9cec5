/** A token that is fetched when needed, by one fetch at a time, and kept until shortly before it expires. */

import type { Clock } from "../../clock.ts";

export interface Token {
  readonly value: string;
  /** Seconds that it is good for from now on. */
  readonly expiresIn: number;
}

export interface CachedToken {
  get(): string | Promise<string>;
  forget(): void;
}

/** Fetched anew this long before it expires, so that no call leaves with a token that dies on the way. */
const MARGIN_MS = 120_000;

export function cachedToken(clock: Clock, fetch: () => Promise<Token>): CachedToken {
  let kept: { readonly value: string; readonly until: number } | undefined;
  let fetching: Promise<string> | undefined;

  const renew = async (): Promise<string> => {
    try {
      const { value, expiresIn } = await fetch();
      const life = expiresIn * 1000;
      kept = { value, until: clock.now() + Math.max(life - MARGIN_MS, life / 2) };
      return value;
    } finally {
      fetching = undefined;
    }
  };

  return {
    get() {
      if (kept && clock.now() < kept.until) return kept.value;
      fetching ??= renew();
      return fetching;
    },
    forget() {
      kept = undefined;
    },
  };
}

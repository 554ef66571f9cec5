/** Counters that all instances share: one script on Redis a decision. */

import type { Clock } from "tollgate/parts";
import type { RedisLink } from "../store/redis.ts";
import type { Claim, Claimed, Counters, Refused } from "./counters.ts";
import { beat, claim as claimScript, settle as settleScript } from "./redis-scripts.ts";

export interface RedisCountersOptions {
  readonly redis: RedisLink;
  readonly clock: Clock;
  /** This process: what it holds lapses when it stops to beat. */
  readonly instance: string;
  /** Told of what could not be given back. */
  readonly onProblem?: (cause: unknown) => void;
}

/** One hash tag for all, so that a cluster keeps the claims of one call in one place. */
const PREFIX = "{tollgate:limits}:";
const ALIVE = `${PREFIX}alive`;
const LEASE_MS = 30_000;
const BEAT_MS = 10_000;

export interface SharedCounters extends Counters {
  claim(claims: readonly Claim[]): Promise<Claimed | Refused>;
}

export function createRedisCounters({ redis, clock, instance, onProblem = () => {} }: RedisCountersOptions): SharedCounters {
  const stopBeat = clock.every(BEAT_MS, () => {
    redis.run(beat, [ALIVE], [instance, LEASE_MS]).catch(onProblem);
  });
  return {
    async claim(claims) {
      const values: (string | number)[] = [instance, LEASE_MS];
      for (const { amount, limit, window } of claims) values.push(amount, limit, window === "held" ? 0 : window.lengthMs);
      const reply = numbers(await redis.run(claimScript, keysOf(claims), values));
      const at = reply[0] ?? 0;
      if (at > 0) return refused(claims[at - 1], reply);
      const resetsAt = claims.map((_, index) => reply[index * 2 + 2] ?? 0);
      const settle = (actual: readonly number[]): void => {
        const deltas: (string | number)[] = [instance];
        claims.forEach(({ amount, window }, index) => {
          deltas.push((window === "held" ? 0 : (actual[index] ?? 0)) - amount, resetsAt[index] ?? 0);
        });
        redis.run(settleScript, keysOf(claims), deltas).catch(onProblem);
      };
      return {
        ok: true,
        left: claims.map(({ limit }, index) => Math.max(0, limit - (reply[index * 2 + 1] ?? 0))),
        resetsAt,
        settle: once(settle),
      };
    },
    async close() {
      stopBeat();
    },
  };
}

function keysOf(claims: readonly Claim[]): string[] {
  const keys = [ALIVE];
  for (const { name } of claims) keys.push(PREFIX + name);
  return keys;
}

/** `[which, used, ends]` */
function refused(claim: Claim | undefined, reply: readonly number[]): Refused {
  if (!claim) throw new TypeError("Redis refused a claim that was not made");
  return { ok: false, claim, left: Math.max(0, claim.limit - (reply[1] ?? 0)), resetsAt: reply[2] ?? 0 };
}

function numbers(reply: unknown): readonly number[] {
  return Array.isArray(reply) ? reply.map(Number) : [];
}

function once(task: (actual: readonly number[]) => void): (actual: readonly number[]) => void {
  let done = false;
  return (actual) => {
    if (done) return;
    done = true;
    task(actual);
  };
}

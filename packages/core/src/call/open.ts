/** Opens a call: route, send, retry, fall back, until an answer is known to be good. The drawing of steps 7 and 8. */

import { sleep } from "../cancel.ts";
import { GatewayError } from "../errors.ts";
import type { Deployment } from "../router/deployment.ts";
import type { Outcome } from "../router/router.ts";
import type { Answer } from "./answer.ts";
import { attempt } from "./attempt.ts";
import type { Call, House } from "./call.ts";

export interface Opened {
  readonly answer: Answer;
  readonly deployment: Deployment;
  /** The group that answered: the asked name or a fallback. */
  readonly group: string;
  /** Milliseconds of `Clock.ticks` that were spent waiting for providers and between tries. */
  readonly waitedMs: number;
  /** Tells the router how it ended; call it once. */
  readonly finish: (outcome: Outcome) => void;
}

/** Throws the GatewayError that the client is told; `call.attempts` holds the way there. */
export async function open(call: Call, house: House): Promise<Opened> {
  let waitedMs = 0;
  for (;;) {
    const choice = house.router.next(call.ask, call.attempts);
    if (choice instanceof GatewayError) throw choice;
    const { group, waitMs } = choice;
    const deployment = call.overrides && house.override ? house.override(choice.deployment, call.overrides) : choice.deployment;
    const from = house.clock.ticks();
    if (waitMs > 0) await sleep(house.clock, waitMs, call.cancel);
    const finish = house.router.begin(deployment);
    const startedAt = house.clock.now();
    try {
      const answer = await attempt(call, deployment, house);
      const durationMs = house.clock.ticks() - from;
      waitedMs += durationMs;
      call.attempts.push({ deployment: choice.deployment, group, startedAt, durationMs });
      return { answer, deployment, group, waitedMs, finish };
    } catch (thrown) {
      const error = GatewayError.from(thrown);
      const durationMs = house.clock.ticks() - from;
      waitedMs += durationMs;
      finish({ error, durationMs });
      call.attempts.push({ deployment: choice.deployment, group, startedAt, durationMs, error });
      if (call.cancel.aborted) throw error;
    }
  }
}

/** Whether a deployment rests after a failure, and how long. */

import type { GatewayError } from "../errors.ts";
import type { Deployment } from "./deployment.ts";
import { policyNumber } from "./error-policy.ts";
import type { RouterSettings } from "./router.ts";

/** What one deployment did in the running minute. */
export interface Tally {
  readonly successes: number;
  readonly failures: number;
  /** Of this kind of error alone. */
  readonly alike: number;
}

/** Fewer calls than this in a minute say nothing about a share of failures. */
const FEWEST = 5;
/** The only deployment of a name rests only when this many calls in a minute all failed: a bad answer is better than none. */
const FEWEST_ALONE = 1_000;
const ALLOWED_FAILS = 3;
/** However long a provider asks to be left alone: what it says may be wrong. */
const LONGEST_MS = 3_600_000;

/** Errors that say nothing about the deployment. */
export function countsAgainst(error: GatewayError): boolean {
  const { blame } = error.row;
  return blame === "provider" || blame === "deployment";
}

/** Milliseconds of rest; 0: none. The tally includes this failure. */
export function restMs(
  deployment: Deployment,
  error: GatewayError,
  tally: Tally,
  at: { alone: boolean; settings: RouterSettings },
): number {
  const { settings } = at;
  if (settings.disableCooldowns || deployment.cooldownMs === 0) return 0;
  if (!isDue(error, tally, at)) return 0;
  return Math.min(deployment.cooldownMs ?? error.detail.retryAfterMs ?? settings.cooldownMs, LONGEST_MS);
}

function isDue(error: GatewayError, tally: Tally, { alone, settings }: { alone: boolean; settings: RouterSettings }): boolean {
  const byPolicy = policyNumber(settings.allowedFailsPolicy, error, "AllowedFails");
  if (byPolicy !== undefined) return tally.alike > byPolicy;
  if (settings.allowedFails !== undefined || Object.keys(settings.allowedFailsPolicy).length > 0) {
    return tally.failures > (settings.allowedFails ?? ALLOWED_FAILS);
  }
  const calls = tally.successes + tally.failures;
  if (alone) return tally.successes === 0 && calls >= FEWEST_ALONE;
  return restsAtOnce(error) || (calls >= FEWEST && tally.failures * 2 > calls);
}

/** Asking again soon cannot help: out of quota, or its settings are wrong. A refusal (403) may be about what was asked. */
function restsAtOnce(error: GatewayError): boolean {
  return error.kind === "rate_limit" || (error.row.blame === "deployment" && error.kind !== "upstream_forbidden");
}

/** How often a group may be asked again after an error, and after which wait. */

import type { GatewayError, Retry } from "../errors.ts";
import { policyNumber } from "./error-policy.ts";
import type { Ask, Attempt, RouterSettings } from "./router.ts";

/** Waits that a provider asks for are obeyed up to here; for longer ones a call cannot stand in line. */
const LONGEST_ASKED_MS = 60_000;
const FIRST_MS = 500;
const LONGEST_MS = 8_000;
const JITTER_MS = 750;
/** Whatever a client asks for: nobody is served by more. */
const MOST_RETRIES = 50;

export interface RetryRule {
  readonly how: Retry;
  /** Retries of the group, all its deployments together. */
  readonly most: number;
}

/** By the last error of a group: policies first, then the call's own wish, the deployment's, the router's. */
export function retryRule(last: Attempt, error: GatewayError, ask: Ask, settings: RouterSettings): RetryRule {
  const ofGroup = settings.groupRetryPolicy.get(last.group) ?? settings.groupRetryPolicy.get(last.deployment.group);
  const byPolicy = policyNumber(ofGroup, error, "Retries") ?? policyNumber(settings.retryPolicy, error, "Retries");
  const { retry } = error.row;
  // A policy that names a number for an error means it, even where asking again looks pointless.
  const how = retry === "never" && byPolicy !== undefined && error.row.blame === "client" && error.kind !== "client_gone" ? "same" : retry;
  const wished = byPolicy ?? ask.numRetries ?? last.deployment.numRetries ?? settings.numRetries;
  return { how, most: Math.min(Math.max(0, wished), MOST_RETRIES) };
}

/** Before the same deployment is asked again. `retry` counts from 0. */
export function backoff(error: GatewayError, retry: number, leastMs: number, chance: () => number): number {
  const asked = error.detail.retryAfterMs ?? 0;
  if (asked > 0 && asked <= LONGEST_ASKED_MS) return Math.max(asked, leastMs);
  const doubled = Math.min(FIRST_MS * 2 ** retry, LONGEST_MS);
  return Math.round(Math.max(doubled, leastMs) + chance() * JITTER_MS);
}

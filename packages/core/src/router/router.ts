/** Where a call goes next: the router's interface. It knows no HTTP, no dialect and no provider. */

import type { GatewayError } from "../errors.ts";
import type { Deployment } from "./deployment.ts";

/** What the router must know about a call. */
export interface Ask {
  /** The public name that the client wrote. */
  readonly model: string;
  /** `fallbacks` of the request: names, tried in this order instead of the configured ones. */
  readonly fallbacks?: readonly string[];
  readonly disableFallbacks?: boolean;
  readonly numRetries?: number;
  /** What the name means for this caller (an alias of its key); the router looks for this one, the client is told the other. */
  readonly target?: string;
  /** Only groups for which this is true stand in for another (models that the caller may use). */
  readonly permits?: (group: string) => boolean;
  /** Only deployments for which this is true (allowed models, tags …). */
  readonly fits?: (deployment: Deployment) => boolean;
}

/** One send to one deployment and how it ended. */
export interface Attempt {
  readonly deployment: Deployment;
  /** The group it was tried for: the asked name or a fallback. */
  readonly group: string;
  readonly startedAt: number;
  readonly durationMs: number;
  readonly error?: GatewayError;
}

export interface Choice {
  readonly deployment: Deployment;
  /** The group that it stands for. */
  readonly group: string;
  readonly waitMs: number;
}

export interface Outcome {
  readonly error?: GatewayError;
  /** What it used, input and output: counts against a deployment's `tpm`. */
  readonly tokens?: number;
  readonly durationMs: number;
}

/** Picks one candidate. Pure: same candidates, same standing, same chance, same pick. */
export type Strategy = (candidates: readonly Deployment[], health: Health, chance: () => number) => Deployment;

/** What is known of deployments' health, by `Deployment.standing`. */
export interface Health {
  isResting(deployment: Deployment, now: number): boolean;
  /** Milliseconds since 1970 when it may be asked again. */
  restsUntil(deployment: Deployment): number | undefined;
  /** Its own `rpm` or `tpm` is used up until then (milliseconds since 1970); undefined: there is room. */
  fullUntil(deployment: Deployment, now: number): number | undefined;
  inFlight(deployment: Deployment): number;
}

/** Public names and what stands behind them; replaced whole when models change. */
export interface Routes {
  /** The deployments of an exact name, an alias, a deployment id or the wildcard that fits best; undefined: no such model. */
  find(name: string): readonly Deployment[] | undefined;
  /** Why a name that exists has no deployments (`find` answers with an empty list): the error that its rows were refused with. */
  problem(name: string): GatewayError | undefined;
  /** All public names (wildcards as written), without hidden aliases. */
  readonly names: readonly string[];
  readonly deployments: readonly Deployment[];
  /** The names most like this one, best first, at most three. */
  near(name: string): readonly string[];
}

export interface Router {
  readonly routes: Routes;
  readonly health: Health;
  /** Where next and after which wait, or why nowhere. Within a group: elsewhere, then the same, until retries are spent; then fallbacks by the kind of the last error. */
  next(ask: Ask, attempts: readonly Attempt[]): Choice | GatewayError;
  /** In flight from now on; call the answer once, with how it ended. */
  begin(deployment: Deployment): (outcome: Outcome) => void;
  replace(routes: Routes): void;
}

/** `router_settings` laid over `litellm_settings`, in our units. */
export interface RouterSettings {
  readonly strategy: string;
  readonly numRetries: number;
  /** Least wait before a retry. */
  readonly retryAfterMs: number;
  readonly timeoutMs: number;
  readonly streamTimeoutMs?: number;
  readonly allowedFails?: number;
  readonly cooldownMs: number;
  readonly disableCooldowns: boolean;
  readonly fallbacks: ReadonlyMap<string, readonly string[]>;
  readonly contextWindowFallbacks: ReadonlyMap<string, readonly string[]>;
  readonly contentPolicyFallbacks: ReadonlyMap<string, readonly string[]>;
  readonly defaultFallbacks: readonly string[];
  readonly maxFallbacks: number;
  readonly aliases: ReadonlyMap<string, { readonly model: string; readonly hidden: boolean }>;
  /** Tries per error class, by LiteLLM's names: `TimeoutErrorRetries: 3`. */
  readonly retryPolicy: Readonly<Record<string, number>>;
  readonly groupRetryPolicy: ReadonlyMap<string, Readonly<Record<string, number>>>;
  readonly allowedFailsPolicy: Readonly<Record<string, number>>;
}

/** What is known of the deployments' health: calls in flight, how the last minute went, who rests. */

import type { Clock } from "../clock.ts";
import { countsAgainst, restMs } from "./cooldown.ts";
import type { Deployment } from "./deployment.ts";
import type { Health, Outcome, RouterSettings } from "./router.ts";

interface Standing {
  readonly deploymentId: string;
  inFlight: number;
  /** Milliseconds since 1970; 0: not resting. */
  restsUntil: number;
  /** When the minute began that the numbers below are about. */
  since: number;
  successes: number;
  failures: number;
  /** Failures by kind of error; made with the first. */
  byKind: Map<string, number> | undefined;
  /** When the minute of its own `rpm` and `tpm` began, and what they let through since. */
  limitedSince: number;
  requests: number;
  tokens: number;
}

const WINDOW_MS = 60_000;
/** Beyond this many, those that say nothing any more are forgotten. */
const MOST = 10_000;

export interface HealthOptions {
  readonly settings: RouterSettings;
  readonly clock: Clock;
  /** True for the only deployment of its name. */
  readonly isAlone: (deployment: Deployment) => boolean;
}

export class Standings implements Health {
  readonly #standings = new Map<string, Standing>();
  readonly #options: HealthOptions;
  #next = MOST;

  constructor(options: HealthOptions) {
    this.#options = options;
  }

  isResting(deployment: Deployment, now: number): boolean {
    const standing = this.#standings.get(deployment.standing);
    return standing !== undefined && standing.restsUntil > now;
  }

  restsUntil(deployment: Deployment): number | undefined {
    const until = this.#standings.get(deployment.standing)?.restsUntil ?? 0;
    return until > this.#options.clock.now() ? until : undefined;
  }

  /** Its own `rpm` or `tpm` is used up until then; undefined: there is room. */
  fullUntil({ rpm, tpm, standing: name }: Deployment, now: number): number | undefined {
    if (rpm === undefined && tpm === undefined) return undefined;
    const standing = this.#standings.get(name);
    if (!standing || now - standing.limitedSince >= WINDOW_MS) return undefined;
    const full = (rpm !== undefined && standing.requests >= rpm) || (tpm !== undefined && standing.tokens >= tpm);
    return full ? standing.limitedSince + WINDOW_MS : undefined;
  }

  inFlight(deployment: Deployment): number {
    return this.#standings.get(deployment.standing)?.inFlight ?? 0;
  }

  /** How many are remembered. */
  get size(): number {
    return this.#standings.size;
  }

  begin(deployment: Deployment): (outcome: Outcome) => void {
    // A caller's own credentials are not the deployment's: how it fares with them is nobody else's affair.
    if (deployment.row.source === "call") return nothing;
    const standing = this.#standingOf(deployment);
    standing.inFlight += 1;
    const since = this.#countRequest(deployment, standing);
    let ended = false;
    return (outcome) => {
      if (ended) return;
      ended = true;
      standing.inFlight -= 1;
      // Tokens count in the minute in which their call began.
      if (since === standing.limitedSince) standing.tokens += outcome.tokens ?? 0;
      this.#count(deployment, standing, outcome);
    };
  }

  #countRequest({ rpm, tpm }: Deployment, standing: Standing): number {
    if (rpm === undefined && tpm === undefined) return -1;
    const now = this.#options.clock.now();
    if (now - standing.limitedSince >= WINDOW_MS) {
      standing.limitedSince = now;
      standing.requests = 0;
      standing.tokens = 0;
    }
    standing.requests += 1;
    return standing.limitedSince;
  }

  /** A changed deployment begins anew: what was wrong may have been put right. */
  forget(deploymentIds: ReadonlySet<string>): void {
    if (deploymentIds.size === 0) return;
    for (const [key, standing] of this.#standings) if (deploymentIds.has(standing.deploymentId)) this.#standings.delete(key);
  }

  #count(deployment: Deployment, standing: Standing, { error }: Outcome): void {
    if (error && !countsAgainst(error)) return;
    const { clock, settings, isAlone } = this.#options;
    const now = clock.now();
    if (now - standing.since >= WINDOW_MS) begin(standing, now);
    if (!error) {
      standing.successes += 1;
      return;
    }
    standing.failures += 1;
    standing.byKind ??= new Map();
    const alike = (standing.byKind.get(error.kind) ?? 0) + 1;
    standing.byKind.set(error.kind, alike);
    const { successes, failures } = standing;
    const rest = restMs(deployment, error, { successes, failures, alike }, { alone: isAlone(deployment), settings });
    if (rest > 0) standing.restsUntil = Math.max(standing.restsUntil, now + rest);
  }

  #standingOf(deployment: Deployment): Standing {
    const known = this.#standings.get(deployment.standing);
    if (known) return known;
    if (this.#standings.size >= this.#next) this.#prune();
    const standing: Standing = {
      deploymentId: deployment.id,
      inFlight: 0,
      restsUntil: 0,
      since: this.#options.clock.now(),
      successes: 0,
      failures: 0,
      byKind: undefined,
      limitedSince: 0,
      requests: 0,
      tokens: 0,
    };
    this.#standings.set(deployment.standing, standing);
    return standing;
  }

  /** Half of the room must come free, or the next one would sweep again: then the limit moves. */
  #prune(): void {
    const now = this.#options.clock.now();
    for (const [key, { inFlight, restsUntil, since }] of this.#standings) {
      if (inFlight === 0 && restsUntil <= now && now - since >= WINDOW_MS) this.#standings.delete(key);
    }
    if (this.#standings.size > MOST / 2) this.#dropIdle(now);
    this.#next = Math.max(MOST, this.#standings.size * 2);
  }

  #dropIdle(now: number): void {
    for (const [key, { inFlight, restsUntil }] of this.#standings) {
      if (this.#standings.size <= MOST / 2) return;
      if (inFlight === 0 && restsUntil <= now) this.#standings.delete(key);
    }
  }
}

const nothing = (): void => {};

function begin(standing: Standing, now: number): void {
  standing.since = now;
  standing.successes = 0;
  standing.failures = 0;
  standing.byKind = undefined;
}

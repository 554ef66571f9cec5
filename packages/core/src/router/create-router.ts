/** The router: where a call goes next, from its attempts so far and the deployments' health. */

import type { Clock } from "../clock.ts";
import { GatewayError } from "../errors.ts";
import type { Deployment } from "./deployment.ts";
import { askedGroup, lastOfEachGroup, pendingFallbacks } from "./fallbacks.ts";
import { Standings } from "./health.ts";
import { allResting, exhausted, noneFits, unknownModel } from "./refusals.ts";
import { backoff, retryRule } from "./retry.ts";
import type { Ask, Attempt, Choice, Outcome, Router, RouterSettings, Routes, Strategy } from "./router.ts";
import { strategyOf } from "./strategies/catalog.ts";

export interface RouterOptions {
  readonly settings: RouterSettings;
  readonly routes: Routes;
  readonly clock: Clock;
  readonly chance: () => number;
}

export function createRouter(options: RouterOptions): Router {
  return new GroupRouter(options);
}

class GroupRouter implements Router {
  readonly health: Standings;
  readonly #settings: RouterSettings;
  readonly #clock: Clock;
  readonly #chance: () => number;
  readonly #strategy: Strategy;
  #routes: Routes;
  #groupSizes: ReadonlyMap<string, number>;

  constructor({ settings, routes, clock, chance }: RouterOptions) {
    this.#settings = settings;
    this.#clock = clock;
    this.#chance = chance;
    this.#strategy = strategyOf(settings.strategy);
    this.#routes = routes;
    this.#groupSizes = sizesOf(routes);
    this.health = new Standings({ settings, clock, isAlone: ({ group }) => (this.#groupSizes.get(group) ?? 1) < 2 });
  }

  get routes(): Routes {
    return this.#routes;
  }

  replace(routes: Routes): void {
    const kept = new Set(routes.deployments);
    this.health.forget(new Set(this.#routes.deployments.filter((each) => !kept.has(each)).map(({ id }) => id)));
    this.#routes = routes;
    this.#groupSizes = sizesOf(routes);
  }

  begin(deployment: Deployment): (outcome: Outcome) => void {
    return this.health.begin(deployment);
  }

  next(ask: Ask, attempts: readonly Attempt[]): Choice | GatewayError {
    const last = attempts.at(-1);
    const here = last ? this.#again(ask, attempts, last) : this.#first(askedGroup(ask), ask);
    if (here && !(here instanceof GatewayError)) return here;
    // An unknown name is the client's slip: no other model should answer it unnoticed.
    if (here?.kind === "unknown_model") return here;
    for (const group of pendingFallbacks(ask, attempts, this.#settings)) {
      const choice = this.#first(group, ask);
      if (!(choice instanceof GatewayError)) return choice;
    }
    return here ?? lastWord(ask, attempts);
  }

  /** A group's first attempt, or why it gets none. */
  #first(group: string, ask: Ask): Choice | GatewayError {
    const found = this.#routes.find(group);
    if (!found) return unknownModel(group, this.#routes.near(group));
    const [only] = found;
    if (!only) return this.#routes.problem(group) ?? unknownModel(group, this.#routes.near(group));
    const now = this.#clock.now();
    if (found.length === 1 && (!ask.fits || ask.fits(only)) && this.#isOpen(only, group, now)) {
      return { deployment: only, group, waitMs: 0 };
    }
    const open = ask.fits ? found.filter(ask.fits) : found;
    if (open.length === 0) return noneFits(group);
    const ready = open.filter((each) => this.#isOpen(each, group, now));
    if (ready.length === 0) return allResting(group, this.#firstReadyAt(open, now) - now);
    return { deployment: this.#pick(ready), group, waitMs: 0 };
  }

  /** The same group once more: elsewhere at once, then the same after a wait; undefined when that is over. */
  #again(ask: Ask, attempts: readonly Attempt[], last: Attempt): Choice | undefined {
    const { error, group } = last;
    if (!error) return undefined;
    const rule = retryRule(last, error, ask, this.#settings);
    if (rule.how === "never") return undefined;
    const tried = attempts.filter((each) => each.group === group);
    const ready = this.#readyAgain(group, ask, tried);
    const fresh = ready.filter((each) => !tried.some(({ deployment }) => deployment.standing === each.standing));
    const levels = new Set(tried.map(({ deployment }) => orderOf(deployment)));
    const used = tried.length - levels.size;
    if (fresh.length > 0) {
      // The first try of the next `order` is no retry: it is what that order is for.
      const isNextLevel = !levels.has(Math.min(...fresh.map(orderOf)));
      return isNextLevel || used < rule.most ? { deployment: this.#pick(fresh), group, waitMs: 0 } : undefined;
    }
    if (rule.how === "elsewhere" || used >= rule.most || ready.length === 0) return undefined;
    const waitMs = backoff(error, used, this.#settings.retryAfterMs, this.#chance);
    return { deployment: this.#pick(ready), group, waitMs };
  }

  /** Without those that failed in a way that asking them again cannot mend. */
  #readyAgain(group: string, ask: Ask, tried: readonly Attempt[]): readonly Deployment[] {
    const now = this.#clock.now();
    const hopeless = new Set(tried.filter(({ error }) => error?.row.retry === "elsewhere").map(({ deployment }) => deployment.standing));
    const found = this.#routes.find(group) ?? [];
    return found.filter((each) => (!ask.fits || ask.fits(each)) && !hopeless.has(each.standing) && this.#isOpen(each, group, now));
  }

  /** Of those with the lowest `order`, the strategy's choice. */
  #pick(candidates: readonly Deployment[]): Deployment {
    const lowest = Math.min(...candidates.map(orderOf));
    const level = lowest === Number.POSITIVE_INFINITY ? candidates : candidates.filter((each) => orderOf(each) === lowest);
    const [only] = level;
    return only && level.length === 1 ? only : this.#strategy(level, this.health, this.#chance);
  }

  /** Who asks for a deployment by its id gets it while it rests, but not beyond its own limits. */
  #isOpen(deployment: Deployment, group: string, now: number): boolean {
    if (this.health.fullUntil(deployment, now) !== undefined) return false;
    return deployment.id === group || !this.health.isResting(deployment, now);
  }

  #firstReadyAt(deployments: readonly Deployment[], now: number): number {
    return Math.min(...deployments.map((each) => Math.max(this.health.restsUntil(each) ?? 0, this.health.fullUntil(each, now) ?? 0)));
  }
}

/** Who names no order comes after those that do. */
function orderOf({ order }: Deployment): number {
  return order ?? Number.POSITIVE_INFINITY;
}

function sizesOf(routes: Routes): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const { group } of routes.deployments) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  return sizes;
}

/** When all is tried the client hears of the model that it asked for, not of the last stand-in. */
function lastWord(ask: Ask, attempts: readonly Attempt[]): GatewayError {
  const lasts = lastOfEachGroup(attempts);
  const original = lasts.get(askedGroup(ask))?.error ?? attempts[0]?.error ?? attempts.at(-1)?.error;
  if (!original) return new GatewayError("internal", "The call ended without an error and without an answer. Please report this.");
  return exhausted(
    original,
    ask.model,
    [...lasts.keys()].filter((group) => group !== askedGroup(ask)),
  );
}

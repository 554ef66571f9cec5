/** Which prices a call may be charged: those of every deployment that it may reach, fallbacks included. */

import {
  type Ask,
  compilePrice,
  type Deployment,
  type ModelFacts,
  mostNano,
  type Price,
  type RouterSettings,
  type Routes,
} from "tollgate/parts";

export interface Priced {
  readonly price: Price;
  /** The model's longest answer, as far as it is known. */
  readonly longestOutput?: number;
  /** What the deployment's own row asks for when the request does not. */
  readonly outputTokens?: number;
  readonly tier?: string;
  /** The row has prompts kept in the provider's cache. */
  readonly keepsPrompts: boolean;
}

export interface Reach {
  /** Names that the asked model goes by: limits on models are found by them. */
  readonly names: readonly string[];
  /** What the models are called by their providers. */
  readonly wireModels: readonly string[];
  readonly priced: readonly Priced[];
  /** Nothing that the asked name itself stands for costs anything. */
  readonly isFree: boolean;
  /** Nor does any fallback. */
  readonly costsNothing: boolean;
}

export type ReachOf = (ask: Ask) => Reach;

type Fallbacks = Pick<RouterSettings, "fallbacks" | "contextWindowFallbacks" | "contentPolicyFallbacks" | "defaultFallbacks">;

const MOST_KEPT = 2_000;
const ONE_OF_EACH = { inputTokens: 1, outputTokens: 1, seconds: 1, characters: 1, images: 1, pages: 1, queries: 1 };

/**
 * `routes` are asked for anew each time: what was worked out holds for one object of them, and for one `permits`. `fits` is left out:
 * a deployment too many makes the bound larger, never too small.
 */
export function createReach(routes: () => Routes, settings: Fallbacks): ReachOf {
  const byRoutes = new WeakMap<Routes, WeakMap<object, Map<string, Reach>>>();
  const anybody = {};
  return (ask) => {
    const now = routes();
    if (ask.fallbacks) return reachOf(ask, now, settings);
    const reaches = mapIn(mapsIn(byRoutes, now), ask.permits ?? anybody);
    const name = `${ask.model}\n${ask.target ?? ""}\n${ask.disableFallbacks === true}`;
    let reach = reaches.get(name);
    if (!reach) {
      reach = reachOf(ask, now, settings);
      if (reaches.size >= MOST_KEPT) reaches.clear();
      reaches.set(name, reach);
    }
    return reach;
  };
}

function mapsIn(byRoutes: WeakMap<Routes, WeakMap<object, Map<string, Reach>>>, routes: Routes): WeakMap<object, Map<string, Reach>> {
  const known = byRoutes.get(routes);
  if (known) return known;
  const made = new WeakMap<object, Map<string, Reach>>();
  byRoutes.set(routes, made);
  return made;
}

function mapIn(maps: WeakMap<object, Map<string, Reach>>, key: object): Map<string, Reach> {
  const known = maps.get(key);
  if (known) return known;
  const made = new Map<string, Reach>();
  maps.set(key, made);
  return made;
}

function reachOf(ask: Ask, routes: Routes, settings: Fallbacks): Reach {
  const asked = ask.target ?? ask.model;
  const own = routes.find(asked) ?? [];
  const all = new Set(own);
  if (!ask.disableFallbacks) {
    for (const group of groupsAfter(ask, asked, settings)) for (const each of routes.find(group) ?? []) all.add(each);
  }
  return {
    names: namesOf(ask, own),
    wireModels: [...new Set([...all].map(({ model }) => model))],
    priced: distinct([...all].map(pricedOf)),
    isFree: own.length > 0 && own.every(costsNothing),
    costsNothing: own.length > 0 && [...all].every(costsNothing),
  };
}

/** Whoever answers here is not paid for. */
export function costsNothing({ facts }: Deployment): boolean {
  return mostNano(priceOf(facts), ONE_OF_EACH) === 0;
}

/** Whatever kind of error may come: each fallback, and those of fallbacks. */
function groupsAfter({ fallbacks, permits }: Ask, asked: string, settings: Fallbacks): ReadonlySet<string> {
  const found = new Set<string>();
  const queue = fallbacks ? [...fallbacks] : nextOf(asked, settings);
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    if (found.has(name) || (permits && !permits(name))) continue;
    found.add(name);
    if (!fallbacks) queue.push(...nextOf(name, settings));
  }
  return found;
}

function nextOf(group: string, settings: Fallbacks): string[] {
  const tables = [settings.fallbacks, settings.contextWindowFallbacks, settings.contentPolicyFallbacks];
  const next = tables.flatMap((table) => [group, bare(group), "*"].flatMap((name) => table.get(name) ?? []));
  return [...next, ...settings.defaultFallbacks];
}

function namesOf({ model, target }: Ask, own: readonly Deployment[]): readonly string[] {
  const names = new Set([model, bare(model)]);
  if (target !== undefined) names.add(target).add(bare(target));
  for (const { group } of own) if (!group.includes("*")) names.add(group);
  return [...names];
}

function bare(name: string): string {
  return name.slice(name.indexOf("/") + 1);
}

const prices = new WeakMap<ModelFacts, Price>();

function priceOf(facts: ModelFacts): Price {
  let price = prices.get(facts);
  if (!price) {
    price = compilePrice(facts);
    prices.set(facts, price);
  }
  return price;
}

function pricedOf({ facts, defaults, settings }: Deployment): Priced {
  return {
    price: priceOf(facts),
    longestOutput: count(facts.max_output_tokens ?? facts.max_tokens),
    outputTokens: count(defaults["max_completion_tokens"] ?? defaults["max_tokens"]),
    tier: typeof defaults["service_tier"] === "string" ? defaults["service_tier"] : undefined,
    keepsPrompts: settings["cache_control_injection_points"] !== undefined,
  };
}

function distinct(priced: readonly Priced[]): readonly Priced[] {
  const seen = new Set<string>();
  const ids = new Map<Price, number>();
  return priced.filter((each) => {
    const id = ids.get(each.price) ?? ids.size;
    ids.set(each.price, id);
    const text = JSON.stringify([id, each.longestOutput, each.outputTokens, each.tier, each.keepsPrompts]);
    return !seen.has(text) && seen.add(text);
  });
}

function count(value: unknown): number | undefined {
  const number = Number(value ?? Number.NaN);
  return Number.isFinite(number) && number > 0 ? Math.ceil(number) : undefined;
}

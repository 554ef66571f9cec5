/** Joins router, transport and price book into what opens calls; the gateway and the library both begin here. */

import { randomBytes } from "node:crypto";
import type { House } from "./call/call.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { GatewayError } from "./errors.ts";
import type { ModelFacts } from "./hub/model-facts.ts";
import { costNano } from "./pricing/cost.ts";
import { imageFacts } from "./pricing/image-price.ts";
import { isPriceField } from "./pricing/overlay.ts";
import { compilePrice, overlay, type Price } from "./pricing/price.ts";
import type { PriceBook } from "./pricing/price-book.ts";
import { mockService } from "./providers/mock.ts";
import { resolveProvider } from "./providers/resolve.ts";
import { clientMaySet, rowWith } from "./router/clientside.ts";
import { createCompiler } from "./router/compile.ts";
import { createRouter } from "./router/create-router.ts";
import type { Deployment, DeploymentRow } from "./router/deployment.ts";
import type { RouterSettings } from "./router/router.ts";
import { createRoutes } from "./router/routes.ts";
import { createNetworks, type NetworkOptions, rerouted } from "./transport/network.ts";
import { createTransport } from "./transport/pool.ts";
import type { Transport } from "./transport/transport.ts";
import type { Usage } from "./usage.ts";

export interface HouseOptions {
  readonly rows: readonly DeploymentRow[];
  readonly router: RouterSettings;
  readonly book: PriceBook;
  readonly network?: NetworkOptions;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly dropParams?: boolean;
  /** Private ranges that addresses added by API may name. */
  readonly allowPrivate?: readonly string[];
  readonly loopbackAllowed?: boolean;
  /** Told for each row that cannot be used; calls to it answer with the same error. */
  readonly onProblem?: (row: DeploymentRow, error: GatewayError) => void;
  readonly clock?: Clock;
  readonly chance?: () => number;
  readonly transport?: Transport;
}

export interface BuiltHouse extends House {
  /** Replaces all models; unchanged rows keep their compiled object and their standing. */
  replaceRows(rows: readonly DeploymentRow[]): void;
  /** Compiles one row outside the routes: a health check, a request to be shown. Throws a GatewayError. */
  compile(row: DeploymentRow): Deployment;
  /** Whole nano-dollars; undefined when nobody knows the price. */
  cost(usage: Usage, deployment: Deployment, durationMs: number): number | undefined;
  close(): Promise<void>;
}

const MAX_REPLY_BYTES = 512 * 1024 * 1024;

export function buildHouse(options: HouseOptions): BuiltHouse {
  const { book, clock = systemClock, chance = Math.random } = options;
  const transport = options.transport ?? createTransport({ allowPrivate: options.allowPrivate, loopbackAllowed: options.loopbackAllowed });
  const networks = createNetworks(options.network ?? {});
  const compile = createCompiler({
    resolve: (settings) => resolveProvider(settings, book.providerOf),
    facts: (provider, model) => book.facts(provider, model),
    overlay,
    network: (settings, address, source) => networks(settings, address, source ?? "config"),
    mock: mockService,
    env: options.env ?? {},
    // Tokens come from other hosts than models do, and a proxy is chosen by host.
    connect: { send: (request, cancel) => transport.send(rerouted(request, options.network?.proxies), cancel), clock },
    dropParams: options.dropParams ?? false,
  });
  const routesOf = (rows: readonly DeploymentRow[], previous?: ReturnType<typeof createRoutes>) =>
    createRoutes({
      rows,
      compile,
      aliases: options.router.aliases,
      providerOf: book.providerOf,
      onProblem: options.onProblem ?? (() => {}),
      previous,
    });
  let routes = routesOf(options.rows);
  const router = createRouter({ settings: options.router, routes, clock, chance });
  const prices = new WeakMap<ModelFacts, Price>();
  const priceOf = (facts: ModelFacts): Price => {
    const known = prices.get(facts);
    if (known) return known;
    const price = compilePrice(facts);
    prices.set(facts, price);
    return price;
  };
  return {
    router,
    transport,
    clock,
    chance,
    newId,
    timeouts: { totalMs: options.router.timeoutMs, silenceMs: options.router.streamTimeoutMs },
    limits: { replyBytes: MAX_REPLY_BYTES },
    fileNetwork: (url) => networks({}, url, "file"),
    override: (deployment, settings) => overridden(deployment, settings, compile),
    compile,
    replaceRows(rows) {
      routes = routesOf(rows, routes);
      router.replace(routes);
    },
    cost: (usage, deployment, durationMs) => costNano(usage, priceOf(factsOf(usage, deployment, book)), { tier: usage.tier, durationMs }),
    close: () => transport.close(),
  };
}

/** The model's own, but for images, which are priced by their kind; who wrote a price of their own means it for all kinds. */
function factsOf(usage: Usage, { facts, provider, model, row }: Deployment, book: PriceBook): ModelFacts {
  if (usage.units?.images === undefined || usage.outputTokens !== undefined) return facts;
  const { model_info: info = {}, litellm_params: params } = row;
  if ([...Object.keys(info), ...Object.keys(params)].some(isPriceField)) return facts;
  const base = info["base_model"] ?? params["base_model"];
  return imageFacts(book, provider, typeof base === "string" ? base : model, usage) ?? facts;
}

/** A deployment with what the client may set itself; compiled for this call and never kept. */
function overridden(
  deployment: Deployment,
  settings: Readonly<Record<string, unknown>>,
  compile: (row: DeploymentRow) => Deployment,
): Deployment {
  const allowed = Object.entries(settings).filter(([name, value]) => name.startsWith("mock_") || clientMaySet(deployment, name, value));
  if (allowed.length === 0) return deployment;
  const own = compile(rowWith(deployment.row, Object.fromEntries(allowed)));
  return { ...own, id: deployment.id, standing: deployment.standing };
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

/** 24 random letters and digits. */
function newId(): string {
  let id = "";
  for (const byte of randomBytes(24)) id += letters[byte & 63];
  return id;
}

/** Is it alive, is it ready, do its deployments answer. */

import type { FastifyInstance } from "fastify";
import {
  Body,
  type BuiltHouse,
  beginCall,
  type ClientSide,
  type Deployment,
  GatewayError,
  type Inbound,
  open,
  openaiChatClient,
  openaiEmbeddingsClient,
} from "tollgate/parts";
import { masked } from "../secrets/masked.ts";

export interface HealthParts {
  readonly house: BuiltHouse;
  readonly version: string;
  /** Undefined when it can serve, else why not. */
  readonly notReady: () => string | undefined;
  readonly keeping: Kept | undefined;
}

/** What is told of the things that are kept. */
export interface Kept {
  readonly database: { readonly state: string; readonly problem: string | undefined; wake(): void };
  readonly ledger: {
    readonly state: { readonly waiting: number; readonly poisoned: number; readonly oldest?: number; readonly spoolProblem?: string };
  };
  readonly redis?: { readonly state: string };
  readonly counters?: { readonly state: string };
}

/** Needs no key. */
export function registerPublicHealth(app: FastifyInstance, { version, notReady, keeping }: HealthParts): void {
  for (const path of ["/health/liveliness", "/health/liveness"])
    app.get(path, (_request, reply) => reply.type("application/json").send(JSON.stringify("I'm alive!")));
  app.get("/health/readiness", (_request, reply) => {
    const why = notReady();
    // Whoever asks wants to see it connected soon.
    if (!why) keeping?.database.wake();
    const told = {
      status: why ? "unhealthy" : keeping?.database.state === "connected" ? "connected" : "healthy",
      ...keptOf(keeping),
      version,
      litellm_version: version,
      ...(why && { reason: why }),
    };
    return reply.code(why ? 503 : 200).send(told);
  });
}

/** The gateway serves on while one of these is away, and says so here. */
function keptOf(keeping: Kept | undefined): object {
  if (!keeping) return { db: "Not connected", cache: null };
  const { database, ledger, redis, counters } = keeping;
  const { waiting, poisoned, oldest, spoolProblem } = ledger.state;
  return {
    db: database.state === "connected" ? "connected" : database.state === "opening" ? "opening" : "Not connected",
    ...(database.state !== "connected" && database.problem !== undefined && { db_problem: database.problem }),
    cache: null,
    ...(redis && { redis: redis.state, rate_limits: counters?.state }),
    spend_rows_waiting: waiting,
    ...(oldest !== undefined && { spend_oldest_waiting: new Date(oldest).toISOString() }),
    ...(poisoned > 0 && { spend_rows_put_aside: poisoned }),
    ...(spoolProblem !== undefined && { spool_problem: spoolProblem }),
  };
}

/** GET /health really asks each deployment; needs the master key. */
export function registerHealth(app: FastifyInstance, { house }: HealthParts): void {
  app.get<{ Querystring: { model?: string; model_id?: string } }>("/health", async (request) => {
    const { model, model_id: id } = request.query;
    const all = house.router.routes.deployments.filter(
      (each) => (model === undefined || each.group === model) && (id === undefined || each.id === id),
    );
    if (all.length === 0 && (model ?? id) !== undefined)
      throw new GatewayError("not_found", `There is no deployment of '${model ?? id}'. GET /model/info lists all.`);
    const checked = await Promise.all(all.map((deployment) => check(deployment, house)));
    const healthy = checked.filter((each) => each.error === undefined);
    const unhealthy = checked.filter((each) => each.error !== undefined);
    return { healthy_endpoints: healthy, unhealthy_endpoints: unhealthy, healthy_count: healthy.length, unhealthy_count: unhealthy.length };
  });
}

const PROMPT = "test from litellm";
const TIMEOUT_MS = 60_000;

interface Checked extends Record<string, unknown> {
  readonly error?: string;
}

/** One small real call to exactly this deployment, beside the router's standing. */
async function check(deployment: Deployment, house: BuiltHouse): Promise<Checked> {
  const { litellm_params: params, model_info: info = {} } = deployment.row;
  const told = { ...masked(params), model_id: deployment.id };
  if (deployment.group.includes("*") && typeof info["health_check_model"] !== "string") {
    return { ...told, error: "A wildcard has no model of its own to ask. Set model_info.health_check_model." };
  }
  try {
    const seconds = Number(info["health_check_timeout"]);
    const asked =
      typeof info["health_check_model"] === "string"
        ? house.compile({ ...deployment.row, litellm_params: { ...params, model: info["health_check_model"] } })
        : deployment;
    const call = beginCall(`health-${deployment.id}`, clientFor(asked), inbound(asked, info));
    const only = {
      next: () => ({ deployment: asked, group: asked.group, waitMs: 0 }),
      begin: () => () => {},
      routes: house.router.routes,
      health: house.router.health,
      replace: () => {},
    };
    const once = { ...only, next: (_: unknown, attempts: readonly { error?: GatewayError }[]) => attempts[0]?.error ?? only.next() };
    await open({ ...call, timeoutMs: seconds > 0 ? seconds * 1000 : TIMEOUT_MS }, { ...house, router: once });
    return told;
  } catch (thrown) {
    const error = GatewayError.from(thrown);
    return { ...told, error: error.message, status: error.status };
  }
}

function clientFor(deployment: Deployment): ClientSide {
  return (
    deployment.facts.mode === "embedding" || !deployment.service.sides.chat ? openaiEmbeddingsClient : openaiChatClient
  ) as ClientSide;
}

function inbound(deployment: Deployment, info: Readonly<Record<string, unknown>>): Inbound {
  const most = Number(info["health_check_max_tokens"]);
  const body =
    clientFor(deployment).operation === "embed"
      ? { model: deployment.group, input: [PROMPT] }
      : { model: deployment.group, messages: [{ role: "user", content: PROMPT }], max_tokens: most > 0 ? most : 5 };
  return { headers: {}, params: {}, query: {}, body: Body.of(body) };
}

/** What models there are and what is known of them: /v1/models, /model/info, /model_group/info. */

import type { FastifyInstance } from "fastify";
import { type Deployment, GatewayError, type PriceBook, type Routes, supportedParameters } from "tollgate/parts";
import { masked } from "./masked.ts";

export interface ModelRouteParts {
  readonly routes: () => Routes;
  readonly book: PriceBook;
}

/** LiteLLM's constant; clients compare it. */
const CREATED = 1_677_610_602;

export function registerModelRoutes(app: FastifyInstance, { routes, book }: ModelRouteParts): void {
  const list = (query: Query): object => {
    const names = routes().names.flatMap((name) => (name.includes("*") ? wildcard(name, query, book) : [name]));
    return { object: "list", data: [...new Set(names)].map(modelRow) };
  };
  const one = (id: string): object => {
    if (routes().find(id)) return modelRow(id);
    throw new GatewayError("not_found", `The model '${id}' does not exist.${nearest(routes().near(id))}`, {
      param: "model",
      code: "model_not_found",
    });
  };
  for (const prefix of ["", "/v1"]) {
    app.get<{ Querystring: Query }>(`${prefix}/models`, (request) => list(request.query));
    app.get<{ Params: { "*": string } }>(`${prefix}/models/*`, (request) => one(request.params["*"]));
    app.get<{ Querystring: Query }>(`${prefix}/model/info`, (request) => ({ data: infoRows(routes(), request.query.litellm_model_id) }));
  }
  app.get<{ Querystring: Query }>("/model_group/info", (request) => ({ data: groupRows(routes(), request.query.model_group) }));
}

interface Query {
  readonly return_wildcard_routes?: string;
  readonly litellm_model_id?: string;
  readonly model_group?: string;
}

function modelRow(id: string): object {
  return { id, object: "model", created: CREATED, owned_by: "openai" };
}

/** `openai/*` as the names that the price book knows; as itself for who asks for it. */
function wildcard(name: string, query: Query, book: PriceBook): readonly string[] {
  if (query.return_wildcard_routes === "true") return [name];
  const [provider, rest] = name.split("/", 2);
  if (provider === undefined || rest !== "*") return [name];
  const known = book.names(provider).map((model) => `${provider}/${model}`);
  return known.length > 0 ? known : [name];
}

function infoRows(routes: Routes, id: string | undefined): object[] {
  const rows = routes.deployments.filter((each) => id === undefined || each.id === id);
  if (id !== undefined && rows.length === 0)
    throw new GatewayError("not_found", `No deployment has the id '${id}'. GET /model/info lists all.`, { param: "litellm_model_id" });
  return rows.map((deployment) => ({
    model_name: deployment.group,
    litellm_params: masked(deployment.row.litellm_params),
    model_info: {
      ...deployment.facts,
      key: deployment.model,
      supported_openai_params: parametersOf(deployment),
      ...deployment.row.model_info,
      id: deployment.id,
      db_model: false,
    },
  }));
}

function groupRows(routes: Routes, group: string | undefined): object[] {
  const names = [...new Set(routes.deployments.map((each) => each.group))].filter((name) => group === undefined || name === group);
  if (group !== undefined && names.length === 0) {
    const found = routes.find(group);
    if (!found)
      throw new GatewayError("not_found", `There is no model group '${group}'.${nearest(routes.near(group))}`, { param: "model_group" });
    return [groupRow(group, found)];
  }
  return names.map((name) =>
    groupRow(
      name,
      routes.deployments.filter((each) => each.group === name),
    ),
  );
}

/** Limits and prices are the most of all deployments, as LiteLLM tells them; abilities what any of them can. */
function groupRow(name: string, deployments: readonly Deployment[]): object {
  const most = (field: string): number | null => {
    const values = deployments.map((each) => each.facts[field]).filter((value) => typeof value === "number");
    return values.length === 0 ? null : Math.max(...values);
  };
  const sum = (values: readonly (number | undefined)[]): number | null =>
    values.some((value) => value !== undefined) ? values.reduce<number>((a, b) => a + (b ?? 0), 0) : null;
  const can = (field: string): boolean => deployments.some((each) => each.facts[field] === true);
  return {
    model_group: name,
    providers: [...new Set(deployments.map((each) => each.provider))],
    max_input_tokens: most("max_input_tokens"),
    max_output_tokens: most("max_output_tokens"),
    input_cost_per_token: most("input_cost_per_token"),
    output_cost_per_token: most("output_cost_per_token"),
    mode: deployments.map((each) => each.facts.mode).find((mode) => mode !== undefined) ?? "chat",
    tpm: sum(deployments.map((each) => each.tpm)),
    rpm: sum(deployments.map((each) => each.rpm)),
    supports_vision: can("supports_vision"),
    supports_web_search: can("supports_web_search"),
    supports_url_context: can("supports_url_context"),
    supports_reasoning: can("supports_reasoning"),
    supports_function_calling: can("supports_function_calling"),
    supports_parallel_function_calling: can("supports_parallel_function_calling"),
    supported_openai_params: [...new Set(deployments.flatMap(parametersOf))],
    configurable_clientside_auth_params: deployments.flatMap((each) => each.clientside),
  };
}

function parametersOf(deployment: Deployment): readonly string[] {
  const operation = deployment.facts.mode === "embedding" ? "embed" : "chat";
  return [
    ...(deployment.service.supports[operation] ??
      supportedParameters(deployment.provider, operation, deployment.model, deployment.facts) ??
      []),
  ];
}

function nearest(names: readonly string[]): string {
  return names.length === 0 ? " GET /v1/models lists all." : ` Did you mean ${names.map((name) => `'${name}'`).join(" or ")}?`;
}

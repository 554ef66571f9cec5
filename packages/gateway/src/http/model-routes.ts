/** What models there are and what is known of them: /v1/models, /model/info, /model_group/info. */

import type { FastifyInstance, FastifyRequest } from "fastify";
import { type Deployment, GatewayError, type PriceBook, type Routes } from "tollgate/parts";
import { aliasOf } from "../access/alias-of.ts";
import type { Principal } from "../access/principal.ts";
import type { TeamModels } from "../access/team-models.ts";
import { type Sees, visibleTo } from "../access/visible-models.ts";
import { parametersOf, shownDeployment } from "../models/shown-model.ts";
import { publicNameOf, teamOf } from "../models/team-names.ts";

export interface ModelRouteParts {
  readonly routes: () => Routes;
  readonly book: PriceBook;
  /** Who asks: only what it may use is shown. */
  readonly whoOf: (request: FastifyRequest) => Principal | undefined;
  /** Which models are a team's own; absent: none is. */
  readonly teamModels?: () => TeamModels;
}

/** LiteLLM's constant; clients compare it. */
const CREATED = 1_677_610_602;

const nobodys: Pick<TeamModels, "of" | "ownerOf"> = { of: () => undefined, ownerOf: () => undefined };

interface Seen {
  readonly who: Principal | undefined;
  readonly sees: Sees;
  /** Names that mean something else for this caller: its team's own models, its aliases. */
  readonly aliases: Readonly<Record<string, string>>;
}

export function registerModelRoutes(app: FastifyInstance, parts: ModelRouteParts): void {
  const { routes } = parts;
  const seen = (request: FastifyRequest): Seen => {
    const who = parts.whoOf(request);
    return { who, sees: visibleTo(who, parts.teamModels?.() ?? nobodys), aliases: who?.aliases ?? {} };
  };
  for (const prefix of ["", "/v1"]) {
    app.get<{ Querystring: Query }>(`${prefix}/models`, (request) => {
      const { query } = request;
      const names = isOn(query.only_model_access_groups)
        ? []
        : namesFor(seen(request), query, { ...parts, ownModels: parts.teamModels?.() });
      const groups =
        isOn(query.include_model_access_groups) || isOn(query.only_model_access_groups) ? groupsFor(seen(request), routes()) : [];
      return { object: "list", data: [...new Set([...names, ...groups])].map(modelRow) };
    });
    app.get<{ Params: { "*": string } }>(`${prefix}/models/*`, (request) => one(request.params["*"], seen(request), routes()));
    app.get<{ Querystring: Query }>(`${prefix}/model/info`, (request) => ({
      data: infoRows(routes(), request.query, seen(request)),
    }));
  }
  app.get<{ Querystring: Query }>("/model_group/info", (request) => ({
    data: groupRows(routes(), request.query.model_group, seen(request)),
  }));
}

interface Query {
  readonly return_wildcard_routes?: string;
  readonly include_model_access_groups?: string;
  readonly only_model_access_groups?: string;
  readonly team_id?: string;
  readonly litellm_model_id?: string;
  readonly teamId?: string;
  readonly include_team_models?: string;
  readonly model_group?: string;
}

interface Naming {
  readonly routes: () => Routes;
  readonly book: PriceBook;
  readonly ownModels: TeamModels | undefined;
}

/** Wildcards by what they hold; a team's own models under the names that the team has for them. */
function namesFor({ who, sees, aliases }: Seen, query: Query, { routes, book, ownModels }: Naming): readonly string[] {
  const team = query.team_id;
  if (team !== undefined && who && !isMember(who, team))
    throw new GatewayError("not_found", `There is no team '${team}'.`, { param: "team_id" });
  const names = routes().names.flatMap((name) => (name.includes("*") ? wildcard(name, query, book) : [name]));
  const own = [...(team === undefined ? [] : (ownModels?.of(team)?.keys() ?? []))];
  const meant = Object.entries(aliases).flatMap(([name, target]) => (routes().find(target) && sees(target) ? [name] : []));
  return [...names.filter((name) => sees(aliasOf(aliases, name) ?? name)), ...meant, ...own];
}

function isMember(who: Principal, team: string): boolean {
  const all = who.role === "proxy_admin" || who.role === "proxy_admin_viewer";
  return all || who.teamId === team || [...(who.memberOfTeams ?? []), ...(who.adminOfTeams ?? [])].includes(team);
}

function groupsFor({ sees }: Seen, { deployments }: Routes): readonly string[] {
  return deployments.filter(({ group }) => sees(group)).flatMap(({ row }) => namesIn(row.model_info?.["access_groups"]));
}

function namesIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : [];
}

function one(id: string, { sees, aliases }: Seen, routes: Routes): object {
  const meant = aliasOf(aliases, id) ?? id;
  if (routes.find(meant) && sees(meant)) return modelRow(id);
  throw new GatewayError("not_found", `The model '${id}' does not exist.${nearest(routes.near(id).filter(sees))}`, {
    param: "model",
    code: "model_not_found",
  });
}

function isOn(flag: string | undefined): boolean {
  return flag?.toLowerCase() === "true" || flag === "1";
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

function infoRows({ deployments }: Routes, { litellm_model_id: id, teamId, include_team_models: withTeams }: Query, { sees }: Seen) {
  const rows = deployments.filter(
    (each) =>
      sees(each.group) &&
      (id === undefined || each.id === id) &&
      (teamId === undefined || teamOf(each.row) === teamId) &&
      (withTeams?.toLowerCase() !== "false" || teamOf(each.row) === undefined),
  );
  if (id !== undefined && rows.length === 0)
    throw new GatewayError("not_found", `No deployment has the id '${id}'. GET /model/info lists all.`, { param: "litellm_model_id" });
  return rows.map(shownDeployment);
}

function groupRows(routes: Routes, asked: string | undefined, { sees, aliases }: Seen) {
  const group = asked === undefined ? undefined : (aliasOf(aliases, asked) ?? asked);
  const seen = routes.deployments.filter((each) => sees(each.group) && (group === undefined || each.group === group));
  const names = [...new Set(seen.map((each) => each.group))];
  if (group !== undefined && names.length === 0) {
    const found = sees(group) ? routes.find(group) : undefined;
    if (!found)
      throw new GatewayError("not_found", `There is no model group '${asked}'.${nearest(routes.near(group).filter(sees))}`, {
        param: "model_group",
      });
    return [groupRow(group, found)];
  }
  return names.map((name) => {
    const members = seen.filter((each) => each.group === name);
    const [first] = members;
    return groupRow(first && teamOf(first.row) !== undefined ? publicNameOf(first.row) : name, members);
  });
}

/** Limits and prices are the most of all deployments, as LiteLLM tells them; abilities what any of them can. */
function groupRow(name: string, deployments: readonly Deployment[]) {
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

function nearest(names: readonly string[]): string {
  return names.length === 0 ? " GET /v1/models lists all." : ` Did you mean ${names.map((name) => `'${name}'`).join(" or ")}?`;
}

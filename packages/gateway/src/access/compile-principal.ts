/** A key with everybody above it → a principal: what every call would ask is worked out once. */

import { fields, limitSetOf } from "./limit-set.ts";
import { refusedBy } from "./model-access.ts";
import type { Level, ModelList, Principal, Role, Subject } from "./principal.ts";
import type { EntityRow, KeyRows, SettingsRow } from "./rows.ts";

export interface CompileContext {
  readonly now: number;
  /** The whole gateway's own limits. */
  readonly global: readonly Subject[];
  /** An access group's name → the models that it stands for; undefined: no group of this name. */
  readonly group: (name: string) => readonly string[] | undefined;
  /** A team's own models: public name → the group that serves it. */
  readonly teamModels?: (teamId: string) => ReadonlyMap<string, string> | undefined;
  /** `skip_user_budget_on_team_key`. */
  readonly skipUserBudgetOnTeamKey: boolean;
}

const roles: ReadonlySet<string> = new Set<Role>([
  "proxy_admin",
  "proxy_admin_viewer",
  "org_admin",
  "internal_user",
  "internal_user_viewer",
  "customer",
]);

export function compilePrincipal(rows: KeyRows, context: CompileContext): Principal {
  const { key, user, team, organization, project } = rows;
  const metadata = fields(key.settings["metadata"]);
  const teamMetadata = fields(team?.settings["metadata"]);
  // A key that belongs to nobody has nobody's rights: it may ask models, and see itself.
  const role: Role = !user ? "customer" : roles.has(user.role) ? (user.role as Role) : "internal_user";
  return {
    kind: "key",
    name: key.name,
    role,
    keyHash: key.hash,
    keyAlias: key.alias,
    userId: user?.id,
    userEmail: user?.email,
    teamId: team?.id,
    teamAlias: team && team.name !== team.id ? team.name : undefined,
    organizationId: organization?.id,
    projectId: project?.id,
    adminOfTeams: rows.memberships.filter((each) => each.role === "admin").map(({ teamId }) => teamId),
    memberOfTeams: rows.memberships.map(({ teamId }) => teamId),
    adminOfOrganizations: rows.organizations.filter((each) => each.role === "org_admin").map(({ organizationId }) => organizationId),
    teamPermissions: team && (list(team.settings["team_member_permissions"]) ?? ["/key/info", "/key/health"]),
    models: modelListsOf(rows, context),
    aliases: aliasesOf(team, key, team && context.teamModels?.(team.id)),
    allowedRoutes: routesOf(key.settings),
    allowedCacheControls: list(key.settings["allowed_cache_controls"]),
    enforcedParams: list(key.settings["enforced_params"] ?? metadata["enforced_params"]),
    allowedIps: list(key.settings["allowed_ips"] ?? metadata["allowed_ips"]),
    tags: unique([key, team, project].flatMap((each) => tagsOf(each))),
    allowClientTags: metadata["allow_client_tags"] === true || teamMetadata["allow_client_tags"] === true,
    metadata,
    subjects: subjectsOf(rows, context),
    expires: key.expires,
    customerBudgetId: text(key.settings["end_user_budget_id"]),
  };
}

/** Somebody who came without a virtual key: a token, a session. */
export function compilePerson(rows: Omit<KeyRows, "key">, name: string, context: CompileContext): Principal {
  const key = { id: "", name, hash: "", blocked: false, settings: {} };
  const { keyHash: _hash, ...principal } = compilePrincipal({ ...rows, key }, context);
  return { ...principal, subjects: principal.subjects.filter(({ level }) => level !== "key") };
}

function subjectsOf(rows: KeyRows, context: CompileContext): Subject[] {
  const { key, user, team, member, organization, project } = rows;
  const at = (level: Level, row: EntityRow | undefined): Subject[] =>
    row ? [{ level, id: row.id, name: row.name, limits: limitSetOf(row.settings, context.now) }] : [];
  const userSubjects = at("user", user).map((subject) =>
    team && context.skipUserBudgetOnTeamKey ? { ...subject, limits: { ...subject.limits, budgets: [] } } : subject,
  );
  return [
    ...context.global,
    ...at("organization", organization),
    ...at("team", team),
    ...at("project", project),
    ...userSubjects,
    ...at("member", member),
    ...at("key", key),
  ];
}

/** What a key may use is what all levels let it; a level without a list lets everything. */
function modelListsOf({ key, user, team, member, organization, project }: KeyRows, { group, teamModels }: CompileContext): ModelList[] {
  const ofTeam = team && teamModels?.(team.id);
  const expand = (names: readonly string[]): readonly string[] => unique(names.flatMap((name) => group(name) ?? [name]));
  const at = (level: Level, row: EntityRow | undefined, field = "models"): ModelList[] => {
    const groups = list(row?.settings["access_group_ids"])?.flatMap((id) => group(id) ?? []) ?? [];
    const own = list(row?.settings[field])?.filter((name) => name !== "all-team-models") ?? [];
    // all-team-models says: what the team may; then only the team's own list counts.
    const leaves = list(row?.settings[field])?.includes("all-team-models") === true;
    const names = [...own, ...groups];
    if (!row || leaves || names.length === 0 || names.includes("all-proxy-models")) return [];
    return [withTeamModels({ level, name: row.name, allowed: expand(names) }, ofTeam)];
  };
  return [
    ...at("organization", organization),
    ...at("team", team),
    ...at("project", project),
    ...at("member", member, "allowed_models"),
    // A team key is the team's: its user's own list is about personal keys.
    ...(team ? [] : at("user", user)),
    ...at("key", key),
  ];
}

/** What is the team's own is let in by the lists above it, and by those below that name it as clients do. */
function withTeamModels(models: ModelList, ofTeam: ReadonlyMap<string, string> | undefined): ModelList {
  if (!ofTeam) return models;
  const above = models.level === "team" || models.level === "organization";
  const own = [...ofTeam].filter(([name]) => above || refusedBy(name, [models]) === undefined).map(([, group]) => group);
  return { ...models, allowed: [...models.allowed, ...own] };
}

const keyTypes: Readonly<Record<string, readonly string[]>> = {
  llm_api: ["llm_api_routes"],
  management: ["management_routes"],
  read_only: ["info_routes"],
};

function routesOf(settings: SettingsRow): readonly string[] | undefined {
  const given = list(settings["allowed_routes"]);
  if (given && given.length > 0) return given;
  return keyTypes[text(settings["key_type"]) ?? ""];
}

function aliasesOf(
  team: EntityRow | undefined,
  key: EntityRow,
  ofTeam: ReadonlyMap<string, string> | undefined,
): Readonly<Record<string, string>> | undefined {
  const all = { ...(ofTeam && Object.fromEntries(ofTeam)), ...fields(team?.settings["model_aliases"]), ...fields(key.settings["aliases"]) };
  const names = Object.entries(all).filter((pair): pair is [string, string] => typeof pair[1] === "string");
  return names.length > 0 ? Object.fromEntries(names) : undefined;
}

function tagsOf(row: EntityRow | undefined): readonly string[] {
  return list(row?.settings["tags"]) ?? list(fields(row?.settings["metadata"])["tags"]) ?? [];
}

function list(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}

/** What a token's claims say, by the names that `litellm_jwtauth` gives them. */

export type Claims = Readonly<Record<string, unknown>>;
export type JwtSettings = Readonly<Record<string, unknown>>;

/** `a.b` goes into objects; `a\.b` is one name with a dot. */
export function claimAt(claims: Claims, path: unknown): unknown {
  if (typeof path !== "string" || path === "") return undefined;
  let value: unknown = claims;
  for (const part of path.split(/(?<!\\)\./)) {
    if (value === null || typeof value !== "object") return undefined;
    value = (value as Claims)[part.replaceAll("\\.", ".")];
  }
  return value;
}

export function textClaim(claims: Claims, path: unknown): string | undefined {
  const value = claimAt(claims, path);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A list, or a text with blanks or commas between its words. */
export function wordsClaim(claims: Claims, path: unknown): readonly string[] {
  const value = claimAt(claims, path);
  if (Array.isArray(value)) return value.filter((each): each is string => typeof each === "string");
  return typeof value === "string" ? value.split(/[\s,]+/).filter((each) => each !== "") : [];
}

export interface Identity {
  readonly isAdmin: boolean;
  readonly userId?: string;
  readonly email?: string;
  readonly teamIds: readonly string[];
  readonly organizationId?: string;
  readonly endUserId?: string;
  readonly role?: string;
  /** Undefined: no rule names any. */
  readonly models?: readonly string[];
}

export function identityOf(claims: Claims, settings: JwtSettings): Identity {
  const scopes = wordsClaim(claims, "scope");
  const adminScope = textOf(settings["admin_jwt_scope"]) ?? "litellm_proxy_admin";
  const team = textClaim(claims, settings["team_id_jwt_field"]);
  const fallback = textOf(settings["team_id_default"]);
  const teams = [...(team === undefined ? [] : [team]), ...wordsClaim(claims, settings["team_ids_jwt_field"])];
  return {
    isAdmin: scopes.includes(adminScope),
    userId: textClaim(claims, settings["user_id_jwt_field"] ?? "sub"),
    email: textClaim(claims, settings["user_email_jwt_field"] ?? "email"),
    teamIds: teams.length > 0 || fallback === undefined ? teams : [fallback],
    organizationId: textClaim(claims, settings["org_id_jwt_field"]),
    endUserId: textClaim(claims, settings["end_user_id_jwt_field"]),
    role: roleOf(claims, settings),
    models: modelsOf(scopes, settings),
  };
}

/** `role_mappings` and `jwt_litellm_role_map` turn an identity provider's roles into ours; the first that fits. */
function roleOf(claims: Claims, settings: JwtSettings): string | undefined {
  const given = [...wordsClaim(claims, settings["user_roles_jwt_field"]), ...wordsClaim(claims, settings["roles_jwt_field"])];
  for (const rule of mapsOf(settings["role_mappings"])) {
    if (given.includes(String(rule["role"]))) return textOf(rule["internal_role"]);
  }
  for (const rule of mapsOf(settings["jwt_litellm_role_map"])) {
    const name = textOf(rule["jwt_role"]);
    if (name !== undefined && given.some((each) => each === name || (name.endsWith("*") && each.startsWith(name.slice(0, -1)))))
      return textOf(rule["litellm_role"]);
  }
  return given.find((each) => /^(proxy_admin|proxy_admin_viewer|internal_user|internal_user_viewer|org_admin)$/.test(each));
}

function modelsOf(scopes: readonly string[], settings: JwtSettings): readonly string[] | undefined {
  if (settings["enforce_scope_based_access"] !== true) return undefined;
  const rules = mapsOf(settings["scope_mappings"]).filter((rule) => scopes.includes(String(rule["scope"])));
  const models = rules.flatMap((rule) => (Array.isArray(rule["models"]) ? (rule["models"] as string[]) : []));
  return models.length > 0 ? models : ["no-default-models"];
}

function mapsOf(value: unknown): readonly Claims[] {
  return Array.isArray(value) ? value.filter((each): each is Claims => each !== null && typeof each === "object") : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

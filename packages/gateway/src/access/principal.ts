/** Who asks: a key with its team, user, organisation and project, compiled once so that a request decides nothing about it. */

export type Role = "proxy_admin" | "proxy_admin_viewer" | "org_admin" | "internal_user" | "internal_user_viewer" | "customer";

/** Where a limit sits. `member` is a user within one team, `global` the whole gateway. */
export type Level = "key" | "user" | "team" | "member" | "organization" | "project" | "customer" | "tag" | "global";

export interface Principal {
  readonly kind: "master" | "key" | "jwt" | "session" | "custom";
  /** For records and messages: never the key itself. */
  readonly name: string;
  readonly role: Role;
  /** SHA-256 of the key, hexadecimal; undefined for who has none. */
  readonly keyHash?: string;
  readonly keyAlias?: string;
  readonly userId?: string;
  readonly userEmail?: string;
  readonly teamId?: string;
  readonly teamAlias?: string;
  readonly organizationId?: string;
  readonly projectId?: string;
  /** Team ids where this user is admin; organisation ids where it is org_admin. */
  readonly adminOfTeams?: readonly string[];
  readonly adminOfOrganizations?: readonly string[];
  readonly memberOfTeams?: readonly string[];
  /** What a member of `teamId` may do with the team's keys: route names. */
  readonly teamPermissions?: readonly string[];
  /** Every list must let a model in. Empty: all models. */
  readonly models: readonly ModelList[];
  /** Public name asked → name meant: the team's first, then the key's. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Undefined: what the role may. Exact paths, prefixes with `*`, group names. */
  readonly allowedRoutes?: readonly string[];
  readonly allowedCacheControls?: readonly string[];
  readonly enforcedParams?: readonly string[];
  /** CIDRs; undefined: anywhere. */
  readonly allowedIps?: readonly string[];
  /** Tags of key, team and project, put on every call. */
  readonly tags: readonly string[];
  readonly allowClientTags: boolean;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** All limits that hold for each call, outermost first. */
  readonly subjects: readonly Subject[];
  /** Milliseconds since 1970. */
  readonly expires?: number;
  /** The default budget of customers who come with this key. */
  readonly customerBudgetId?: string;
}

export interface ModelList {
  readonly level: Level;
  /** Alias or id: for messages. */
  readonly name: string;
  /** Exact names, `provider/*`, `*`; access groups are expanded already. Never empty. */
  readonly allowed: readonly string[];
}

/** Somebody or something that has limits. */
export interface Subject {
  readonly level: Level;
  readonly id: string;
  /** Alias or id: for messages; never a hash. */
  readonly name: string;
  readonly limits: LimitSet;
}

export interface LimitSet extends Rates {
  readonly budgets: readonly Budget[];
  readonly softBudgetNano?: number;
  /** By public model name or wildcard: beside those above. */
  readonly perModel?: readonly ModelLimits[];
}

export interface Rates {
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  readonly tokensPerDay?: number;
  readonly parallel?: number;
}

export interface ModelLimits extends Rates {
  readonly model: string;
  readonly budgets: readonly Budget[];
}

/** A limit in money. */
export interface Budget {
  /** `30d`, `1mo`, `5s` …; undefined: for ever. */
  readonly duration?: string;
  readonly limitNano: number;
}

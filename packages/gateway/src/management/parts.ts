/** What the handlers of the admin contract are given. */

import type { Clock } from "tollgate/parts";
import type { Channel, Database } from "../store/database.ts";

export interface ManagementParts {
  readonly database: Database;
  readonly clock: Clock;
  /** Random text of so many letters and digits that are safe in URLs. */
  readonly newId: () => string;
  /** A new secret: `sk-` and 22 url-safe characters. */
  readonly newKey: () => string;
  /** Time zone of budget windows. */
  readonly timezone: string;
  readonly settings: ManagementSettings;
  /** Says to this instance at once, and to all others, that a row changed: `changed("keys", hash)`, `changed("people", "team:t1")`. */
  readonly changed: (channel: Channel, what: string) => Promise<void>;
  readonly isKnownModel: (name: string) => boolean;
}

/** Slices of `litellm_settings` and `general_settings`. */
export interface ManagementSettings {
  readonly defaultKeyParams: Readonly<Record<string, unknown>>;
  readonly upperboundKeyParams: Readonly<Record<string, unknown>>;
  readonly defaultUserParams: Readonly<Record<string, unknown>>;
  readonly defaultTeamParams: Readonly<Record<string, unknown>>;
  readonly maxInternalUserBudget?: number;
  readonly internalUserBudgetDuration?: string;
  readonly keyGeneration: Readonly<Record<string, unknown>>;
  /** `default_team_disabled`: no personal keys. */
  readonly personalKeysDisabled: boolean;
}

/** One change, for the audit log; with the database write that it tells of. */
export interface AuditEntry {
  readonly action: "created" | "updated" | "deleted" | "blocked" | "unblocked" | "rotated";
  readonly table: string;
  readonly id: string;
  /** Without secrets. */
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
}

/** What it is to copy one of LiteLLM's tables: rows there → rows here, with what was spent. */

import type { Level } from "../access/principal.ts";
import type { Encryption } from "../secrets/encryption.ts";
import type { Tables } from "../store/tables.ts";
import { type Fields, momentOf, said, withReadableDurations } from "./fields.ts";
import type { Open } from "./unseal.ts";

/** What somebody spent there. */
export interface SpentThere {
  readonly level: Level;
  readonly id: string;
  readonly dollars: number;
  /** `budget_duration`. */
  readonly duration?: string;
  /** The end of the window that the spend belongs to; null: not said. */
  readonly until: string | null;
}

export interface Copied {
  /** All columns of ours that the copy fills, always the same ones. */
  readonly row: Fields;
  readonly spent?: SpentThere;
}

export interface Copy {
  /** What people call it: `keys`. */
  readonly thing: string;
  readonly from: string;
  readonly to: keyof Tables;
  /** The columns that make a row of ours the same row. */
  readonly id: readonly string[];
  /** None: left out, which it has noted. */
  rows(there: Fields, scene: Scene): readonly Copied[];
}

/** Small tables that others refer to, read beforehand, and what has to be told. */
export interface Scene {
  readonly now: string;
  /** By budget_id. */
  readonly budgets: ReadonlyMap<string, Fields>;
  /** By object_permission_id. */
  readonly permissions: ReadonlyMap<string, Fields>;
  /** A team's aliases of models, by the number of the row. */
  readonly aliases: ReadonlyMap<string, Fields>;
  /** By `team/user`. */
  readonly memberships: ReadonlyMap<string, Fields>;
  /** Ids of users by mail address in lower case. */
  readonly userByMail: ReadonlyMap<string, string>;
  /** Whose here an alias of a key, a mail address or a sign-in id is; rows of this import add theirs. */
  readonly taken: { readonly aliases: Map<string, string>; readonly mails: Map<string, string>; readonly signIns: Map<string, string> };
  /** SHA-256 of the secrets that open everything: they must not become keys. */
  readonly masterHashes: ReadonlySet<string>;
  readonly open: Open;
  readonly encryption: Encryption;
  /** Something is not, or not quite, as it was there. */
  note(thing: string, id: string, what: string): void;
  leftOut(thing: string, id: string, why: string): void;
}

/** Texts and lists that mean nothing are not kept; neither are durations that no window can be made of. */
export function settingsOf(there: Fields, names: readonly string[], scene: Scene, thing: string, id: string): Record<string, unknown> {
  const permissions = scene.permissions.get(String(there["object_permission_id"]));
  const all = { ...said(there, names), ...(permissions && { object_permission: permissions }) };
  return withReadableDurations(all, (duration) => scene.note(thing, id, `the duration '${duration}' is unknown and was left out`));
}

export function stampsOf(there: Fields, { now }: Scene) {
  const created = momentOf(there["created_at"]) ?? now;
  return {
    created_at: created,
    created_by: there["created_by"] ?? null,
    updated_at: momentOf(there["updated_at"]) ?? created,
    updated_by: there["updated_by"] ?? null,
  };
}

/** The table of models as it is read: decrypted, each row once for as long as it stays the same. */

import type { Selectable } from "kysely";
import { type DeploymentRow, GatewayError } from "tollgate/parts";
import type { Encryption } from "../secrets/encryption.ts";
import type { Database } from "../store/database.ts";
import type { ModelsTable } from "../store/tables.ts";

export type Settings = DeploymentRow["litellm_params"];

export interface StoredModel {
  readonly id: string;
  /** What clients call it. */
  readonly name: string;
  readonly params: Settings;
  readonly info: Readonly<Record<string, unknown>>;
  readonly teamId?: string;
  readonly blocked: boolean;
  readonly created_at: Date;
  readonly created_by: string | null;
  readonly updated_at: Date;
  readonly updated_by: string | null;
}

export interface ReadModels {
  readonly models: readonly StoredModel[];
  /** Rows that cannot be decrypted. */
  readonly unreadable: readonly { readonly id: string; readonly error: GatewayError }[];
}

interface Kept {
  readonly stamp: string;
  readonly model: StoredModel;
}

export type ModelReader = (sql: Pick<Database["sql"], "selectFrom">, encryption: Encryption) => Promise<ReadModels>;

export function createModelReader(): ModelReader {
  let kept: ReadonlyMap<string, Kept> = new Map();
  return async (sql, encryption) => {
    const rows = await sql.selectFrom("models").selectAll().orderBy("created_at").orderBy("model_id").execute();
    const next = new Map<string, Kept>();
    const unreadable: { id: string; error: GatewayError }[] = [];
    for (const row of rows) {
      const stamp = stampOf(row);
      const known = kept.get(row.model_id);
      try {
        next.set(row.model_id, known?.stamp === stamp ? known : { stamp, model: decrypted(row, encryption) });
      } catch (thrown) {
        unreadable.push({ id: row.model_id, error: GatewayError.from(thrown) });
      }
    }
    kept = next;
    return { models: [...next.values()].map(({ model }) => model), unreadable };
  };
}

export type ModelRow = Selectable<ModelsTable>;

export function decrypted(row: ModelRow, encryption: Encryption): StoredModel {
  return {
    id: row.model_id,
    name: row.model_name,
    params: encryption.decryptJson(row.litellm_params) as Settings,
    info: row.model_info,
    ...(row.team_id !== null && { teamId: row.team_id }),
    blocked: row.blocked,
    created_at: row.created_at,
    created_by: row.created_by,
    updated_at: row.updated_at,
    updated_by: row.updated_by,
  };
}

/** Encrypting the same twice gives different texts, so an equal text is an equal value. */
function stampOf(row: ModelRow): string {
  return JSON.stringify([row.litellm_params, row.model_name, row.model_info, row.team_id, row.blocked, row.updated_at, row.updated_by]);
}

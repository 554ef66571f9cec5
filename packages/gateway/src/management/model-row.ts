/** A stored model: found, shown without secrets, put into the table. */

import { GatewayError } from "tollgate/parts";
import { notFound, scopeOf } from "../access/scope.ts";
import type { Caller } from "../http/admin-routes.ts";
import { decrypted, type StoredModel } from "../models/stored-model.ts";
import type { Encryption } from "../secrets/encryption.ts";
import { masked } from "../secrets/masked.ts";
import type { Database } from "../store/database.ts";
import type { ModelParts } from "./model-parts.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Throws bad_request. */
export function requireStore({ storeInDatabase }: ModelParts): void {
  if (storeInDatabase) return;
  throw new GatewayError(
    "bad_request",
    "Models and credentials are not kept in the database here. Set general_settings.store_model_in_db to true (or STORE_MODEL_IN_DB) and restart, or write them into the config file.",
    { code: "store_model_in_db" },
  );
}

export interface Looking {
  readonly sql: Pick<Database["sql"], "selectFrom">;
  readonly encryption: Encryption;
  readonly parts: ModelParts;
}

/** Locked until the transaction ends. Throws not_found for what the caller may not know of, bad_request for models of the file. */
export async function foundModel(id: string, caller: Caller, { sql, encryption, parts }: Looking): Promise<StoredModel> {
  const row = await sql.selectFrom("models").selectAll().where("model_id", "=", id).forUpdate().executeTakeFirst();
  if (row && mayChange(caller, row.team_id)) return decrypted(row, encryption);
  if (!row && scopeOf(caller.principal).all && parts.models.rows.some((each) => each.model_info?.["id"] === id && each.source !== "api"))
    throw ofFile(id);
  if (!row && scopeOf(caller.principal).all && parts.house.router.routes.deployments.some((each) => each.id === id)) throw ofFile(id);
  throw notFound("model", id);
}

/** Team admins have the models of their teams. */
export function mayChange({ principal }: Caller, teamId: string | null | undefined): boolean {
  const scope = scopeOf(principal);
  return scope.writes || (typeof teamId === "string" && scope.adminTeams.includes(teamId));
}

function ofFile(id: string): GatewayError {
  return new GatewayError("bad_request", `The model '${id}' stands in the config file. Change it there and send SIGHUP, or restart.`, {
    param: "model_id",
  });
}

export function shownRow(model: StoredModel) {
  return {
    model_id: model.id,
    model_name: model.name,
    litellm_params: masked(model.params),
    model_info: { ...model.info, id: model.id, db_model: true, ...(model.teamId !== undefined && { team_id: model.teamId }) } as Record<
      string,
      unknown
    >,
    blocked: model.blocked,
    created_at: model.created_at,
    created_by: model.created_by,
    updated_at: model.updated_at,
    updated_by: model.updated_by,
  };
}

/** For the audit log. */
export function plainModel(model: StoredModel): Fields {
  return { ...shownRow(model) };
}

/** Read-only: told with every model, and sent back by clients that send everything back. */
const told = new Set([
  "id",
  "db_model",
  "key",
  "created_at",
  "created_by",
  "updated_at",
  "updated_by",
  "blocked",
  "supported_openai_params",
]);

export function ownInfo(info: Fields | undefined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(info ?? {}).filter(([name]) => !told.has(name)));
}

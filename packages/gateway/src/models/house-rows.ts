/** Rows of file and database → rows of the house: credentials filled in, teams' names, blocked ones left out. */

import type { DeploymentRow } from "tollgate/parts";
import { type Environment, withEnvironment } from "./environment-values.ts";
import type { NamedCredentials } from "./named-credentials.ts";
import type { StoredModel } from "./stored-model.ts";
import { namedForTeam } from "./team-names.ts";

export interface Filling {
  readonly credentials: NamedCredentials;
  readonly env: Environment;
  /** A row that cannot be in force; what calls would go to without its credential is not what was meant. */
  readonly onLeftOut: (row: Pick<DeploymentRow, "model_name">, why: string) => void;
}

/** The same object for the same row, as long as what it is made of is the same. */
export type RowMaker = (row: DeploymentRow, filling: Filling) => DeploymentRow | undefined;

interface Made {
  readonly values: NamedCredentials extends ReadonlyMap<string, infer Values> ? Values | undefined : never;
  readonly row: DeploymentRow;
}

export function createRowMaker(): RowMaker {
  const made = new WeakMap<DeploymentRow, Made>();
  return (row, filling) => {
    if (row.model_info?.["blocked"] === true) return undefined;
    const name = row.litellm_params["litellm_credential_name"];
    const values = typeof name === "string" ? filling.credentials.get(name) : undefined;
    if (typeof name === "string" && values === undefined) {
      filling.onLeftOut(
        row,
        `There is no credential '${name}'. Store it with POST /credentials, or name another in litellm_credential_name.`,
      );
      return undefined;
    }
    const known = made.get(row);
    // Credentials are read anew, so equal ones are other objects.
    if (known && JSON.stringify(known.values) === JSON.stringify(values)) return known.row;
    const filled = values === undefined ? row : { ...row, litellm_params: { ...values, ...row.litellm_params } };
    const next = namedForTeam(
      row.source === "api" ? { ...filled, litellm_params: withEnvironment(filled.litellm_params, filling.env) } : filled,
    );
    made.set(row, { values, row: next });
    return next;
  };
}

const rows = new WeakMap<StoredModel, DeploymentRow>();

/** A stored model as a row like those of the file. */
export function rowOf(model: StoredModel): DeploymentRow {
  const known = rows.get(model);
  if (known) return known;
  const row: DeploymentRow = {
    model_name: model.name,
    litellm_params: model.params,
    model_info: {
      ...model.info,
      id: model.id,
      db_model: true,
      ...(model.teamId !== undefined && { team_id: model.teamId }),
      blocked: model.blocked,
      created_at: model.created_at.toISOString(),
      created_by: model.created_by,
      updated_at: model.updated_at.toISOString(),
      updated_by: model.updated_by,
    },
    source: "api",
  };
  rows.set(model, row);
  return row;
}

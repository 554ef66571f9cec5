/** A deployment as `/model/info` shows it: with what is known of its model, without secrets. */

import { type Deployment, supportedParameters } from "tollgate/parts";
import { masked } from "../secrets/masked.ts";
import { rowOf } from "./house-rows.ts";
import type { StoredModel } from "./stored-model.ts";
import { publicNameOf } from "./team-names.ts";

export type ShownModel = {
  readonly model_name: string;
  readonly litellm_params: Record<string, unknown>;
  readonly model_info: { readonly id: string; readonly db_model: boolean } & Record<string, unknown>;
};

export function shownDeployment(deployment: Deployment): ShownModel {
  const { row } = deployment;
  return {
    model_name: publicNameOf(row),
    litellm_params: masked(row.litellm_params),
    model_info: {
      ...deployment.facts,
      key: deployment.model,
      supported_openai_params: parametersOf(deployment),
      ...row.model_info,
      id: deployment.id,
      db_model: row.source === "api",
    },
  };
}

/** One that is not in force: blocked, or of a provider that nobody knows. */
export function shownStored(model: StoredModel): ShownModel {
  const { litellm_params: params, model_info: info } = rowOf(model);
  return { model_name: model.name, litellm_params: masked(params), model_info: { ...info, id: model.id, db_model: true } };
}

export function parametersOf(deployment: Deployment): readonly string[] {
  const operation = deployment.facts.mode === "embedding" ? "embed" : "chat";
  return [
    ...(deployment.service.supports[operation] ??
      supportedParameters(deployment.provider, operation, deployment.model, deployment.facts) ??
      []),
  ];
}

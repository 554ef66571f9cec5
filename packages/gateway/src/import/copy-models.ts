/** LiteLLM's models and credentials: opened, and encrypted again with our salt. */

import { type Copy, type Scene, stampsOf } from "./copy.ts";
import { type Fields, mapOf, textOf } from "./fields.ts";
import { unsealed } from "./unseal.ts";

const models: Copy = {
  thing: "models",
  from: "LiteLLM_ProxyModelTable",
  to: "models",
  id: ["model_id"],
  rows(there, scene) {
    const id = String(there["model_id"]);
    const name = String(there["model_name"]);
    const params = openedOr(there["litellm_params"], "models", `${name} (${id})`, scene);
    if (!params) return [];
    if (textOf(params["model"]) === undefined) {
      scene.leftOut("models", `${name} (${id})`, "its litellm_params name no model");
      return [];
    }
    const { id: _id, db_model: _stored, ...info } = mapOf(there["model_info"]) ?? {};
    const row = {
      model_id: id,
      model_name: name,
      litellm_params: scene.encryption.encryptJson(withoutNulls(params)),
      model_info: withoutNulls(info),
      team_id: textOf(info["team_id"]) ?? null,
      blocked: there["blocked"] === true,
      ...stampsOf(there, scene),
    };
    return [{ row }];
  },
};

const credentials: Copy = {
  thing: "credentials",
  from: "LiteLLM_CredentialsTable",
  to: "credentials",
  id: ["credential_name"],
  rows(there, scene) {
    const name = String(there["credential_name"]);
    const values = openedOr(there["credential_values"], "credentials", name, scene);
    if (!values) return [];
    const row = {
      credential_name: name,
      credential_values: scene.encryption.encryptJson(values),
      credential_info: mapOf(there["credential_info"]) ?? {},
      ...stampsOf(there, scene),
    };
    return [{ row }];
  },
};

function openedOr(sealed: unknown, thing: string, id: string, { open, leftOut }: Scene): Fields | undefined {
  const { values, closed } = unsealed(mapOf(sealed) ?? {}, open);
  if (closed.length === 0) return values;
  leftOut(thing, id, `${closed.join(", ")} cannot be decrypted: set LITELLM_SALT_KEY (or LITELLM_MASTER_KEY) to what LiteLLM had`);
  return undefined;
}

function withoutNulls(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

export const modelCopies: readonly Copy[] = [credentials, models];

/** Credentials of providers that models share: encrypted whole, told masked. */

import type { Selectable } from "kysely";
import { GatewayError } from "tollgate/parts";
import { notFound } from "../access/scope.ts";
import type { AreaHandlers } from "../http/admin-routes.ts";
import { isOurs, referencesIn } from "../models/environment-values.ts";
import { isDuplicate } from "../store/faults.ts";
import type { CredentialsTable } from "../store/tables.ts";
import { writeAudit } from "./audit.ts";
import { accountIn, maskedValues } from "./credential-values.ts";
import { merged } from "./merge.ts";
import type { ModelParts } from "./model-parts.ts";
import { requireStore } from "./model-row.ts";
import type { ManagementParts } from "./parts.ts";
import { changedBy, madeBy } from "./stamps.ts";

type Fields = Readonly<Record<string, unknown>>;

export function createCredentials(parts: ManagementParts, around: ModelParts): AreaHandlers<"credentials"> {
  const { database, clock, changed } = parts;
  const { models, secrets } = around;
  const file = () => models.file.credentials;

  async function shown({ credential_name, credential_values, credential_info }: Selectable<CredentialsTable>) {
    const encryption = await secrets();
    const { display_name = null, ...info } = credential_info as { display_name?: string };
    return {
      credential_name,
      display_name,
      credential_info: info,
      credential_values: maskedValues(encryption.decryptJson(credential_values) as Fields),
      source: "db",
    };
  }
  const ofFile = ([credential_name, values]: readonly [string, Fields]) => ({
    credential_name,
    display_name: null,
    credential_info: {},
    credential_values: maskedValues(values),
    source: "config",
  });

  /** What the request gives, over what the model has that it names. */
  function valuesOf(given: Fields | null | undefined, modelId: string | null | undefined): Fields {
    checkReferences(given ?? {});
    if (!modelId) return given ?? {};
    return { ...accountIn(paramsOf(modelId)), ...given };
  }

  function paramsOf(modelId: string): Fields {
    const found = models.stored.find(({ id }) => id === modelId)?.params;
    const running = around.house.router.routes.deployments.find(({ id }) => id === modelId)?.row.litellm_params;
    const params = found ?? running;
    if (!params) throw notFound("model", modelId);
    return params;
  }

  return {
    async new({ credential_name: name, display_name, credential_info: info, credential_values: given, model_id }, caller) {
      requireStore(around);
      if (file().has(name)) throw taken(name, "the config file has one of this name");
      const values = valuesOf(given, model_id);
      const encryption = await secrets();
      const told = { ...info, ...(display_name !== undefined && { display_name }) };
      await database.sql.transaction().execute(async (sql) => {
        try {
          await sql
            .insertInto("credentials")
            .values({
              credential_name: name,
              credential_values: encryption.encryptJson(values),
              credential_info: JSON.stringify(told),
              ...madeBy(caller, clock.now()),
            })
            .execute();
        } catch (cause) {
          if (isDuplicate(cause)) throw taken(name, "change that with PATCH");
          throw cause;
        }
        const after = { credential_info: told, credential_values: Object.keys(values) };
        await writeAudit(sql, caller, [{ action: "created", table: "credentials", id: name, after }]);
      });
      await changed("models", `credential:${name}`);
      return { success: true, message: "Credential created successfully" };
    },
    async list() {
      const rows = await database.sql.selectFrom("credentials").selectAll().orderBy("credential_name").execute();
      const stored = await Promise.all(rows.map(shown));
      return { success: true, credentials: [...[...file()].map(ofFile), ...stored] };
    },
    async byName({ credential_name: name }) {
      const own = file().get(name);
      if (own) return ofFile([name, own]);
      const row = await database.sql.selectFrom("credentials").selectAll().where("credential_name", "=", name).executeTakeFirst();
      if (!row) throw notFound("credential", name);
      return shown(row);
    },
    async byModel({ model_id: id }) {
      const params = paramsOf(id);
      const named = params["litellm_credential_name"];
      const name = typeof named === "string" ? named : `${id}-credential`;
      const values = { ...(typeof named === "string" ? models.credentials.get(named) : {}), ...accountIn(params) };
      const provider = params["custom_llm_provider"] ?? String(params["model"]).split("/")[0];
      return {
        credential_name: name,
        credential_info: { custom_llm_provider: provider },
        credential_values: maskedValues(values),
      };
    },
    async update({ credential_name: name, credential_info: info, ...given }, caller) {
      requireStore(around);
      if (file().has(name)) throw ofConfig(name);
      const encryption = await secrets();
      await database.sql.transaction().execute(async (sql) => {
        const before = await sql.selectFrom("credentials").selectAll().where("credential_name", "=", name).forUpdate().executeTakeFirst();
        if (!before) throw notFound("credential", name);
        const old = encryption.decryptJson(before.credential_values) as Fields;
        const values = merged(old, withoutMasks(valuesOf(given.credential_values, given.model_id)));
        for (const gone of given.credential_values_to_delete ?? []) delete values[gone];
        const { display_name } = given;
        const told = merged(before.credential_info, { ...info, ...(display_name !== undefined && { display_name }) });
        await sql
          .updateTable("credentials")
          .set({
            credential_values: encryption.encryptJson(values),
            credential_info: JSON.stringify(told),
            ...changedBy(caller, clock.now()),
          })
          .where("credential_name", "=", name)
          .execute();
        await writeAudit(sql, caller, [
          {
            action: "updated",
            table: "credentials",
            id: name,
            before: { credential_info: before.credential_info, credential_values: Object.keys(old) },
            after: { credential_info: told, credential_values: Object.keys(given.credential_values ?? {}) },
          },
        ]);
      });
      await changed("models", `credential:${name}`);
      return { success: true, message: "Credential updated successfully" };
    },
    async delete({ credential_name: name }, caller) {
      requireStore(around);
      if (file().has(name)) throw ofConfig(name);
      await database.sql.transaction().execute(async (sql) => {
        const gone = await sql
          .deleteFrom("credentials")
          .where("credential_name", "=", name)
          .returning("credential_info")
          .executeTakeFirst();
        if (!gone) throw notFound("credential", name);
        await writeAudit(sql, caller, [
          { action: "deleted", table: "credentials", id: name, before: { credential_info: gone.credential_info } },
        ]);
      });
      await changed("models", `credential:${name}`);
      const using = models.stored.filter(({ params }) => params["litellm_credential_name"] === name).map((each) => each.name);
      const warnings =
        using.length === 0 ? {} : { warnings: [`Models that named it are out of force now: ${using.slice(0, 20).join(", ")}.`] };
      return { success: true, message: "Credential deleted successfully", ...warnings };
    },
  };
}

/** Clients that show a form send back what they were told. */
function withoutMasks(values: Fields): Fields {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== "********"));
}

function checkReferences(values: Fields): void {
  const name = referencesIn(values).find(isOurs);
  if (name !== undefined)
    throw new GatewayError("bad_request", `A credential may not read ${name}: it is a secret of the gateway itself.`, {
      param: "credential_values",
    });
}

function taken(name: string, then: string): GatewayError {
  return new GatewayError("conflict", `The credential name '${name}' is taken: ${then}.`, { param: "credential_name" });
}

function ofConfig(name: string): GatewayError {
  return new GatewayError("bad_request", `The credential '${name}' stands in the config file. Change it there and send SIGHUP.`, {
    param: "credential_name",
  });
}

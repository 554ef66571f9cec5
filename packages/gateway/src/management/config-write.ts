/** Stores changed settings: checked, audited, told to all instances. */

import type { Transaction } from "kysely";
import { GatewayError } from "tollgate/parts";
import { addressFits } from "../access/addresses.ts";
import { isLive, refusedSetting, type Section } from "../config/changeable.ts";
import type { Caller } from "../http/admin-routes.ts";
import { masked } from "../secrets/masked.ts";
import type { Tables } from "../store/tables.ts";
import { writeAudit } from "./audit.ts";
import type { RunSettings } from "./config-settings.ts";
import type { ManagementParts } from "./parts.ts";

type Fields = Readonly<Record<string, unknown>>;

/** How it looks afterwards is worked out while the row is locked, so that two changes at once both count. */
export type Change = (stored: Fields) => Fields;

export type WriteSettings = (section: Section, change: Change, caller: Caller) => Promise<void>;

export function createSettingsWriter({ database, clock, changed }: ManagementParts, settings: RunSettings): WriteSettings {
  return async (section, change, caller) => {
    await database.sql.transaction().execute(async (sql) => {
      const before = await locked(sql, section);
      const after = change(before);
      const all = { ...settings.current[section], ...after };
      if (section === "general_settings") refuseShuttingOut(all["allowed_ips"], caller);
      await sql
        .updateTable("config")
        .set({ param_value: JSON.stringify(after), updated_at: new Date(clock.now()) })
        .where("param_name", "=", section)
        .execute();
      await writeAudit(sql, caller, [{ action: "updated", table: "config", id: section, before: masked(before), after: masked(after) }]);
    });
    await settings.reload();
    await changed("config", section);
  };
}

async function locked(sql: Transaction<Tables>, section: Section): Promise<Fields> {
  await sql
    .insertInto("config")
    .values({ param_name: section, param_value: "{}" })
    .onConflict((row) => row.doNothing())
    .execute();
  const row = await sql.selectFrom("config").select("param_value").where("param_name", "=", section).forUpdate().executeTakeFirstOrThrow();
  return row.param_value;
}

/** Throws bad_request, unprocessable. */
export function checkSetting(section: Section, name: string, value: unknown): void {
  const refused = refusedSetting(section, name, value);
  if (!refused) return;
  throw new GatewayError(
    refused.kind === "value" ? "unprocessable" : "bad_request",
    `The setting '${name.slice(0, 200)}' ${refused.why}.`,
    {
      param: name.slice(0, 200),
    },
  );
}

/** When a stored setting counts, for `warnings`. */
export function whenInForce(section: Section, names: readonly string[]): { warnings?: string[] } {
  const idle = names.filter((name) => !isLive(section, name));
  return idle.length === 0
    ? {}
    : {
        warnings: idle.map(
          (name) => `${section}.${name} is stored, but not in force: it is read from the config file at start. Write it there and restart.`,
        ),
      };
}

function refuseShuttingOut(allowed: unknown, { ip }: Caller): void {
  if (!Array.isArray(allowed) || allowed.length === 0 || addressFits(ip, allowed as string[])) return;
  throw new GatewayError(
    "bad_request",
    `This list of allowed_ips would shut you out: your own address ${ip} is not in it. Add that first.`,
    { param: "allowed_ips", code: "would_shut_out" },
  );
}

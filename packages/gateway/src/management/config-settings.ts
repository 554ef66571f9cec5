/** Settings of the config file with those laid over them that were changed while the gateway ran. */

import { isLive, type Section, sections } from "../config/changeable.ts";
import type { Database } from "../store/database.ts";
import type { ManagementSettings } from "./parts.ts";

type Fields = Readonly<Record<string, unknown>>;
export type BySection = { readonly [S in Section]: Fields };

export interface RunSettings {
  /** What is in force. */
  readonly current: BySection;
  /** What the database holds, in force or not. */
  readonly stored: BySection;
  /** What key, user and team routes need of it. */
  readonly management: ManagementSettings;
  /** Undefined: from anywhere. */
  readonly allowedIps: readonly string[] | undefined;
  reload(): Promise<void>;
  close(): void;
}

export interface RunSettingsOptions {
  readonly file: BySection;
  readonly database: Pick<Database, "sql" | "ready" | "listen"> | undefined;
  readonly warn: (fields: object, text: string) => void;
}

const nothing: BySection = { general_settings: {}, litellm_settings: {}, router_settings: {} };

export function createRunSettings({ file, database, warn }: RunSettingsOptions): RunSettings {
  let stored = nothing;
  let current = file;
  let management = managementOf(file);

  async function reload(): Promise<void> {
    if (!database) return;
    stored = await readStored(database.sql);
    const over = (section: Section): Fields => ({
      ...file[section],
      ...Object.fromEntries(Object.entries(stored[section]).filter(([name]) => isLive(section, name))),
    });
    current = {
      general_settings: over("general_settings"),
      litellm_settings: over("litellm_settings"),
      router_settings: over("router_settings"),
    };
    management = managementOf(current);
  }
  const onTold = (): void =>
    void reload().catch((cause: unknown) => warn({ error: String(cause) }, "the settings of the database cannot be read"));
  const stop = database?.listen("config", onTold);
  database?.ready.then(onTold, () => undefined);
  return {
    get current() {
      return current;
    },
    get stored() {
      return stored;
    },
    get management() {
      return management;
    },
    get allowedIps() {
      const list = current.general_settings["allowed_ips"];
      return Array.isArray(list) && list.length > 0 ? (list as string[]) : undefined;
    },
    reload,
    close: () => stop?.(),
  };
}

export async function readStored(sql: Pick<Database["sql"], "selectFrom">): Promise<BySection> {
  const rows = await sql
    .selectFrom("config")
    .selectAll()
    .where("param_name", "in", [...sections])
    .execute();
  const of = (section: Section): Fields => rows.find((row) => row.param_name === section)?.param_value ?? {};
  return { general_settings: of("general_settings"), litellm_settings: of("litellm_settings"), router_settings: of("router_settings") };
}

function managementOf({ litellm_settings: litellm, general_settings: general }: BySection): ManagementSettings {
  return {
    defaultKeyParams: mapOf(litellm["default_key_generate_params"]),
    upperboundKeyParams: mapOf(litellm["upperbound_key_generate_params"]),
    defaultUserParams: mapOf(litellm["default_internal_user_params"]),
    defaultTeamParams: mapOf(litellm["default_team_params"]),
    maxInternalUserBudget: numberOf(litellm["max_internal_user_budget"]),
    internalUserBudgetDuration: textOf(litellm["internal_user_budget_duration"]),
    keyGeneration: mapOf(litellm["key_generation_settings"]),
    personalKeysDisabled: general["default_team_disabled"] === true,
  };
}

function mapOf(value: unknown): Fields {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

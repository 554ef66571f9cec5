/** What a new or changed key is to have: defaults and caps of the configuration, everybody it belongs to checked. */

import { GatewayError } from "tollgate/parts";
import { notFound } from "../access/scope.ts";
import type { Database } from "../store/database.ts";
import type { ManagementSettings } from "./parts.ts";

type Fields = Readonly<Record<string, unknown>>;

/** `default_key_generate_params` fill what is missing; what `upperbound_key_generate_params` name is bounded. Throws bad_request. */
export function withDefaults(given: Fields, { defaultKeyParams, upperboundKeyParams }: ManagementSettings): Fields {
  const filled: Record<string, unknown> = { ...given };
  for (const [name, value] of Object.entries(defaultKeyParams)) filled[name] ??= value;
  for (const [name, most] of Object.entries(upperboundKeyParams)) {
    const asked = filled[name];
    if (asked === undefined || asked === null) filled[name] = most;
    else if (isMore(asked, most))
      throw new GatewayError(
        "bad_request",
        `'${name}' is ${String(asked)}, which is above the upper bound ${String(most)} (upperbound_key_generate_params).`,
        { param: name },
      );
  }
  return filled;
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, mo: 2_592_000 };

function isMore(asked: unknown, most: unknown): boolean {
  if (typeof asked === "number" && typeof most === "number") return asked > most;
  return typeof asked === "string" && typeof most === "string" && secondsOf(asked) > secondsOf(most);
}

function secondsOf(duration: string): number {
  const [, count, unit = ""] = /^(\d+)(s|m|h|d|w|mo)$/.exec(duration) ?? [];
  return count === undefined ? 0 : Number(count) * (unitSeconds[unit] ?? 0);
}

const references = [
  ["user_id", "users", "user"],
  ["team_id", "teams", "team"],
  ["organization_id", "organizations", "organization"],
  ["project_id", "projects", "project"],
  ["budget_id", "budgets", "budget"],
] as const;

/** Everybody who is named must be there. */
export async function requireExisting(given: Fields, sql: Database["sql"]): Promise<void> {
  await Promise.all(
    references.map(async ([field, table, what]) => {
      const id = textOf(given[field]);
      if (id === undefined) return;
      const found = await sql
        .selectFrom(table)
        .select(sql.fn.countAll().as("count"))
        .where(field as never, "=", id as never)
        .executeTakeFirst();
      if (!found || Number(found.count) === 0) throw notFound(what, id);
    }),
  );
}

/** A guaranteed throughput must not promise more than the team has. */
export async function refuseOverAllocation(given: Fields, token: string | undefined, sql: Database["sql"]): Promise<void> {
  const teamId = textOf(given["team_id"]);
  if (teamId === undefined) return;
  for (const of of ["rpm", "tpm"] as const) {
    const asked = given[`${of}_limit`];
    if (given[`${of}_limit_type`] !== "guaranteed_throughput" || typeof asked !== "number") continue;
    const team = await sql.selectFrom("teams").select("settings").where("team_id", "=", teamId).executeTakeFirst();
    const most = team?.settings[`${of}_limit`];
    if (typeof most !== "number") continue;
    const keys = await sql.selectFrom("keys").select(["token", "settings"]).where("team_id", "=", teamId).execute();
    const promised = keys
      .filter((key) => key.token !== token && key.settings[`${of}_limit_type`] === "guaranteed_throughput")
      .reduce((sum, key) => sum + Number(key.settings[`${of}_limit`] ?? 0), 0);
    if (promised + asked > most)
      throw new GatewayError(
        "bad_request",
        `'${of}_limit' of ${asked} cannot be guaranteed: the team has ${most}, and ${promised} are promised to its other keys.`,
        { param: `${of}_limit` },
      );
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

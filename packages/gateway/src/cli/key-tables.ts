/** Keys for people who read a terminal. */

import type { AdminClient } from "@tollgate/admin";
import { textTable } from "./text-table.ts";

export type KeyRow = Awaited<ReturnType<AdminClient["keys"]["info"]>>["info"];

export function keyTable(rows: readonly KeyRow[]): string {
  const cells = rows.map((row) => [
    row.key_alias ?? "-",
    row.key_name ?? "-",
    row.team_id ?? "-",
    row.user_id ?? "-",
    dollars(row.spend),
    budgetOf(row),
    dayOf(row.expires),
    row.blocked === true ? "blocked" : "",
  ]);
  return textTable([["ALIAS", "KEY", "TEAM", "USER", "SPENT", "BUDGET", "EXPIRES", ""], ...cells]);
}

export function keyLines(row: KeyRow): string {
  const lines: [string, string][] = [
    ["Alias", row.key_alias ?? "-"],
    ["Key", row.key_name ?? "-"],
    ["Hash", row.token ?? "-"],
    ["Team", row.team_id ?? "-"],
    ["User", row.user_id ?? "-"],
    ["Models", row.models.length === 0 ? "all" : row.models.join(", ")],
    ["Spent", dollars(row.spend)],
    ["Budget", budgetOf(row)],
    ["Limits", limitsOf(row)],
    ["Expires", dayOf(row.expires)],
    ["Made", `${dayOf(row.created_at)}${row.created_by ? ` by ${row.created_by}` : ""}`],
  ];
  return textTable(row.blocked === true ? [...lines, ["Blocked", "yes"]] : lines);
}

function dollars(amount: number): string {
  return `$${amount.toFixed(amount !== 0 && amount < 0.01 ? 6 : 2)}`;
}

function budgetOf({ max_budget: most, budget_duration: duration }: KeyRow): string {
  if (most === null || most === undefined) return "-";
  return dollars(most) + (duration ? ` each ${duration}` : "");
}

function limitsOf({ rpm_limit: rpm, tpm_limit: tpm, max_parallel_requests: parallel }: KeyRow): string {
  const said = [
    ...(typeof rpm === "number" ? [`${rpm} requests a minute`] : []),
    ...(typeof tpm === "number" ? [`${tpm} tokens a minute`] : []),
    ...(typeof parallel === "number" ? [`${parallel} at once`] : []),
  ];
  return said.join(", ") || "-";
}

function dayOf(stamp: string | null | undefined): string {
  return stamp ? stamp.slice(0, 10) : "-";
}

/** Ends teams with all that lives in them: keys, memberships, projects. */

import type { Transaction } from "kysely";
import type { Caller } from "../http/admin-routes.ts";
import type { Tables } from "../store/tables.ts";
import type { Changes } from "./announce.ts";
import { writeAudit } from "./audit.ts";
import { chunks } from "./chunks.ts";
import { endKeys } from "./key-ends.ts";
import { dropOwnBudget } from "./own-budget.ts";
import { byOf } from "./stamps.ts";
import type { TeamRow } from "./team-access.ts";
import { plainTeam } from "./team-row.ts";

/** The answer has to be announced after the transaction. */
export async function endTeams(sql: Transaction<Tables>, rows: readonly TeamRow[], caller: Caller): Promise<Changes> {
  const people: string[] = [];
  const keys: string[] = [];
  const by = byOf(caller);
  for (const some of chunks(rows)) {
    const ids = some.map(({ team_id }) => team_id);
    const members = await sql.selectFrom("team_members").select("user_id").distinct().where("team_id", "in", ids).execute();
    const kept = some.map((row) => ({ kind: "team", id: row.team_id, deleted_by: by, row: JSON.stringify(plainTeam(row)) }));
    await sql.insertInto("deleted").values(kept).execute();
    const ofTeams = await sql.selectFrom("keys").selectAll().where("team_id", "in", ids).execute();
    keys.push(...(await endKeys(sql, ofTeams, caller)));
    for (const project of await sql.selectFrom("projects").selectAll().where("team_id", "in", ids).execute())
      await dropOwnBudget(project, sql);
    for (const table of ["team_members", "projects", "teams"] as const) await sql.deleteFrom(table).where("team_id", "in", ids).execute();
    await writeAudit(
      sql,
      caller,
      some.map((row) => ({ action: "deleted", table: "teams", id: row.team_id, before: plainTeam(row) })),
    );
    people.push(...ids.map((id) => `team:${id}`), ...members.map(({ user_id }) => `user:${user_id}`));
  }
  return { people, keys };
}

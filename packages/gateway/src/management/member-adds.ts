/** People join teams: one, several, or everybody. */

import type { contract, InputOf } from "@tollgate/admin";
import { GatewayError } from "tollgate/parts";
import { requireRight } from "../access/permissions.ts";
import { scopeOf } from "../access/scope.ts";
import type { AreaHandlers, Caller } from "../http/admin-routes.ts";
import { isDuplicate } from "../store/faults.ts";
import { announce } from "./announce.ts";
import { writeAudit } from "./audit.ts";
import { chunks } from "./chunks.ts";
import { listOf } from "./limited-row.ts";
import { findOrMakeUser, isOwn, type Joining } from "./member-people.ts";
import { memberId, shownMemberships } from "./member-row.ts";
import type { ManagementParts } from "./parts.ts";
import type { SpentContext } from "./spent.ts";
import { findTeam, type TeamRow, unknownTeam } from "./team-access.ts";
import { shownTeams } from "./team-row.ts";
import type { Person } from "./user-find.ts";
import type { InTransaction } from "./user-insert.ts";
import { toldOf } from "./user-new.ts";
import { shownName, shownUsers } from "./user-row.ts";

type Fields = Readonly<Record<string, unknown>>;
type Add = InputOf<(typeof contract.teams)["memberAdd"]>;

export interface NewMember extends Person {
  readonly role: string;
}

export function createMemberAdds(
  parts: ManagementParts,
  context: () => SpentContext,
): Pick<AreaHandlers<"teams">, "memberAdd" | "bulkMemberAdd"> {
  const { database } = parts;

  async function add(team: TeamRow, members: readonly NewMember[], limits: Fields, caller: Caller): Promise<Joining[]> {
    const joined = await database.sql
      .transaction()
      .execute((sql) => joinTeam({ teamId: team.team_id, members, limits }, caller, parts, { ...context(), sql }));
    await announce(parts, { people: joined.map(({ userId }) => `user:${userId}`) });
    return joined;
  }

  async function shown(joined: readonly Joining[], team: TeamRow, caller: Caller) {
    const ids = joined.map(({ userId }) => userId);
    const users = await database.sql.selectFrom("users").selectAll().where("user_id", "in", ids).execute();
    const own = new Set(joined.filter((each) => isOwn(each, caller)).map(({ userId }) => userId));
    const whole = await shownUsers(
      users.filter(({ user_id }) => own.has(user_id)),
      context(),
    );
    const rows = await database.sql
      .selectFrom("team_members")
      .selectAll()
      .where("team_id", "=", team.team_id)
      .where("user_id", "in", ids)
      .execute();
    return {
      users: [...whole, ...users.filter(({ user_id }) => !own.has(user_id)).map(shownName)],
      memberships: await shownMemberships(rows, new Map([[team.team_id, team.settings]]), context()),
    };
  }

  return {
    async memberAdd({ team_id, member, ...limits }, caller) {
      const members = [member].flat();
      const team = await teamToJoin({ team_id, member, ...limits }, caller, parts);
      const joined = await add(team, members, limits, caller);
      const { users, memberships } = await shown(joined, team, caller);
      const [whole] = await shownTeams([team], scopeOf(caller.principal), context());
      if (!whole) throw unknownTeam(team_id);
      return { ...whole, updated_users: users, updated_team_memberships: memberships };
    },
    async bulkMemberAdd({ team_id, members = [], all_users, ...limits }, caller) {
      const team = await findTeam(team_id, caller, all_users ? "gateway" : "admin", database.sql);
      const wanted = all_users ? await everybodyElse(team_id, database.sql) : members;
      const results = [];
      for (const member of wanted) {
        const { user_id = null, user_email = null } = member;
        try {
          const [joined] = await add(team, [member], limits, caller);
          results.push({ user_id: joined?.userId ?? user_id, user_email, success: true });
        } catch (thrown) {
          results.push({ user_id, user_email, success: false, error: toldOf(thrown) });
        }
      }
      const added = results.filter(({ success }) => success).length;
      return {
        team_id,
        results,
        total_requested: results.length,
        successful_additions: added,
        failed_additions: results.length - added,
      };
    },
  };
}

/** Its admins let people in; teams that the configuration names in `available_teams` may be joined by everybody. */
async function teamToJoin(input: Add, caller: Caller, { database, settings }: ManagementParts): Promise<TeamRow> {
  const { principal } = caller;
  const [only, ...more] = [input.member].flat();
  const limited = [input.max_budget_in_team, input.budget_duration, input.allowed_models].some((limit) => limit !== undefined);
  const joinsItself = more.length === 0 && !limited && only?.role === "user" && Boolean(only.user_id) && only.user_id === principal.userId;
  if (joinsItself && listOf(settings.defaultUserParams["available_teams"]).includes(input.team_id)) {
    const team = await database.sql.selectFrom("teams").selectAll().where("team_id", "=", input.team_id).executeTakeFirst();
    if (team) return team;
  }
  requireRight(principal, "teams:write", "/team/member_add");
  return findTeam(input.team_id, caller, "admin", database.sql);
}

export interface Joiners {
  readonly teamId: string;
  readonly members: readonly NewMember[];
  /** max_budget_in_team, budget_duration, allowed_models. */
  readonly limits: Fields;
}

/** The new members have to be announced after the transaction. */
export async function joinTeam(
  { teamId, members, limits }: Joiners,
  caller: Caller,
  parts: Pick<ManagementParts, "newId" | "settings">,
  context: InTransaction,
): Promise<Joining[]> {
  const { sql, now } = context;
  const joining: (Joining & { readonly role: string })[] = [];
  for (const member of members) joining.push({ ...(await findOrMakeUser(member, caller, parts, context)), role: member.role });
  const ids = new Set<string>();
  for (const { userId } of joining) {
    if (ids.has(userId)) throw isMember(userId);
    ids.add(userId);
  }
  const settings = JSON.stringify(Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined)));
  for (const some of chunks(joining)) {
    await refuseMembers(
      teamId,
      some.map(({ userId }) => userId),
      sql,
    );
    const rows = some.map(({ userId, role }) => ({ team_id: teamId, user_id: userId, role, settings, created_at: new Date(now) }));
    try {
      await sql.insertInto("team_members").values(rows).execute();
    } catch (cause) {
      if (isDuplicate(cause)) throw isMember(some[0]?.userId ?? "");
      throw cause;
    }
    await writeAudit(
      sql,
      caller,
      rows.map((row) => ({ action: "created", table: "team_members", id: memberId(row), after: { role: row.role, ...limits } })),
    );
  }
  return joining;
}

async function refuseMembers(teamId: string, ids: readonly string[], sql: InTransaction["sql"]): Promise<void> {
  if (ids.length === 0) return;
  const found = await sql
    .selectFrom("team_members")
    .select("user_id")
    .where("team_id", "=", teamId)
    .where("user_id", "in", ids)
    .executeTakeFirst();
  if (found) throw isMember(found.user_id);
}

async function everybodyElse(teamId: string, sql: SpentContext["sql"]): Promise<NewMember[]> {
  const rows = await sql
    .selectFrom("users")
    .select("user_id")
    .where((each) => each("user_id", "not in", each.selectFrom("team_members").select("user_id").where("team_id", "=", teamId)))
    .orderBy("user_id")
    .execute();
  return rows.map((row) => ({ ...row, role: "user" }));
}

function isMember(userId: string): GatewayError {
  return new GatewayError("conflict", `The user '${userId}' is in this team already. Change what they may with /team/member_update.`, {
    param: "member",
  });
}

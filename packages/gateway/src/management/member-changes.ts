/** Members of teams: their role and limits, their spend, their leaving. */

import { dollarsOf, GatewayError, nanoOf } from "tollgate/parts";
import { scopeOf } from "../access/scope.ts";
import type { AreaHandlers, Caller } from "../http/admin-routes.ts";
import { announce } from "./announce.ts";
import { writeAudit } from "./audit.ts";
import { endKeys } from "./key-ends.ts";
import { textOf } from "./key-row.ts";
import { type MemberRow, memberId, memberLimits, shownMemberships } from "./member-row.ts";
import { merged } from "./merge.ts";
import type { ManagementParts } from "./parts.ts";
import { keepSpent, type Spender, type SpentContext, setSpent, spentOf } from "./spent.ts";
import { findTeam, type TeamRow, unknownTeam } from "./team-access.ts";
import { shownTeams } from "./team-row.ts";
import { raiseOf } from "./temporary-raise.ts";
import { lookForUser, type Person } from "./user-find.ts";
import { toldOf } from "./user-new.ts";

type Fields = Readonly<Record<string, unknown>>;
type Changes = Pick<
  AreaHandlers<"teams">,
  "memberUpdate" | "memberDelete" | "bulkMemberUpdate" | "bulkMemberDelete" | "me" | "resetMemberSpend" | "resetMemberBudget"
>;

export function createMemberChanges(parts: ManagementParts, context: () => SpentContext): Changes {
  const { database } = parts;
  const { sql } = database;
  const teamOf = (id: string, caller: Caller): Promise<TeamRow> => findTeam(id, caller, "admin", sql);

  async function change(team: TeamRow, member: MemberRow, { role, ...given }: Fields, caller: Caller): Promise<MemberRow> {
    const laid = { ...given, ...raiseOf(given, member.settings, context().now) };
    const after = { ...member, ...(typeof role === "string" && { role }), settings: merged(member.settings, laid) };
    await sql.transaction().execute(async (inside) => {
      await inside
        .updateTable("team_members")
        .set({ role: after.role, settings: JSON.stringify(after.settings) })
        .where("team_id", "=", team.team_id)
        .where("user_id", "=", member.user_id)
        .execute();
      const before = spenderOf(member, team).duration;
      await keepSpent(spenderOf(after, team), before, undefined, { ...context(), sql: inside });
      const entry = { table: "team_members", id: memberId(member), before: plain(member), after: { role: after.role, ...laid } };
      await writeAudit(inside, caller, [{ action: "updated", ...entry }]);
    });
    await announce(parts, { people: [`user:${member.user_id}`] });
    return after;
  }

  /** With the keys that the member had for this team. */
  async function remove(team: TeamRow, member: MemberRow, caller: Caller): Promise<void> {
    const { team_id, user_id } = member;
    const ended = await sql.transaction().execute(async (inside) => {
      await inside.deleteFrom("team_members").where("team_id", "=", team_id).where("user_id", "=", user_id).execute();
      const keys = await inside.selectFrom("keys").selectAll().where("team_id", "=", team_id).where("user_id", "=", user_id).execute();
      await writeAudit(inside, caller, [{ action: "deleted", table: "team_members", id: memberId(member), before: plain(member) }]);
      return endKeys(inside, keys, caller);
    });
    await announce(parts, { people: [`user:${user_id}`, `team:${team.team_id}`], keys: ended });
  }

  async function each<Item extends Person>(
    team: TeamRow,
    members: readonly Item[],
    work: (member: MemberRow, item: Item) => Promise<Fields>,
  ) {
    const data = [];
    for (const item of members) {
      const { user_id = null, user_email = null } = item;
      try {
        const member = await findMember(team, item, sql);
        data.push({ user_email, ...(await work(member, item)), user_id: member.user_id, success: true });
      } catch (thrown) {
        data.push({ user_id, user_email, success: false, error: toldOf(thrown) });
      }
    }
    return { data };
  }

  return {
    async memberUpdate({ team_id, user_id, user_email, ...given }, caller) {
      const team = await teamOf(team_id, caller);
      const member = await findMember(team, { user_id, user_email }, sql);
      const after = await change(team, member, given, caller);
      return { ...memberLimits(after, team.settings), ...after.settings, role: after.role, team_id, user_id: member.user_id, user_email };
    },
    async memberDelete({ team_id, ...person }, caller) {
      const team = await teamOf(team_id, caller);
      await remove(team, await findMember(team, person, sql), caller);
      const [shown] = await shownTeams([team], scopeOf(caller.principal), context());
      if (!shown) throw unknownTeam(team_id);
      return shown;
    },
    async bulkMemberUpdate({ team_id, members }, caller) {
      const team = await teamOf(team_id, caller);
      return each(team, members, async (member, { user_id: _id, user_email: _mail, ...given }) => {
        const after = await change(team, member, given, caller);
        const source = after.settings["max_budget_in_team"] === undefined ? "team_default" : "member";
        return { ...memberLimits(after, team.settings), budget_id: after.budget_id, max_budget_source: source };
      });
    },
    async bulkMemberDelete({ team_id, members }, caller) {
      const team = await teamOf(team_id, caller);
      return each(team, members, async (member) => {
        await remove(team, member, caller);
        return {};
      });
    },
    async me({ team_id }, caller) {
      const { userId = "", userEmail = null } = caller.principal;
      const team = await sql.selectFrom("teams").selectAll().where("team_id", "=", team_id).executeTakeFirst();
      const member = team && (await lookForMember(team_id, userId, sql));
      const [shown] = member ? await shownMemberships([member], new Map([[team_id, team.settings]]), context()) : [];
      if (!shown) throw unknownTeam(team_id);
      return { ...shown, user_email: userEmail, team_alias: team?.team_alias ?? null };
    },
    async resetMemberSpend({ team_id, user_id, reset_to }, caller) {
      const team = await teamOf(team_id, caller);
      const member = await findMember(team, { user_id }, sql);
      const spender = spenderOf(member, team);
      const [before] = await spentOf([spender], context());
      await sql.transaction().execute(async (inside) => {
        await setSpent(spender, nanoOf(reset_to), { ...context(), sql: inside });
        const entry = { table: "team_members", id: memberId(member), before: { spend: dollarsOf(before?.nano ?? 0n) } };
        await writeAudit(inside, caller, [{ action: "updated", ...entry, after: { spend: reset_to } }]);
      });
      await announce(parts, { people: [`user:${user_id}`] });
      return { team_id, user_id, spend: reset_to, previous_spend: dollarsOf(before?.nano ?? 0n) };
    },
    async resetMemberBudget({ team_id, user_id }, caller) {
      const team = await teamOf(team_id, caller);
      const member = await findMember(team, { user_id }, sql);
      const none = { max_budget_in_team: null, budget_duration: null, temp_budget_increase: null, temp_budget_expiry: null };
      const after = await change(team, member, none, caller);
      const source = memberLimits(after, team.settings)["max_budget"] === null ? "none" : "team_default";
      return { team_id, user_id, budget_id: after.budget_id, previous_budget_id: member.budget_id, budget_source: source };
    },
  };
}

function spenderOf(member: MemberRow, team: TeamRow): Spender {
  return { level: "member", id: memberId(member), duration: textOf(memberLimits(member, team.settings)["budget_duration"]) };
}

/** An id counts also for people whose own row is gone. Throws not_found, in the same words for who is unknown and who is elsewhere. */
async function findMember(team: TeamRow, person: Person, sql: SpentContext["sql"]): Promise<MemberRow> {
  const userId = person.user_id || (await lookForUser(person, sql))?.user_id;
  const member = userId === undefined ? undefined : await lookForMember(team.team_id, userId, sql);
  if (member) return member;
  const asked = person.user_id || person.user_email || "";
  throw new GatewayError("not_found", `There is no member '${asked}' in the team '${team.team_alias ?? team.team_id}'.`, {
    param: person.user_id ? "user_id" : "user_email",
  });
}

function lookForMember(teamId: string, userId: string, sql: SpentContext["sql"]): Promise<MemberRow | undefined> {
  return sql.selectFrom("team_members").selectAll().where("team_id", "=", teamId).where("user_id", "=", userId).executeTakeFirst();
}

function plain({ settings, ...columns }: MemberRow): Fields {
  return { ...settings, ...columns };
}

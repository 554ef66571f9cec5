/** People in organizations: added, changed, taken out. */

import type { contract, InputOf } from "@tollgate/admin";
import { GatewayError } from "tollgate/parts";
import { type Scope, scopeOf } from "../access/scope.ts";
import type { AreaHandlers, Caller } from "../http/admin-routes.ts";
import { isDuplicate } from "../store/faults.ts";
import { announce } from "./announce.ts";
import { writeAudit } from "./audit.ts";
import { endKeys } from "./key-ends.ts";
import { findOrMakeUser, isOwn, type Joining } from "./member-people.ts";
import { merged } from "./merge.ts";
import { findOrganization } from "./organization-access.ts";
import { type OrganizationMemberRow, shownOrganizationMembers } from "./organization-row.ts";
import type { ManagementParts } from "./parts.ts";
import type { SpentContext } from "./spent.ts";
import { visibleUsers } from "./user-access.ts";
import { lookForUser, type Person } from "./user-find.ts";
import type { InTransaction } from "./user-insert.ts";
import { shownName, shownUsers } from "./user-row.ts";

type Members = Pick<AreaHandlers<"organizations">, "memberAdd" | "memberUpdate" | "memberDelete">;
type Add = InputOf<(typeof contract.organizations)["memberAdd"]>;

const notInForce = ["max_budget_in_organization is stored, but not in force in this version."];

export function createOrganizationMembers(parts: ManagementParts, context: () => SpentContext): Members {
  const { database } = parts;
  const { sql } = database;

  async function join(input: Add, caller: Caller, inside: InTransaction): Promise<Joining[]> {
    const { organization_id, max_budget_in_organization: most } = input;
    const joined: Joining[] = [];
    for (const member of [input.member].flat()) {
      const joining = await findOrMakeUser(member, caller, parts, inside);
      const guest = !joining.isNew && !(await rulesOver(joining.userId, scopeOf(caller.principal), inside));
      const settings = { ...(most !== undefined && { max_budget_in_organization: most }), ...(guest && { guest: true }) };
      const row = { organization_id, user_id: joining.userId, user_role: member.role };
      try {
        await inside.sql
          .insertInto("organization_members")
          .values({ ...row, settings: JSON.stringify(settings), created_at: new Date(inside.now) })
          .execute();
      } catch (cause) {
        if (isDuplicate(cause)) throw isMember(joining.userId);
        throw cause;
      }
      await writeAudit(inside.sql, caller, [{ action: "created", table: "organization_members", id: idOf(row), after: row }]);
      joined.push(joining);
    }
    return joined;
  }

  return {
    async memberAdd(input, caller) {
      const { organization_id } = input;
      await findOrganization(organization_id, caller, "administer", sql);
      const joined = await sql.transaction().execute((inside) => join(input, caller, { ...context(), sql: inside }));
      const ids = joined.map(({ userId }) => userId);
      await announce(parts, { people: ids.map((id) => `user:${id}`) });
      const users = await sql.selectFrom("users").selectAll().where("user_id", "in", ids).execute();
      const own = new Set(joined.filter((each) => isOwn(each, caller)).map(({ userId }) => userId));
      const whole = users.filter(({ user_id }) => own.has(user_id));
      const rows = await sql
        .selectFrom("organization_members")
        .selectAll()
        .where("organization_id", "=", organization_id)
        .where("user_id", "in", ids)
        .execute();
      return {
        organization_id,
        updated_users: [...(await shownUsers(whole, context())), ...users.filter(({ user_id }) => !own.has(user_id)).map(shownName)],
        updated_organization_memberships: await shownOrganizationMembers(rows, context()),
        warnings: input.max_budget_in_organization === undefined ? [] : notInForce,
      };
    },
    async memberUpdate({ organization_id, user_id, user_email, role, ...given }, caller) {
      await findOrganization(organization_id, caller, "administer", sql);
      const member = await findMember(organization_id, { user_id, user_email }, sql);
      const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      const after = { ...member, user_role: role ?? member.user_role, settings: merged(member.settings, said) };
      await sql.transaction().execute(async (inside) => {
        await inside
          .updateTable("organization_members")
          .set({ user_role: after.user_role, settings: JSON.stringify(after.settings) })
          .where("organization_id", "=", organization_id)
          .where("user_id", "=", member.user_id)
          .execute();
        const change = { before: { user_role: member.user_role }, after: { user_role: after.user_role, ...said } };
        await writeAudit(inside, caller, [{ action: "updated", table: "organization_members", id: idOf(member), ...change }]);
      });
      await announce(parts, { people: [`user:${member.user_id}`] });
      const [shown] = await shownOrganizationMembers([after], context());
      if (!shown) throw noMember(organization_id, { user_id, user_email });
      return { ...shown, warnings: (given.max_budget_in_organization ?? null) === null ? [] : notInForce };
    },
    async memberDelete({ organization_id, ...person }, caller) {
      await findOrganization(organization_id, caller, "administer", sql);
      const member = await findMember(organization_id, person, sql);
      const ended = await sql.transaction().execute(async (inside) => {
        await inside
          .deleteFrom("organization_members")
          .where("organization_id", "=", organization_id)
          .where("user_id", "=", member.user_id)
          .execute();
        // Keys of teams are the teams': whoever leaves one of these loses them there.
        const keys = await inside
          .selectFrom("keys")
          .selectAll()
          .where("organization_id", "=", organization_id)
          .where("user_id", "=", member.user_id)
          .where("team_id", "is", null)
          .execute();
        const before = { user_role: member.user_role };
        await writeAudit(inside, caller, [{ action: "deleted", table: "organization_members", id: idOf(member), before }]);
        return endKeys(inside, keys, caller);
      });
      await announce(parts, { people: [`user:${member.user_id}`], keys: ended });
      return { organization_id, user_id: member.user_id, deleted_keys: ended.length };
    },
  };
}

/** Whoever is let in from elsewhere stays a guest: administrators of the organization do not come to rule over them by that. */
async function rulesOver(userId: string, scope: Scope, { sql }: InTransaction): Promise<boolean> {
  if (scope.writes) return true;
  const seen = sql.selectFrom("users").select("user_id").where("user_id", "=", userId).where(visibleUsers(scope));
  return userId !== scope.userId && (await seen.executeTakeFirst()) !== undefined;
}

async function findMember(organizationId: string, person: Person, sql: SpentContext["sql"]): Promise<OrganizationMemberRow> {
  const userId = person.user_id || (await lookForUser(person, sql))?.user_id;
  const member =
    userId === undefined
      ? undefined
      : await sql
          .selectFrom("organization_members")
          .selectAll()
          .where("organization_id", "=", organizationId)
          .where("user_id", "=", userId)
          .executeTakeFirst();
  if (!member) throw noMember(organizationId, person);
  return member;
}

function idOf(row: { readonly organization_id: string; readonly user_id: string }): string {
  return `${row.organization_id}/${row.user_id}`;
}

function noMember(organizationId: string, person: Person): GatewayError {
  const asked = person.user_id || person.user_email || "";
  return new GatewayError("not_found", `There is no member '${asked}' in the organization '${organizationId}'.`, {
    param: person.user_id ? "user_id" : "user_email",
  });
}

function isMember(userId: string): GatewayError {
  return new GatewayError(
    "conflict",
    `The user '${userId}' is in this organization already. Change their role with PATCH /organization/member_update.`,
    { param: "member" },
  );
}

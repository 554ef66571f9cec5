/** Links by which invited users choose their password: each works once, for three days. The store knows only their hashes. */

import type { Selectable } from "kysely";
import { GatewayError } from "tollgate/parts";
import { sha256 } from "../access/key-of.ts";
import { notFound } from "../access/scope.ts";
import type { AreaHandlers, Caller } from "../http/admin-routes.ts";
import type { InvitationsTable } from "../store/tables.ts";
import { announce } from "./announce.ts";
import { writeAudit } from "./audit.ts";
import type { ManagementParts } from "./parts.ts";
import { hashPassword } from "./password.ts";
import { changedBy, madeBy } from "./stamps.ts";
import { rightsOver } from "./user-access.ts";
import { findUser } from "./user-find.ts";

type Row = Selectable<InvitationsTable>;

const LASTS_MS = 72 * 3_600_000;

export function createInvitations(parts: ManagementParts): AreaHandlers<"invitations"> {
  const { database, clock, newKey } = parts;
  const { sql } = database;

  /** Whoever may change the user may see and end the invitation. */
  async function find(asked: string, caller: Caller): Promise<Row> {
    const row = await lookFor(asked);
    if (!row) throw unknown(asked);
    const user = await findUser({ user_id: row.user_id }, sql);
    if ((await rightsOver(user, caller, sql)) === "own") throw unknown(asked);
    return row;
  }

  /** What stands in the link, or its hash, which lists show. */
  function lookFor(asked: string): Promise<Row | undefined> {
    return sql
      .selectFrom("invitations")
      .selectAll()
      .where("id", "in", [sha256(asked), asked])
      .executeTakeFirst();
  }

  /** The link itself: a hash that somebody read does not open it. */
  async function usable(link: string): Promise<Row> {
    const row = await sql.selectFrom("invitations").selectAll().where("id", "=", sha256(link)).executeTakeFirst();
    if (!row) throw unknown("in this link");
    if (row.is_accepted) throw gone("was used already");
    if (row.expires_at.getTime() <= clock.now()) throw gone("is over");
    return row;
  }

  async function write(row: Row, accepted: boolean, caller: Caller): Promise<void> {
    const now = clock.now();
    await sql.transaction().execute(async (inside) => {
      await inside
        .updateTable("invitations")
        .set({ is_accepted: accepted, accepted_at: accepted ? new Date(now) : null, ...changedBy(caller, now) })
        .where("id", "=", row.id)
        .execute();
      await writeAudit(inside, caller, [{ action: "updated", table: "invitations", id: row.id, after: { is_accepted: accepted } }]);
    });
  }

  return {
    async new({ user_id }, caller) {
      const user = await findUser({ user_id }, sql);
      if ((await rightsOver(user, caller, sql)) === "own") throw notYourself();
      const link = newKey().replace(/^sk-/, "");
      const now = clock.now();
      const row = { id: sha256(link), user_id, expires_at: new Date(now + LASTS_MS), ...madeBy(caller, now) };
      await sql.transaction().execute(async (inside) => {
        await inside.insertInto("invitations").values(row).execute();
        await writeAudit(inside, caller, [{ action: "created", table: "invitations", id: row.id, after: { user_id } }]);
      });
      return { ...row, id: link, is_accepted: false, accepted_at: null };
    },
    async info({ invitation_id }, caller) {
      return { ...(await find(invitation_id, caller)), id: invitation_id };
    },
    async update({ invitation_id, is_accepted }, caller) {
      await write(await find(invitation_id, caller), is_accepted, caller);
      return { ...(await find(invitation_id, caller)), id: invitation_id };
    },
    async delete({ invitation_id }, caller) {
      const row = await find(invitation_id, caller);
      await sql.transaction().execute(async (inside) => {
        await inside.deleteFrom("invitations").where("id", "=", row.id).execute();
        await writeAudit(inside, caller, [{ action: "deleted", table: "invitations", id: row.id, before: { user_id: row.user_id } }]);
      });
      return { ...row, id: invitation_id };
    },
    async open({ invite_link }) {
      const { user_id } = await usable(invite_link);
      const user = await findUser({ user_id }, sql);
      return { user_id, user_email: user.user_email };
    },
    async claim({ invitation_link, user_id, password }, caller) {
      const row = await usable(invitation_link);
      if (row.user_id !== user_id) throw unknown("in this link");
      const hash = await hashPassword(password);
      const now = clock.now();
      const user = await findUser({ user_id }, sql);
      await sql.transaction().execute(async (inside) => {
        // Of two at once only one finds it unused.
        const taken = await inside
          .updateTable("invitations")
          .set({ is_accepted: true, accepted_at: new Date(now), updated_at: new Date(now), updated_by: user_id })
          .where("id", "=", row.id)
          .where("is_accepted", "=", false)
          .executeTakeFirst();
        if (taken.numUpdatedRows === 0n) throw gone("was used already");
        await inside
          .updateTable("users")
          .set({ password: hash, updated_at: new Date(now), updated_by: user_id })
          .where("user_id", "=", user_id)
          .execute();
        await inside.deleteFrom("sessions").where("user_id", "=", user_id).execute();
        const by: Caller = { ...caller, principal: { ...caller.principal, userId: user_id } };
        await writeAudit(inside, by, [{ action: "updated", table: "users", id: user_id, after: { password: "chosen by invitation" } }]);
      });
      await announce(parts, { people: [`user:${user_id}`] });
      return { user_id, user_email: user.user_email, message: "The password is set. Sign in with it." };
    },
  };
}

function unknown(asked: string): GatewayError {
  return notFound("invitation", asked);
}

function gone(why: string): GatewayError {
  return new GatewayError("gone", `This invitation ${why}. Ask an administrator for a new one.`, { param: "invitation_link" });
}

function notYourself(): GatewayError {
  return new GatewayError("forbidden", "You may not invite yourself. Change your password with POST /user/password/change.", {
    param: "user_id",
    type: "auth_error",
  });
}

/** What everybody who uses the database relies on, in both engines. */

import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import { expect, it } from "vitest";
import { withDatabases } from "../../../testkit/src/servers/with-databases.ts";
import { isDuplicate } from "./faults.ts";

const user = (user_id: string, more: object = {}) => ({ user_id, user_role: "internal_user", settings: {}, ...nobody, ...more });
const nobody = {
  user_email: null,
  user_alias: null,
  sso_user_id: null,
  password: null,
  budget_id: null,
  created_by: null,
  updated_by: null,
};

withDatabases("the database", (stage) => {
  it("is connected, and says where and what it is", () => {
    const { database, engine } = stage;
    expect(database).toMatchObject({ kind: engine, state: "connected", problem: undefined });
    expect(database.version).toMatch(/^PostgreSQL \d+/);
    expect(database.place).not.toContain("secret");
    const seen: string[] = [];
    database.watch((state) => seen.push(state))();
    expect(seen).toEqual(["connected"]);
  });

  it("reads money as whole numbers, days as texts and moments as dates", async () => {
    const { rows } = await sql`
      select 9007199254740993::int8 as money, '{1,null}'::int8[] as list, '2026-02-28'::date as day, '2026-11-22T10:00:00Z'::timestamptz as moment,
      '{"a": 1}'::jsonb as fields, '{x,y}'::text[] as tags`.execute(stage.database.sql);
    expect(rows).toEqual([
      {
        money: 9007199254740993n,
        list: [1n, null],
        day: "2026-02-28",
        moment: new Date("2026-11-22T10:00:00Z"),
        fields: { a: 1 },
        tags: ["x", "y"],
      },
    ]);
  });

  it("writes what it reads", async () => {
    const row = { id: "key:x|total|0", spent_nano: 9007199254740993n, lent_nano: 5, until: new Date("2026-12-01T00:00:00Z") };
    await stage.database.sql.insertInto("meters").values(row).execute();
    expect(await stage.database.sql.selectFrom("meters").selectAll().execute()).toEqual([{ ...row, lent_nano: 5n }]);
  });

  it("keeps texts whatever is in them, but for what cannot be stored", async () => {
    const odd = `'; drop table users; -- %_\\ 😀 \u202e`;
    await stage.database.sql
      .insertInto("users")
      .values(user("u", { user_alias: odd }))
      .execute();
    expect((await stage.database.sql.selectFrom("users").select("user_alias").executeTakeFirstOrThrow()).user_alias).toBe(odd);
    const large = "x".repeat(10_000_000);
    await stage.database.sql.updateTable("users").set({ user_alias: large }).execute();
    expect((await stage.database.sql.selectFrom("users").select("user_alias").executeTakeFirstOrThrow()).user_alias?.length).toBe(
      large.length,
    );
  });

  it.each([
    ["a null character", user("a\0b")],
    ["a null character in JSON", user("a", { settings: JSON.stringify({ a: "b\0c" }) })],
    ["an id of ten thousand letters", user(randomBytes(7500).toString("base64"))],
  ])("refuses %s as a bad request", async (_, row) => {
    await expect(stage.database.sql.insertInto("users").values(row).execute()).rejects.toMatchObject({ kind: "bad_request" });
  });

  it("tells a duplicate by its index", async () => {
    await stage.database.sql
      .insertInto("users")
      .values(user("u1", { user_email: "A@x.org" }))
      .execute();
    const twice = stage.database.sql
      .insertInto("users")
      .values(user("u2", { user_email: "a@X.org" }))
      .execute();
    const cause: unknown = await twice.catch((thrown: unknown) => thrown);
    expect([isDuplicate(cause), isDuplicate(cause, "users_user_email"), isDuplicate(cause, "users_pkey")]).toEqual([true, true, false]);
  });

  it("undoes a transaction that fails, and goes on", async () => {
    const attempt = stage.database.sql.transaction().execute(async (inside) => {
      await inside.insertInto("users").values(user("gone")).execute();
      throw new Error("changed my mind");
    });
    await expect(attempt).rejects.toThrow("changed my mind");
    expect(await stage.database.sql.selectFrom("users").selectAll().execute()).toEqual([]);
  });

  it("goes on after a statement that fails inside a transaction", async () => {
    const attempt = stage.database.sql.transaction().execute((inside) => sql`select 1 / 0`.execute(inside));
    await expect(attempt).rejects.toThrow("division by zero");
    expect((await sql`select 1 as one`.execute(stage.database.sql)).rows).toEqual([{ one: 1 }]);
  });

  it("serves many at once", async () => {
    const asked = Array.from({ length: 50 }, (_, at) => sql<{ at: number }>`select ${at}::int4 as at`.execute(stage.database.sql));
    expect((await Promise.all(asked)).map(({ rows }) => rows[0]?.at)).toEqual(Array.from({ length: 50 }, (_, at) => at));
  });

  it("tells every instance what one notifies", async () => {
    const other = await stage.another();
    const heard = [stage.database, other].map((database) => new Promise<string>((resolve) => database.listen("keys", resolve)));
    await stage.database.notify("people", "not for keys");
    await stage.database.notify("keys", "hash");
    expect(await Promise.all(heard)).toEqual(["hash", "hash"]);
  });

  it("tells nothing to who stopped listening", async () => {
    const heard: string[] = [];
    const stop = stage.database.listen("keys", (payload) => heard.push(payload));
    const end = new Promise<string>((resolve) => stage.database.listen("keys", (payload) => payload === "end" && resolve(payload)));
    stop();
    await stage.database.notify("keys", "one");
    await stage.database.notify("keys", "end");
    await end;
    expect(heard).toEqual([]);
  });
});

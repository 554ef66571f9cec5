/** Virtual keys on both engines: made, found, changed, rotated, ended; by whom. */

import { contract } from "@tollgate/admin";
import { beforeEach, describe, expect, it } from "vitest";
import { withDatabases } from "../../../testkit/src/servers/with-databases.ts";
import { sha256 } from "../access/key-of.ts";
import type { Caller } from "../http/admin-routes.ts";
import { admin, caller, refusal, type TestParts, testParts } from "./for-tests.ts";
import { createKeys } from "./keys.ts";

const draft = (given: object = {}) => contract.keys.generate.input.parse(given);
const listed = (given: object = {}) => contract.keys.list.input.parse(given);

withDatabases("keys", (stage) => {
  let parts: TestParts;
  let keys: Required<ReturnType<typeof createKeys>>;
  beforeEach(() => {
    parts = testParts(stage.database);
    keys = createKeys(parts) as typeof keys;
  });
  const make = (given: object = {}, by: Caller = admin) => keys.generate(draft(given), by) as Promise<{ key: string; token: string }>;
  const infoOf = async (key: string, by: Caller = admin) => (await keys.info({ key }, by)).info as Record<string, unknown>;

  describe("a new key", () => {
    it("is shown once, and kept as its hash", async () => {
      const made = await make({ key_alias: "ci", models: ["gpt-4o"], max_budget: 1.5, metadata: { team: "x" } });
      expect(made.key).toMatch(/^sk-[\w-]{22}$/);
      expect(made.token).toBe(sha256(made.key));
      const stored = JSON.stringify(await stage.database.sql.selectFrom("keys").selectAll().execute());
      expect(stored).not.toContain(made.key);
      expect(await infoOf(made.key)).toMatchObject({
        key_alias: "ci",
        key_name: `sk-...${made.key.slice(-4)}`,
        models: ["gpt-4o"],
        max_budget: 1.5,
        spend: 0,
        metadata: { team: "x" },
        expires: null,
        created_by: "default_user_id",
      });
      expect(parts.told).toEqual([`keys ${made.token}`]);
    });

    it("is found by its hash as well", async () => {
      const made = await make();
      expect(await infoOf(made.token)).toMatchObject({ token: made.token });
    });

    it("has an alias of its own, also when two come at once", async () => {
      const both = await Promise.all([refusal(make({ key_alias: "same" })), refusal(make({ key_alias: "same" }))]);
      expect(both.sort()).toEqual(["conflict", "done"]);
    });

    it("may be chosen by an administrator, once", async () => {
      expect((await make({ key: "sk-chosen-by-admin-1234" })).key).toBe("sk-chosen-by-admin-1234");
      expect(await refusal(make({ key: "sk-chosen-by-admin-1234" }))).toBe("conflict");
      expect(await refusal(make({ key: "sk-chosen-by-somebody" }, caller("internal_user", { userId: "u1" })))).toBe("forbidden");
    });

    it.each([
      { team_id: "nobody" },
      { user_id: "nobody" },
      { organization_id: "nobody" },
      { project_id: "nobody" },
      { budget_id: "nobody" },
    ])("must belong to somebody who is there: %j", async (given) => {
      expect(await refusal(make(given))).toBe("not_found");
    });

    it("gets defaults and stays below the upper bounds of the configuration", async () => {
      parts = testParts(stage.database, { defaultKeyParams: { max_budget: 2 }, upperboundKeyParams: { rpm_limit: 10, duration: "30d" } });
      keys = createKeys(parts) as typeof keys;
      expect(await infoOf((await make()).key)).toMatchObject({ max_budget: 2, rpm_limit: 10 });
      expect(await refusal(make({ rpm_limit: 11 }))).toBe("bad_request");
      expect(await refusal(make({ duration: "60d" }))).toBe("bad_request");
    });

    it("of a user has no more than the user", async () => {
      await stage.database.sql.insertInto("users").values({ user_id: "u1", user_role: "internal_user", settings: "{}" }).execute();
      const user = caller("internal_user", {
        userId: "u1",
        models: [{ level: "user", name: "u1", allowed: ["gpt-4o"] }],
        subjects: [{ level: "user", id: "u1", name: "u1", limits: { budgets: [{ limitNano: 5e9 }], requestsPerMinute: 10 } }],
      });
      expect(await infoOf((await make({ models: ["gpt-4o"], max_budget: 5, rpm_limit: 10 }, user)).key)).toMatchObject({ user_id: "u1" });
      for (const wide of [
        { models: ["o3"] },
        { max_budget: 5.01 },
        { rpm_limit: 11 },
        { user_id: "u2" },
        { spend: 1 },
        { permissions: { a: 1 } },
      ])
        expect([wide, await refusal(make(wide, user))]).toEqual([wide, "forbidden"]);
    });
  });

  describe("a change", () => {
    it("lays over what is given, clears what is null, keeps the rest", async () => {
      const { key } = await make({ key_alias: "a", rpm_limit: 5, tpm_limit: 6, max_budget: 3 });
      await keys.update({ key, rpm_limit: 7, tpm_limit: null, key_alias: "b" }, admin);
      expect(await infoOf(key)).toMatchObject({ rpm_limit: 7, tpm_limit: null, max_budget: 3, key_alias: "b" });
    });

    it("does not take another's alias", async () => {
      await make({ key_alias: "mine" });
      const { key } = await make({ key_alias: "other" });
      expect(await refusal(keys.update({ key, key_alias: "mine" }, admin))).toBe("conflict");
    });

    it("sets spend, and a reset sets it back", async () => {
      const { key } = await make({ budget_duration: "30d", max_budget: 10, spend: 2.5 });
      expect(await infoOf(key)).toMatchObject({ spend: 2.5, budget_reset_at: expect.any(Date) });
      await keys.resetSpend({ key, reset_to: 1 }, admin);
      expect(await infoOf(key)).toMatchObject({ spend: 1 });
    });

    it("of an unknown key is not found, and what it asked for is not repeated", async () => {
      await expect(keys.update({ key: "sk-secret-that-nobody-has" }, admin)).rejects.toThrow(/^There is no key 'sk-\.\.\.-has'/);
    });
  });

  describe("rotation", () => {
    it("gives a new secret to the same key, and its spend goes along", async () => {
      const { key, token } = await make({ key_alias: "r", spend: 4 });
      const next = (await keys.regenerate({ key, grace_period: "1h" }, admin)) as { key: string; token: string };
      expect(next.key).not.toBe(key);
      expect(await infoOf(next.key)).toMatchObject({ key_alias: "r", spend: 4 });
      const rotated = await stage.database.sql.selectFrom("rotated_keys").selectAll().execute();
      expect(rotated).toMatchObject([{ token, active_token: next.token }]);
      expect(await refusal(keys.info({ key: token }, admin))).toBe("not_found");
    });
  });

  it("blocks and unblocks", async () => {
    const { key } = await make();
    expect(await keys.block({ key }, admin)).toMatchObject({ blocked: true });
    expect(await keys.unblock({ key }, admin)).toMatchObject({ blocked: false });
  });

  it("deletes by key, hash and alias; the alias is free again, and the row is kept", async () => {
    const one = await make({ key_alias: "one" });
    const two = await make({ key_alias: "two" });
    expect(await keys.delete({ keys: [one.key] }, admin)).toEqual({ deleted_keys: [one.key] });
    expect(await keys.delete({ key_aliases: ["two"] }, admin)).toEqual({ deleted_keys: [two.token] });
    expect(await refusal(keys.delete({ keys: [one.key] }, admin))).toBe("not_found");
    await make({ key_alias: "one" });
    expect(await keys.list(listed({ status: "deleted" }), admin)).toMatchObject({ total_count: 2 });
  });

  describe("lists", () => {
    it("by page, sorted, filtered", async () => {
      for (const key_alias of ["c", "a", "b"]) await make({ key_alias });
      expect(await keys.list(listed({ size: 2, sort_by: "key_alias", sort_order: "asc", return_full_object: true }), admin)).toMatchObject({
        keys: [{ key_alias: "a" }, { key_alias: "b" }],
        total_count: 3,
        current_page: 1,
        total_pages: 2,
      });
      expect(await keys.list(listed({ key_alias: "b", return_full_object: true }), admin)).toMatchObject({ keys: [{ key_alias: "b" }] });
      expect(await keys.list(listed({ search: "%", return_full_object: true }), admin)).toMatchObject({ total_count: 0 });
      expect(await keys.aliases({ page: 1, size: 50 }, admin)).toMatchObject({ aliases: ["a", "b", "c"], total_count: 3 });
    });

    it.each(["spend", "max_budget", "expires", "last_active"] as const)("sorts by %s", async (sort_by) => {
      await make({ key_alias: "poor", spend: 1, max_budget: 1, duration: "1h" });
      await make({ key_alias: "rich", spend: 9, max_budget: 9, duration: "9h" });
      const { keys: rows } = await keys.list(listed({ sort_by, sort_order: "desc", return_full_object: true }), admin);
      if (sort_by !== "last_active") expect(rows.map((row) => (row as { key_alias: string }).key_alias)).toEqual(["rich", "poor"]);
      else expect(rows).toHaveLength(2);
    });

    it("show everybody their own", async () => {
      for (const user_id of ["u1", "u2"])
        await stage.database.sql.insertInto("users").values({ user_id, user_role: "internal_user", settings: "{}" }).execute();
      const one = await make({ user_id: "u1" });
      const two = await make({ user_id: "u2" });
      const user = caller("internal_user", { userId: "u1" });
      expect(await keys.list(listed(), user)).toMatchObject({ keys: [one.token], total_count: 1 });
      expect(await keys.list(listed(), caller("proxy_admin_viewer"))).toMatchObject({ total_count: 2 });
      for (const doing of [
        () => keys.info({ key: two.key }, user),
        () => keys.update({ key: two.key, rpm_limit: 1 }, user),
        () => keys.delete({ keys: [two.key] }, user),
      ])
        expect(await refusal(doing())).toBe("not_found");
      expect(await refusal(keys.block({ key: two.key }, caller("proxy_admin_viewer")))).toBe("forbidden");
    });
  });

  it("writes down who changed what, without secrets", async () => {
    const { key } = await make({ key_alias: "audited" });
    await keys.update({ key, rpm_limit: 1 }, { ...admin, changedBy: "anna" });
    await keys.delete({ keys: [key] }, admin);
    const rows = await stage.database.sql.selectFrom("audit").select(["action", "changed_by", "updated_values"]).orderBy("at").execute();
    expect(rows.map(({ action, changed_by }) => [action, changed_by])).toEqual([
      ["created", "default_user_id"],
      ["updated", "anna"],
      ["deleted", "default_user_id"],
    ]);
    expect(JSON.stringify(rows)).not.toContain(key);
  });
});

/** People on both engines: made, found, changed, deleted; by whom. */

import { contract } from "@tollgate/admin";
import { beforeEach, describe, expect, it } from "vitest";
import { withDatabases } from "../../../testkit/src/servers/with-databases.ts";
import type { Caller } from "../http/admin-routes.ts";
import { admin, caller, refusal, type TestParts, testParts } from "./for-tests.ts";
import { createKeys } from "./keys.ts";
import { createOrganizations } from "./organizations.ts";
import { verifyPassword } from "./password.ts";
import { createTeams } from "./teams.ts";
import { createUsers } from "./users.ts";

const draft = (given: object = {}) => contract.users.new.input.parse({ auto_create_key: false, ...given });
const listed = (given: object = {}) => contract.users.list.input.parse(given);

withDatabases("users", (stage) => {
  let parts: TestParts;
  let users: Required<ReturnType<typeof createUsers>>;
  let keys: Required<ReturnType<typeof createKeys>>;
  let teams: Required<ReturnType<typeof createTeams>>;
  let organizations: Required<ReturnType<typeof createOrganizations>>;
  const start = (settings: Parameters<typeof testParts>[1] = {}) => {
    parts = testParts(stage.database, settings);
    users = createUsers(parts) as typeof users;
    keys = createKeys(parts) as typeof keys;
    teams = createTeams(parts) as typeof teams;
    organizations = createOrganizations(parts) as typeof organizations;
  };
  beforeEach(() => start());
  const make = (given: object = {}, by: Caller = admin) => users.new(draft(given), by);
  const infoOf = (user_id: string, by: Caller = admin) => users.infoV2({ user_id }, by);
  const stored = (user_id: string) => stage.database.sql.selectFrom("users").selectAll().where("user_id", "=", user_id).executeTakeFirst();

  describe("a new user", () => {
    it("gets a first key, which is theirs", async () => {
      const made = await make({
        auto_create_key: true,
        user_email: "a@example.com",
        max_budget: 5,
        key_alias: "first",
        models: ["gpt-4o"],
      });
      expect(made).toMatchObject({ key: expect.stringMatching(/^sk-/), user_email: "a@example.com", max_budget: 5, spend: 0 });
      expect(made).toMatchObject({ user_role: "internal_user", created_by: "default_user_id", warnings: [] });
      const { info } = await keys.info({ key: String(made.key) }, admin);
      expect(info).toMatchObject({ key_alias: "first", user_id: made.user_id });
      expect(parts.told).toEqual([`people user:${made.user_id}`, expect.stringMatching(/^keys \w{64}$/)]);
    });

    it("is not there when the first key cannot be", async () => {
      await make({ auto_create_key: true, key_alias: "taken" });
      expect(await refusal(make({ user_id: "u2", auto_create_key: true, key_alias: "taken" }))).toBe("conflict");
      expect(await stored("u2")).toBeUndefined();
    });

    it("is told what belongs to keys when none is made", async () => {
      expect((await make({ key_alias: "x" })).warnings).toEqual(["key_alias belongs to keys, and no key was made or changed."]);
    });

    it.each([
      [{ user_id: "same" }, "user_id"],
      [{ user_email: "Same@Example.com" }, "user_email"],
      [{ sso_user_id: "same" }, "sso_user_id"],
    ])("has an id, a mail address and a sign-in of its own: %j", async (given, param) => {
      await make({ user_id: "same", user_email: "same@example.com", sso_user_id: "same" });
      await expect(make(given)).rejects.toMatchObject({ kind: "conflict", detail: { param } });
    });

    it("joins teams and organizations that are there, and no others", async () => {
      await teams.new(contract.teams.new.input.parse({ team_id: "t1" }), admin);
      await organizations.new({ organization_alias: "o", organization_id: "o1" }, admin);
      const made = await make({
        user_id: "u1",
        teams: [{ team_id: "t1", user_role: "admin", max_budget_in_team: 3 }],
        organizations: ["o1"],
      });
      expect(made).toMatchObject({ teams: ["t1"], organization_memberships: [{ organization_id: "o1", user_role: "internal_user" }] });
      const { team_memberships, team_info } = await teams.info({ team_id: "t1" }, admin);
      expect(team_memberships).toMatchObject([{ user_id: "u1", litellm_budget_table: { max_budget: 3 } }]);
      expect(team_info.members_with_roles).toEqual([{ user_id: "u1", user_email: null, role: "admin" }]);
      for (const nowhere of [{ teams: ["t9"] }, { organizations: ["o9"] }, { team_id: "t9" }])
        expect([nowhere, await refusal(make(nowhere))]).toEqual([nowhere, "not_found"]);
    });

    it("gets what the configuration gives to all but administrators", async () => {
      start({
        defaultUserParams: { user_role: "internal_user_viewer", models: ["gpt-4o"] },
        maxInternalUserBudget: 10,
        internalUserBudgetDuration: "30d",
      });
      expect(await make()).toMatchObject({ user_role: "internal_user_viewer", models: ["gpt-4o"], max_budget: 10, budget_duration: "30d" });
      expect(await make({ max_budget: 2 })).toMatchObject({ max_budget: 2, budget_duration: null });
      expect(await make({ user_role: "proxy_admin" })).toMatchObject({ models: [], max_budget: null });
    });

    it("has a password that is never told", async () => {
      const made = await make({ user_id: "u1", password: "correct horse" });
      const row = await stored("u1");
      expect(await verifyPassword("correct horse", row?.password ?? null)).toBe(true);
      const told = [made, await infoOf("u1"), await users.info({ user_id: "u1" }, admin), await users.list(listed(), admin)];
      const audit = await stage.database.sql.selectFrom("audit").selectAll().execute();
      for (const text of [JSON.stringify(told), JSON.stringify(audit)]) {
        expect(text).not.toContain("scrypt");
        expect(text).not.toContain("correct horse");
      }
    });

    it("may come with many others, each for itself", async () => {
      await make({ user_id: "u1" });
      const { data, meta } = await users.bulkNew(
        contract.users.bulkNew.input.parse({ users: [{ user_id: "u1" }, { user_id: "u2" }] }),
        admin,
      );
      expect(data).toMatchObject([
        { user_id: "u1", success: false, error: expect.stringContaining("u1") },
        { user_id: "u2", success: true },
      ]);
      expect(meta).toEqual({ total_requested: 2, created: 1, failed: 1 });
    });
  });

  describe("a change", () => {
    beforeEach(() => make({ user_id: "u1", user_email: "u1@example.com", max_budget: 5, rpm_limit: 3 }));

    it("lays over what is given, clears what is null, keeps the rest, by id or mail", async () => {
      await users.update({ user_id: "u1", max_budget: null, tpm_limit: 9 }, admin);
      await users.update({ user_email: "U1@example.com", user_alias: "Anna" }, admin);
      expect(await infoOf("u1")).toMatchObject({
        max_budget: null,
        tpm_limit: 9,
        rpm_limit: 3,
        user_alias: "Anna",
        user_email: "u1@example.com",
      });
    });

    it("sets spend, which a longer window keeps", async () => {
      await users.update({ user_id: "u1", budget_duration: "1d", spend: 2.5 }, admin);
      await users.update({ user_id: "u1", budget_duration: "30d" }, admin);
      expect(await infoOf("u1")).toMatchObject({ spend: 2.5, budget_reset_at: expect.any(Date) });
    });

    it("does not take another's mail, nor change who is unknown", async () => {
      await make({ user_id: "u2", user_email: "u2@example.com" });
      expect(await refusal(users.update({ user_id: "u2", user_email: "U1@example.com" }, admin))).toBe("conflict");
      expect(await refusal(users.update({ user_id: "nobody", user_alias: "x" }, admin))).toBe("not_found");
    });

    it("of a role or password ends the sessions", async () => {
      const sessions = stage.database.sql.selectFrom("sessions").select("id");
      for (const given of [{ user_role: "internal_user_viewer" as const }, { password: "correct horse" }]) {
        await stage.database.sql.insertInto("sessions").values({ id: "s1", user_id: "u1", expires_at: new Date() }).execute();
        await users.update({ user_id: "u1", user_alias: "still signed in" }, admin);
        expect(await sessions.execute()).toHaveLength(1);
        await users.update({ user_id: "u1", ...given }, admin);
        expect(await sessions.execute()).toHaveLength(0);
      }
    });

    it.each([
      { user_role: "proxy_admin" as const },
      { spend: 0 },
      { max_budget: 1000 },
      { models: [] },
      { metadata: { a: 1 } },
      { rpm_limit: null },
    ])("of oneself may not be %j, and then nothing is changed", async (given) => {
      const own = users.update({ user_id: "u1", user_alias: "New", ...given }, caller("internal_user", { userId: "u1" }));
      await expect(own).rejects.toMatchObject({ kind: "forbidden", detail: { code: "field_not_allowed", param: Object.keys(given)[0] } });
      expect(await infoOf("u1")).toMatchObject({ user_alias: null, user_role: "internal_user", max_budget: 5 });
    });

    it("of one's own mail, alias and first password is allowed; later ones ask for the old", async () => {
      const self = caller("internal_user", { userId: "u1" });
      await users.update({ user_id: "u1", user_email: "new@example.com", user_alias: "New", password: "correct horse" }, self);
      expect(await infoOf("u1", self)).toMatchObject({ user_email: "new@example.com", user_alias: "New" });
      expect(await refusal(users.update({ user_id: "u1", password: "another horse" }, self))).toBe("forbidden");
      expect(await refusal(users.changePassword({ current_password: "wrong", new_password: "another horse" }, self))).toBe("forbidden");
      await users.changePassword({ current_password: "correct horse", new_password: "another horse" }, self);
      expect(await verifyPassword("another horse", (await stored("u1"))?.password ?? null)).toBe(true);
    });

    it("of many goes through for each for itself, and of all for administrators only", async () => {
      await make({ user_id: "u2" });
      const several = await users.bulkUpdate(
        {
          users: [
            { user_id: "u1", rpm_limit: 1 },
            { user_id: "nobody", rpm_limit: 1 },
          ],
          all_users: false,
        },
        admin,
      );
      expect(several).toMatchObject({ successful_updates: 1, failed_updates: 1, results: [{ success: true }, { success: false }] });
      const all = { all_users: true, user_updates: { rpm_limit: 7 } };
      expect(await users.bulkUpdate(all, admin)).toMatchObject({ successful_updates: 2 });
      expect(await infoOf("u2")).toMatchObject({ rpm_limit: 7 });
      expect(await refusal(users.bulkUpdate(all, caller("org_admin")))).toBe("forbidden");
    });
  });

  it("are deleted with their keys, memberships and sessions, and another may have the name", async () => {
    const { key } = await make({ user_id: "u1", auto_create_key: true });
    await teams.new(contract.teams.new.input.parse({ team_id: "t1", members: ["u1"] }), admin);
    expect(await users.delete({ user_ids: ["u1"] }, admin)).toMatchObject({ deleted_users: 1 });
    expect(await refusal(infoOf("u1"))).toBe("not_found");
    expect(await refusal(keys.info({ key: String(key) }, admin))).toBe("not_found");
    expect((await teams.info({ team_id: "t1" }, admin)).team_info.members_with_roles).toEqual([]);
    expect(parts.told.slice(-2)).toEqual(["people user:u1", expect.stringMatching(/^keys /)]);
    expect(await refusal(users.delete({ user_ids: ["u1"] }, admin))).toBe("not_found");
    expect(await make({ user_id: "u1" })).toMatchObject({ spend: 0 });
  });

  it("are not deleted at all when one of them is unknown, unless each is for itself", async () => {
    await make({ user_id: "u1" });
    expect(await refusal(users.delete({ user_ids: ["u1", "nobody"] }, admin))).toBe("not_found");
    expect(await infoOf("u1")).toMatchObject({ user_id: "u1" });
    const { data } = await users.bulkDelete({ user_ids: ["u1", "nobody"] }, admin);
    expect(data).toMatchObject([
      { user_id: "u1", success: true },
      { user_id: "nobody", success: false },
    ]);
  });

  describe("lists", () => {
    beforeEach(async () => {
      await make({ user_id: "u1", user_email: "anna@example.com", max_budget: 1, spend: 3, auto_create_key: true });
      await make({ user_id: "u2", user_email: "bert@example.com", user_role: "proxy_admin_viewer", max_budget: 2, spend: 1 });
      await make({ user_id: "u3", user_alias: "Ann_a" });
    });
    const ids = async (given: object, by: Caller = admin) =>
      (await users.list(listed(given), by)).users.map(({ user_id }) => user_id).sort();

    it("go by page, with a count of keys", async () => {
      const page = await users.list(listed({ page: 2, page_size: 2, sort_by: "user_id", sort_order: "desc" }), admin);
      expect(page).toMatchObject({ users: [{ user_id: "u1", key_count: 1 }], total: 3, page: 2, page_size: 2, total_pages: 2 });
    });

    it.each([
      [{ user_email: "ANN" }, ["u1"]],
      [{ search: "ann_" }, ["u3"]],
      [{ search: "%" }, []],
      [{ role: "proxy_admin_viewer" }, ["u2"]],
      [{ user_ids: ["u1", "u3"] }, ["u1", "u3"]],
      [{ team: "nowhere" }, []],
      [{ organization_ids: ["nowhere"] }, []],
    ])("are filtered by %j", async (given, found) => expect(await ids(given)).toEqual(found));

    it.each([
      ["spend", ["u1", "u2", "u3"]],
      ["max_budget", ["u2", "u1", "u3"]],
      ["user_email", ["u2", "u1", "u3"]],
      ["created_at", ["u3", "u2", "u1"]],
    ] as const)("are sorted by %s", async (sort_by, order) => {
      const { users: rows } = await users.list(listed({ sort_by, sort_order: "desc" }), admin);
      expect(rows.map(({ user_id }) => user_id)).toEqual(order);
    });

    it("are short for forms that look people up", async () => {
      const asked = contract.users.filter.input.parse({ user_email: "BERT" });
      expect(await users.filter(asked, admin)).toEqual([{ user_id: "u2", user_email: "bert@example.com" }]);
      expect(await users.filter(asked, caller("internal_user", { userId: "u1" }))).toEqual([]);
    });

    it("show everybody only oneself, and everything to viewers", async () => {
      expect(await ids({}, caller("internal_user", { userId: "u3" }))).toEqual(["u3"]);
      expect(await ids({}, caller("proxy_admin_viewer"))).toEqual(["u1", "u2", "u3"]);
      expect(await ids({}, caller("customer"))).toEqual([]);
      const self = caller("internal_user", { userId: "u3" });
      for (const doing of [
        () => infoOf("u1", self),
        () => users.info({ user_id: "u1" }, self),
        () => users.update({ user_id: "u1", user_alias: "x" }, self),
      ])
        expect(await refusal(doing())).toBe("not_found");
      expect(await users.available({}, self)).toMatchObject({ total_users_used: 1 });
      expect(await refusal(users.update({ user_id: "u1", user_alias: "x" }, caller("proxy_admin_viewer")))).toBe("forbidden");
    });
  });

  it("info without an id is about the one who asks, who may have no row", async () => {
    expect(await users.info({}, admin)).toMatchObject({ user_id: "default_user_id", user_info: null, keys: [] });
    const { user_id } = await make({ auto_create_key: true });
    expect(await users.info({}, caller("internal_user", { userId: String(user_id) }))).toMatchObject({
      user_info: { user_id },
      keys: [{ user_id }],
    });
  });
});

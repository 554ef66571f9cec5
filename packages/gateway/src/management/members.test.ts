/** Members of teams on both engines: added, changed, gone; by whom. */

import { contract } from "@tollgate/admin";
import { beforeEach, describe, expect, it } from "vitest";
import { withDatabases } from "../../../testkit/src/servers/with-databases.ts";
import type { Caller } from "../http/admin-routes.ts";
import { admin, caller, refusal, type TestParts, testParts } from "./for-tests.ts";
import { createKeys } from "./keys.ts";
import { createOrganizations } from "./organizations.ts";
import { createTeams } from "./teams.ts";
import { createUsers } from "./users.ts";

const draft = (given: object = {}) => contract.teams.new.input.parse(given);

withDatabases("members", (stage) => {
  let parts: TestParts;
  let keys: Required<ReturnType<typeof createKeys>>;
  let teams: Required<ReturnType<typeof createTeams>>;
  let users: Required<ReturnType<typeof createUsers>>;
  let organizations: Required<ReturnType<typeof createOrganizations>>;
  const start = (settings: Parameters<typeof testParts>[1] = {}) => {
    parts = testParts(stage.database, settings);
    keys = createKeys(parts) as typeof keys;
    teams = createTeams(parts) as typeof teams;
    users = createUsers(parts) as typeof users;
    organizations = createOrganizations(parts) as typeof organizations;
  };
  beforeEach(() => start());
  const make = (given: object = {}, by: Caller = admin) => teams.new(draft(given), by);
  const infoOf = async (team_id: string, by: Caller = admin) => (await teams.info({ team_id }, by)).team_info;
  const keyOf = (given: object, by: Caller = admin) => keys.generate(contract.keys.generate.input.parse(given), by);
  const chiefOf = (...ids: string[]) => caller("internal_user", { userId: "chief", adminOfTeams: ids, memberOfTeams: ids });
  const memberOf = (id: string, userId = "u1") => caller("internal_user", { userId, memberOfTeams: [id] });

  describe("members", () => {
    beforeEach(() => make({ team_id: "t1", team_member_budget: 2, team_member_budget_duration: "30d" }));
    const add = (given: object, by: Caller = admin) =>
      teams.memberAdd(contract.teams.memberAdd.input.parse({ team_id: "t1", ...given }), by);

    it("are added one or several, by id or mail, with limits of their own", async () => {
      await users.new(contract.users.new.input.parse({ user_id: "known", user_email: "k@example.com" }), admin);
      const added = await add({
        member: [
          { role: "admin", user_email: "K@example.com" },
          { role: "user", user_id: "fresh" },
        ],
        max_budget_in_team: 1,
      });
      expect(added).toMatchObject({
        team_id: "t1",
        updated_users: expect.arrayContaining([expect.objectContaining({ user_id: "known", teams: ["t1"] })]),
      });
      expect(added.updated_team_memberships).toMatchObject([
        { user_id: "fresh", litellm_budget_table: { max_budget: 1, budget_duration: "30d" }, spend: 0 },
        { user_id: "known" },
      ]);
      await add({ member: { role: "user", user_id: "usual" } });
      const { team_memberships } = await teams.info({ team_id: "t1" }, admin);
      expect(team_memberships.find(({ user_id }) => user_id === "usual")).toMatchObject({ litellm_budget_table: { max_budget: 2 } });
    });

    it("are in a team once, also when two add them at once, and nothing is half done", async () => {
      const both = await Promise.all([
        refusal(add({ member: { role: "user", user_id: "u1" } })),
        refusal(add({ member: { role: "user", user_id: "u1" } })),
      ]);
      expect(both.sort()).toEqual(["conflict", "done"]);
      expect(
        await refusal(
          add({
            member: [
              { role: "user", user_id: "u2" },
              { role: "user", user_id: "u1" },
            ],
          }),
        ),
      ).toBe("conflict");
      expect(await refusal(users.infoV2({ user_id: "u2" }, admin))).toBe("not_found");
      const bulk = {
        team_id: "t1",
        members: [
          { role: "user" as const, user_id: "u2" },
          { role: "user" as const, user_id: "u1" },
        ],
        all_users: false,
      };
      expect(await teams.bulkMemberAdd(bulk, admin)).toMatchObject({ successful_additions: 1, failed_additions: 1 });
    });

    it("may be everybody, if an administrator says so", async () => {
      for (const user_id of ["a", "b"]) await users.new(contract.users.new.input.parse({ user_id, auto_create_key: false }), admin);
      expect(await refusal(teams.bulkMemberAdd({ team_id: "t1", all_users: true }, chiefOf("t1")))).toBe("forbidden");
      expect(await teams.bulkMemberAdd({ team_id: "t1", all_users: true }, admin)).toMatchObject({ successful_additions: 2 });
    });

    it("do not show a stranger's account to the admin who adds them", async () => {
      await users.new(contract.users.new.input.parse({ user_id: "stranger", max_budget: 77, metadata: { private: "yes" } }), admin);
      const { updated_users } = await add({ member: { role: "user", user_id: "stranger" } }, chiefOf("t1"));
      expect(JSON.stringify(updated_users)).not.toMatch(/77|private/);
    });

    it("change in role and limits; null clears, and a raise needs an end", async () => {
      await add({ member: { role: "user", user_id: "u1" }, max_budget_in_team: 5 });
      expect(
        await teams.memberUpdate({ team_id: "t1", user_id: "u1", role: "admin", rpm_limit: 3, max_budget_in_team: null }, admin),
      ).toMatchObject({
        role: "admin",
        rpm_limit: 3,
        max_budget: 2,
      });
      expect(await refusal(teams.memberUpdate({ team_id: "t1", user_id: "u1", temp_budget_increase: 5 }, admin))).toBe("bad_request");
      await teams.memberUpdate({ team_id: "t1", user_id: "u1", temp_budget_increase: 5, temp_budget_expiry: "1d" }, admin);
      const { team_memberships, team_info } = await teams.info({ team_id: "t1" }, admin);
      expect(team_memberships).toMatchObject([
        { litellm_budget_table: { temp_budget_increase: 5, temp_budget_expiry: expect.stringMatching(/^20/) } },
      ]);
      expect(team_info.admins).toEqual(["u1"]);
      expect(await refusal(teams.memberUpdate({ team_id: "t1", user_id: "u9", role: "user" }, admin))).toBe("not_found");
    });

    it("change in bulk, each for itself", async () => {
      await add({ member: { role: "user", user_id: "u1" } });
      const { data } = await teams.bulkMemberUpdate(
        { team_id: "t1", members: [{ user_id: "u1", max_budget_in_team: 9 }, { user_id: "u9" }] },
        admin,
      );
      expect(data).toMatchObject([
        { user_id: "u1", success: true, max_budget: 9, max_budget_source: "member" },
        { user_id: "u9", success: false },
      ]);
      expect(await teams.bulkMemberDelete({ team_id: "t1", members: [{ user_id: "u9" }, { user_id: "u1" }] }, admin)).toMatchObject({
        data: [{ success: false }, { success: true }],
      });
    });

    it("leave without the keys that they had there", async () => {
      await add({
        member: [
          { role: "user", user_id: "u1" },
          { role: "user", user_id: "u2" },
        ],
      });
      const own = await keyOf({ team_id: "t1", user_id: "u1" });
      const others = await keyOf({ team_id: "t1", user_id: "u2" });
      const personal = await keyOf({ user_id: "u1" });
      expect(await teams.memberDelete({ team_id: "t1", user_id: "u1" }, chiefOf("t1"))).toMatchObject({ members: ["u2"] });
      expect(await refusal(keys.info({ key: String(own.key) }, admin))).toBe("not_found");
      for (const { key } of [others, personal]) expect(await refusal(keys.info({ key: String(key) }, admin))).toBe("done");
      expect(await refusal(teams.memberDelete({ team_id: "t1", user_id: "u1" }, admin))).toBe("not_found");
      expect(parts.told).toContain(`keys ${own.token}`);
    });

    it("have a spend that is set, and a budget that becomes the usual one again", async () => {
      await add({ member: { role: "user", user_id: "u1" }, max_budget_in_team: 5 });
      expect(await teams.resetMemberSpend({ team_id: "t1", user_id: "u1", reset_to: 1.25 }, chiefOf("t1"))).toMatchObject({
        spend: 1.25,
        previous_spend: 0,
      });
      expect(await teams.me({ team_id: "t1" }, memberOf("t1"))).toMatchObject({
        user_id: "u1",
        role: "user",
        spend: 1.25,
        total_spend: 1.25,
      });
      expect(await teams.resetMemberBudget({ team_id: "t1", user_id: "u1" }, admin)).toMatchObject({ budget_source: "team_default" });
      expect(await teams.me({ team_id: "t1" }, memberOf("t1"))).toMatchObject({ litellm_budget_table: { max_budget: 2 } });
      expect(await refusal(teams.me({ team_id: "t1" }, memberOf("t2", "u2")))).toBe("not_found");
    });

    it("let themselves in where the configuration says so, without more rights", async () => {
      start({ defaultUserParams: { available_teams: ["t1"] } });
      await make({ team_id: "t2" });
      const self = caller("internal_user", { userId: "u1" });
      expect((await teams.available({}, self)).map(({ team_id }) => team_id)).toEqual(["t1"]);
      for (const more of [
        { member: { role: "admin", user_id: "u1" } },
        { member: { role: "user", user_id: "u2" } },
        { member: { role: "user", user_id: "u1" }, max_budget_in_team: 100 },
        { member: { role: "user", user_id: "u1" }, team_id: "t2" },
      ])
        expect([more, await refusal(add(more, self))]).toEqual([more, "forbidden"]);
      await add({ member: { role: "user", user_id: "u1" } }, self);
      expect(await infoOf("t1")).toMatchObject({ members: ["u1"] });
    });
  });
});

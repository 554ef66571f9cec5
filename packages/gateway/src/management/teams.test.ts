/** Teams on both engines: made, found, changed, deleted; by whom. */

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
const paged = (given: object = {}) => contract.teams.listV2.input.parse(given);

withDatabases("teams", (stage) => {
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

  describe("a new team", () => {
    it("has members who are made when nobody knows them, and LiteLLM's shape", async () => {
      const made = await make({
        team_alias: "Red",
        max_budget: 5,
        budget_duration: "30d",
        members_with_roles: [{ role: "user", user_email: "New@example.com" }],
        admins: ["boss"],
        metadata: { a: 1 },
      });
      expect(made).toMatchObject({
        team_alias: "Red",
        max_budget: 5,
        spend: 0,
        blocked: false,
        models: [],
        admins: ["boss"],
        metadata: { a: 1 },
      });
      expect(made).toMatchObject({ budget_reset_at: expect.any(Date), team_member_permissions: ["/key/info", "/key/health"] });
      const roles = made.members_with_roles.map(({ user_email, role }) => [user_email, role]).sort();
      expect(roles).toEqual([
        [null, "admin"],
        ["New@example.com", "user"],
      ]);
      expect(await users.infoV2({ user_id: "boss" }, admin)).toMatchObject({ teams: [made.team_id], user_role: "internal_user" });
      expect(parts.told).toEqual(expect.arrayContaining([`people team:${made.team_id}`, "people user:boss"]));
    });

    it("has an id of its own, and what the configuration gives", async () => {
      start({ defaultTeamParams: { max_budget: 7, team_member_permissions: ["/key/list"] } });
      expect(await make({ team_id: "t1" })).toMatchObject({ max_budget: 7, team_member_permissions: ["/key/list"] });
      await expect(make({ team_id: "t1" })).rejects.toMatchObject({ kind: "conflict", detail: { param: "team_id" } });
    });

    it("may have no more than its organization", async () => {
      await organizations.new({ organization_alias: "o", organization_id: "o1", max_budget: 10, rpm_limit: 5, models: ["gpt-*"] }, admin);
      expect(await make({ organization_id: "o1", max_budget: 10, models: ["gpt-4o"] })).toMatchObject({ organization_id: "o1" });
      for (const wide of [{ max_budget: 10.01 }, { rpm_limit: 6 }, { models: ["o3"] }])
        expect([wide, await refusal(make({ organization_id: "o1", ...wide }))]).toEqual([wide, "bad_request"]);
      expect(await refusal(make({ organization_id: "nowhere" }))).toBe("not_found");
    });

    it("is made by administrators of the gateway, and of organizations within these", async () => {
      await organizations.new({ organization_alias: "o", organization_id: "o1" }, admin);
      const chief = caller("internal_user", { adminOfOrganizations: ["o1"] });
      expect(await make({ organization_id: "o1" }, chief)).toMatchObject({ organization_id: "o1" });
      expect(await refusal(make({ organization_id: "o2" }, chief))).toBe("not_found");
      expect(await refusal(make({}, chief))).toBe("forbidden");
      expect(await refusal(make({}, chiefOf("t1")))).toBe("forbidden");
    });
  });

  describe("a change", () => {
    it("lays over what is given, clears what is null, keeps the rest, for update and patch", async () => {
      await make({ team_id: "t1", team_alias: "Red", max_budget: 5, rpm_limit: 3 });
      expect(await teams.update({ team_id: "t1", max_budget: null, tpm_limit: 9 }, admin)).toMatchObject({
        data: { max_budget: null, tpm_limit: 9, rpm_limit: 3, team_alias: "Red" },
      });
      expect(await teams.patch({ team_id: "t1", team_alias: "Blue", blocked: null }, admin)).toMatchObject({
        team_alias: "Blue",
        blocked: false,
      });
      expect(await refusal(teams.update({ team_id: "nobody", rpm_limit: 1 }, admin))).toBe("not_found");
    });

    it("by the team's own admins goes downwards only", async () => {
      await make({
        team_id: "t1",
        max_budget: 5,
        models: ["gpt-4o", "o3"],
        metadata: { a: 1, model_rpm_limit: { o3: 1 } },
        budget_duration: "30d",
      });
      const chief = chiefOf("t1");
      const narrower = { team_alias: "Ours", max_budget: 4, rpm_limit: 10, models: ["o3"], budget_duration: "30d", blocked: false };
      expect(await teams.update({ team_id: "t1", ...narrower }, chief)).toMatchObject({
        data: { max_budget: 4, models: ["o3"], rpm_limit: 10 },
      });
      await teams.update({ team_id: "t1", metadata: { a: 2, model_rpm_limit: { o3: 1 } } }, chief);
      for (const wider of [
        { max_budget: 5 },
        { max_budget: null },
        { models: [] },
        { models: ["o3", "gpt-4o"] },
        { budget_duration: "1d" },
        { organization_id: "o1" },
        { metadata: { model_rpm_limit: { o3: 100 } } },
        { metadata: null },
        { model_max_budget: { o3: 1 } },
      ])
        expect([wider, await refusal(teams.update({ team_id: "t1", team_alias: "New", ...wider }, chief))]).toEqual([wider, "forbidden"]);
      expect(await infoOf("t1")).toMatchObject({ team_alias: "Ours", max_budget: 4 });
    });

    it("of another organization is for who administers both", async () => {
      for (const organization_id of ["o1", "o2"]) await organizations.new({ organization_alias: organization_id, organization_id }, admin);
      await make({ team_id: "t1", organization_id: "o1" });
      const [one, both] = [["o1"], ["o1", "o2"]].map((adminOfOrganizations) => caller("internal_user", { adminOfOrganizations }));
      expect(await refusal(teams.update({ team_id: "t1", organization_id: "o2" }, one ?? admin))).toBe("forbidden");
      expect(await refusal(teams.update({ team_id: "t1", organization_id: null }, one ?? admin))).toBe("forbidden");
      expect(await teams.update({ team_id: "t1", organization_id: "o2" }, both ?? admin)).toMatchObject({
        data: { organization_id: "o2" },
      });
    });

    it("blocks and unblocks, but its own admins lift no block", async () => {
      await make({ team_id: "t1" });
      expect(await teams.block({ team_id: "t1" }, chiefOf("t1"))).toMatchObject({ blocked: true });
      expect(await refusal(teams.unblock({ team_id: "t1" }, chiefOf("t1")))).toBe("forbidden");
      expect(await refusal(teams.update({ team_id: "t1", blocked: false }, chiefOf("t1")))).toBe("forbidden");
      expect(await teams.unblock({ team_id: "t1" }, admin)).toMatchObject({ blocked: false });
    });

    it("adds models and takes them, and without its last model a team may use none", async () => {
      await make({ team_id: "t1", models: ["a"] });
      expect(await teams.modelAdd({ team_id: "t1", models: ["b", "a"] }, admin)).toMatchObject({ models: ["a", "b"] });
      expect(await teams.modelDelete({ team_id: "t1", models: ["a", "b"] }, chiefOf("t1"))).toMatchObject({
        models: ["no-default-models"],
      });
      expect(await refusal(teams.modelAdd({ team_id: "t1", models: ["c"] }, chiefOf("t1")))).toBe("forbidden");
      expect(await teams.modelAdd({ team_id: "t1", models: ["c"] }, admin)).toMatchObject({ models: ["c"] });
    });

    it("of permissions, of one and of many", async () => {
      for (const team_id of ["t1", "t2"]) await make({ team_id });
      await teams.permissionsUpdate({ team_id: "t1", team_member_permissions: ["/key/list"] }, chiefOf("t1"));
      expect(await teams.permissionsList({ team_id: "t1" }, memberOf("t1"))).toMatchObject({
        team_member_permissions: ["/key/list"],
        all_available_permissions: expect.arrayContaining(["/key/generate"]),
      });
      const all = contract.teams.permissionsBulkUpdate.input.parse({ permissions: ["/key/generate"], apply_to_all_teams: true });
      expect(await refusal(teams.permissionsBulkUpdate(all, chiefOf("t1")))).toBe("forbidden");
      expect(await teams.permissionsBulkUpdate(all, admin)).toMatchObject({ teams_updated: 2 });
      expect((await infoOf("t2")).team_member_permissions).toEqual(["/key/info", "/key/health", "/key/generate"]);
    });
  });

  it("is deleted with its keys and memberships; what it was is kept", async () => {
    await make({ team_id: "t1", team_alias: "Red", members: ["u1"], secret_manager_settings: { token: "very-secret" } });
    const { key, token } = await keyOf({ team_id: "t1" });
    expect(await teams.delete({ team_ids: ["t1"] }, chiefOf("t1"))).toMatchObject({ deleted_teams: [{ team_id: "t1", members: ["u1"] }] });
    expect(await refusal(keys.info({ key: String(key) }, admin))).toBe("not_found");
    expect(await refusal(teams.delete({ team_ids: ["t1"] }, admin))).toBe("not_found");
    expect((await users.infoV2({ user_id: "u1" }, admin)).teams).toEqual([]);
    expect(parts.told.slice(-3)).toEqual(["people team:t1", "people user:u1", `keys ${token}`]);
    expect(await teams.listV2(paged({ status: "deleted" }), admin)).toMatchObject({
      teams: [{ team_id: "t1", team_alias: "Red" }],
      total: 1,
    });
    expect(await teams.listV2(paged({ status: "deleted" }), memberOf("t2"))).toMatchObject({ total: 0 });
    const audit = await stage.database.sql.selectFrom("audit").selectAll().execute();
    expect(JSON.stringify(audit)).not.toContain("very-secret");
  });

  describe("lists", () => {
    beforeEach(async () => {
      await make({ team_id: "t1", team_alias: "Red_1", max_budget: 1, members: ["u1", "u2"] });
      await make({ team_id: "t2", team_alias: "Blue", max_budget: 3, members: ["u3"] });
      await make({ team_id: "t22", team_alias: "red 2" });
      for (const user_id of ["u1", "u2"]) await keyOf({ team_id: "t1", user_id });
    });
    const ids = async (given: object, by: Caller = admin) =>
      (await teams.listV2(paged(given), by)).teams.map(({ team_id }) => team_id).sort();

    it("go by page, with counts", async () => {
      expect(await teams.listV2(paged({ page_size: 1, page: 3, sort_by: "team_id", sort_order: "desc" }), admin)).toMatchObject({
        teams: [{ team_id: "t1", members_count: 2, keys_count: 2 }],
        ...{ total: 3, page: 3, page_size: 1, total_pages: 3 },
      });
    });

    it.each([
      [{ team_alias: "RED" }, ["t1", "t22"]],
      [{ search: "red_" }, ["t1"]],
      [{ search: "t2" }, ["t2"]],
      [{ search: "t2", search_team_id_match: "prefix" }, ["t2", "t22"]],
      [{ user_id: "u1" }, ["t1"]],
      [{ organization_id: "o1" }, []],
      [{ team_id: "t2" }, ["t2"]],
    ])("are filtered by %j", async (given, found) => expect(await ids(given)).toEqual(found));

    it.each(["team_id", "team_alias", "created_at", "updated_at", "spend", "max_budget"] as const)("are sorted by %s", async (sort_by) => {
      const order = async (sort_order: "asc" | "desc") =>
        (await teams.listV2(paged({ sort_by, sort_order }), admin)).teams.map(({ team_id }) => team_id);
      const rising = await order("asc");
      expect(rising).toHaveLength(3);
      if (sort_by === "max_budget")
        expect([rising, await order("desc")]).toEqual([
          ["t22", "t1", "t2"],
          ["t2", "t1", "t22"],
        ]);
    });

    it("show to members their team with what is theirs, and to its admins all of it", async () => {
      const own = await teams.info({ team_id: "t1" }, memberOf("t1"));
      expect([own.keys, own.team_memberships]).toMatchObject([[{ user_id: "u1" }], [{ user_id: "u1" }]]);
      const all = await teams.info({ team_id: "t1" }, chiefOf("t1"));
      expect([all.keys.length, all.team_memberships.length]).toEqual([2, 2]);
      expect(await teams.list({}, memberOf("t1"))).toMatchObject([
        { team_id: "t1", keys: [{ user_id: "u1" }], team_memberships: [{ user_id: "u1" }] },
      ]);
      await teams.permissionsUpdate({ team_id: "t1", team_member_permissions: ["/key/list"] }, admin);
      expect((await teams.info({ team_id: "t1" }, memberOf("t1"))).keys).toHaveLength(2);
    });

    it("show nothing of others' teams, in the words of what is not there", async () => {
      const stranger = chiefOf("t2");
      expect(await ids({}, stranger)).toEqual(["t2"]);
      expect(await ids({ user_id: "u1" }, stranger)).toEqual([]);
      const doings = [
        () => teams.info({ team_id: "t1" }, stranger),
        () => teams.update({ team_id: "t1", team_alias: "x" }, stranger),
        () => teams.patch({ team_id: "t1", team_alias: "x" }, stranger),
        () => teams.delete({ team_ids: ["t2", "t1"] }, stranger),
        () => teams.block({ team_id: "t1" }, stranger),
        () => teams.memberAdd({ team_id: "t1", member: { role: "user", user_id: "chief" } }, stranger),
        () => teams.memberDelete({ team_id: "t1", user_id: "u1" }, stranger),
        () => teams.memberUpdate({ team_id: "t1", user_id: "u1", role: "admin" }, stranger),
        () => teams.permissionsUpdate({ team_id: "t1", team_member_permissions: [] }, stranger),
        () => teams.modelDelete({ team_id: "t1", models: ["a"] }, stranger),
      ];
      for (const doing of doings) expect(await refusal(doing())).toBe("not_found");
      expect(await refusal(teams.info({ team_id: "t2" }, stranger))).toBe("done");
      await expect(teams.info({ team_id: "t1" }, stranger)).rejects.toThrow("There is no team 't1'.");
    });

    it("are read and not changed by members and viewers", async () => {
      for (const by of [memberOf("t1"), caller("proxy_admin_viewer")])
        expect(await refusal(teams.update({ team_id: "t1", team_alias: "x" }, by))).toBe("forbidden");
    });
  });
});

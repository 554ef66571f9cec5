/** Organizations, their members and projects on both engines: made, found, changed, deleted; by whom. */

import { contract } from "@tollgate/admin";
import { beforeEach, describe, expect, it } from "vitest";
import { withDatabases } from "../../../testkit/src/servers/with-databases.ts";
import { admin, caller, refusal, type TestParts, testParts } from "./for-tests.ts";
import { createKeys } from "./keys.ts";
import { createOrganizations } from "./organizations.ts";
import { createProjects } from "./projects.ts";
import { createTeams } from "./teams.ts";
import { createUsers } from "./users.ts";

withDatabases("organizations and projects", (stage) => {
  let parts: TestParts;
  let keys: Required<ReturnType<typeof createKeys>>;
  let organizations: Required<ReturnType<typeof createOrganizations>>;
  let projects: Required<ReturnType<typeof createProjects>>;
  let teams: Required<ReturnType<typeof createTeams>>;
  let users: Required<ReturnType<typeof createUsers>>;
  beforeEach(() => {
    parts = testParts(stage.database);
    keys = createKeys(parts) as typeof keys;
    organizations = createOrganizations(parts) as typeof organizations;
    projects = createProjects(parts) as typeof projects;
    teams = createTeams(parts) as typeof teams;
    users = createUsers(parts) as typeof users;
  });
  const make = (organization_id: string, given: object = {}) =>
    organizations.new({ organization_alias: organization_id.toUpperCase(), organization_id, ...given }, admin);
  const teamIn = (team_id: string, organization_id?: string) =>
    teams.new(contract.teams.new.input.parse({ team_id, ...(organization_id && { organization_id }) }), admin);
  const keyOf = (given: object) => keys.generate(contract.keys.generate.input.parse(given), admin);
  const infoOf = (organization_id: string) => organizations.info({ organization_id }, admin);
  const budgets = () => stage.database.sql.selectFrom("budgets").select(["budget_id", "settings"]).orderBy("budget_id").execute();
  const share = (budget_id: string, settings: object) =>
    stage.database.sql
      .insertInto("budgets")
      .values({ budget_id, settings: JSON.stringify(settings) })
      .execute();
  const chief = caller("internal_user", { userId: "chief", adminOfOrganizations: ["o1"] });

  describe("an organization", () => {
    it("keeps its limits in a budget of its own, which changes and goes with it", async () => {
      const made = await make("o1", { max_budget: 5, budget_duration: "30d", models: ["gpt-4o"], metadata: { a: 1 } });
      expect(made).toMatchObject({
        organization_id: "o1",
        spend: 0,
        models: ["gpt-4o"],
        litellm_budget_table: { max_budget: 5, rpm_limit: null },
      });
      expect(made.litellm_budget_table?.budget_id).toBe(made.budget_id);
      const changed = await organizations.update({ organization_id: "o1", max_budget: null, rpm_limit: 9, metadata: null }, admin);
      expect(changed).toMatchObject({ budget_id: made.budget_id, metadata: {}, litellm_budget_table: { max_budget: null, rpm_limit: 9 } });
      expect(await budgets()).toEqual([{ budget_id: made.budget_id, settings: { budget_duration: "30d", rpm_limit: 9 } }]);
      await organizations.delete({ organization_ids: ["o1"] }, admin);
      expect(await budgets()).toEqual([]);
    });

    it("that shares a budget leaves it as it is: what is its own is laid over", async () => {
      await share("shared", { max_budget: 7 });
      expect(await make("o1", { budget_id: "shared" })).toMatchObject({ budget_id: "shared", litellm_budget_table: { max_budget: 7 } });
      expect(await organizations.patch({ organization_id: "o1", max_budget: 3 }, admin)).toMatchObject({
        budget_id: "shared",
        max_budget: 3,
      });
      expect(await budgets()).toEqual([{ budget_id: "shared", settings: { max_budget: 7 } }]);
      expect(await refusal(make("o2", { budget_id: "nowhere" }))).toBe("not_found");
      expect(await refusal(infoOf("o2"))).toBe("not_found");
    });

    it("that comes to share one gives its own up", async () => {
      await share("shared", { max_budget: 7 });
      await make("o1", { max_budget: 5 });
      expect(await organizations.update({ organization_id: "o1", budget_id: "shared" }, admin)).toMatchObject({
        litellm_budget_table: { max_budget: 7 },
      });
      expect(await budgets()).toHaveLength(1);
    });

    it("has an id of its own", async () => {
      await make("o1");
      await expect(make("o1")).rejects.toMatchObject({ kind: "conflict", detail: { param: "organization_id" } });
    });

    it("is deleted with its teams and keys", async () => {
      await make("o1");
      await teamIn("t1", "o1");
      const made = await Promise.all([keyOf({ team_id: "t1" }), keyOf({ organization_id: "o1" })]);
      const told = await organizations.delete({ organization_ids: ["o1"] }, admin);
      expect(told).toMatchObject([{ organization_id: "o1", teams: [{ team_id: "t1" }] }]);
      for (const { key } of made) expect(await refusal(keys.info({ key: String(key) }, admin))).toBe("not_found");
      expect(await refusal(teams.info({ team_id: "t1" }, admin))).toBe("not_found");
      expect(await refusal(organizations.delete({ organization_ids: ["o1"] }, admin))).toBe("not_found");
      expect(parts.told).toEqual(expect.arrayContaining(["people organization:o1", "people team:t1"]));
    });

    it("is named and described by its administrators, but not limited", async () => {
      await make("o1", { max_budget: 5 });
      await organizations.update({ organization_id: "o1", organization_alias: "New", metadata: { a: 2 }, max_budget: 5 }, chief);
      expect(await infoOf("o1")).toMatchObject({ organization_alias: "New", metadata: { a: 2 } });
      for (const wide of [
        { max_budget: 6 },
        { max_budget: null },
        { models: [] },
        { budget_id: "b" },
        { metadata: { model_rpm_limit: { o3: 9 } } },
      ])
        expect([wide, await refusal(organizations.update({ organization_id: "o1", ...wide }, chief))]).toEqual([wide, "forbidden"]);
      expect(await refusal(organizations.delete({ organization_ids: ["o1"] }, chief))).toBe("forbidden");
      expect(await refusal(organizations.new({ organization_alias: "mine" }, chief))).toBe("forbidden");
    });

    it("is seen by who belongs to it, and by nobody else", async () => {
      for (const id of ["o1", "o2"]) await make(id);
      const member = [
        { user_id: "u1", role: "internal_user" as const },
        { user_id: "u2", role: "org_admin" as const },
      ];
      await organizations.memberAdd({ organization_id: "o1", member }, admin);
      const [own, ...more] = await organizations.list({}, caller("internal_user", { userId: "u1" }));
      expect([own?.organization_id, own?.members, more]).toMatchObject(["o1", [{ user_id: "u1" }], []]);
      const [all] = await organizations.list({ org_alias: "O" }, chief);
      expect(all?.members?.map(({ user_id, user_role }) => [user_id, user_role])).toEqual([
        ["u1", "internal_user"],
        ["u2", "org_admin"],
      ]);
      expect(await organizations.list({}, caller("proxy_admin_viewer"))).toHaveLength(2);
      for (const doing of [
        () => organizations.info({ organization_id: "o2" }, chief),
        () => organizations.infoMany({ organizations: ["o1", "o2"] }, chief),
        () => organizations.update({ organization_id: "o2", organization_alias: "x" }, chief),
        () => organizations.memberAdd({ organization_id: "o2", member: { user_id: "chief", role: "org_admin" } }, chief),
        () => organizations.memberDelete({ organization_id: "o2", user_id: "u1" }, chief),
      ])
        expect(await refusal(doing())).toBe("not_found");
    });
  });

  describe("members of an organization", () => {
    beforeEach(() => make("o1"));
    const add = (user_id: string, more: object = {}) =>
      organizations.memberAdd({ organization_id: "o1", member: { user_id, role: "internal_user" }, ...more }, admin);

    it("are made when nobody knows them, and are told what is not in force", async () => {
      const member = { user_email: "new@example.com", role: "org_admin" as const };
      const added = await organizations.memberAdd({ organization_id: "o1", member, max_budget_in_organization: 3 }, admin);
      expect(added).toMatchObject({
        updated_users: [{ user_email: "new@example.com" }],
        updated_organization_memberships: [
          { user_role: "org_admin", user_email: "new@example.com", litellm_budget_table: { max_budget: 3 } },
        ],
        warnings: [expect.stringContaining("max_budget_in_organization")],
      });
    });

    it("are in it once, change and leave; with them go the keys that it pays", async () => {
      await add("u1");
      expect(await refusal(add("u1"))).toBe("conflict");
      expect(await organizations.memberUpdate({ organization_id: "o1", user_id: "u1", role: "org_admin" }, admin)).toMatchObject({
        user_role: "org_admin",
      });
      const { key } = await keyOf({ user_id: "u1", organization_id: "o1" });
      const own = await keyOf({ user_id: "u1" });
      await organizations.memberDelete({ organization_id: "o1", user_id: "u1" }, admin);
      expect(await refusal(keys.info({ key: String(key) }, admin))).toBe("not_found");
      expect(await refusal(keys.info({ key: String(own.key) }, admin))).toBe("done");
      expect(await refusal(organizations.memberDelete({ organization_id: "o1", user_id: "u1" }, admin))).toBe("not_found");
    });

    it("spend what the books say of them there", async () => {
      await add("u1");
      const day = { day: "2026-01-01", user_id: "u1", spend_nano: 1_500_000_000 };
      const rows = [
        { ...day, organization_id: "o1" },
        { ...day, organization_id: "o1", model: "o3" },
        { ...day, organization_id: "o2" },
      ];
      await stage.database.sql
        .insertInto("daily")
        .values(rows as never)
        .execute();
      expect((await infoOf("o1")).members).toMatchObject([{ user_id: "u1", spend: 3 }]);
    });
  });

  describe("projects", () => {
    const head = caller("internal_user", { userId: "head", adminOfTeams: ["t1"], memberOfTeams: ["t1"] });
    const member = caller("internal_user", { userId: "u1", memberOfTeams: ["t1"] });
    const draft = (given: object = {}) => contract.projects.new.input.parse({ team_id: "t1", ...given });
    beforeEach(async () => {
      await teamIn("t1");
      await teamIn("t2");
    });

    it("are made by admins of their team, changed, and seen by its members", async () => {
      const made = await projects.new(
        draft({ project_id: "p1", project_alias: "P", max_budget: 2, tags: ["x"], allowed_models: ["gpt-4o"] }),
        head,
      );
      expect(made).toMatchObject({
        project_id: "p1",
        team_id: "t1",
        models: ["gpt-4o"],
        spend: 0,
        blocked: false,
        litellm_budget_table: { max_budget: 2 },
      });
      const changed = await projects.update({ project_id: "p1", blocked: true, max_budget: 3, description: "what it is for" }, head);
      expect(changed).toMatchObject({ blocked: true, description: "what it is for", tags: ["x"], litellm_budget_table: { max_budget: 3 } });
      expect(await projects.list({}, member)).toMatchObject([{ project_id: "p1" }]);
      expect(await projects.list({}, caller("internal_user", { memberOfTeams: ["t2"] }))).toEqual([]);
      expect(await refusal(projects.update({ project_id: "p1", blocked: false }, member))).toBe("forbidden");
      expect(parts.told).toContain("people project:p1");
    });

    it("without limits have no budget", async () => {
      expect(await projects.new(draft(), admin)).toMatchObject({ budget_id: null, litellm_budget_table: null });
    });

    it("go with their team, and so do their budgets", async () => {
      await projects.new(draft({ project_id: "p1", max_budget: 1 }), admin);
      await teams.delete({ team_ids: ["t1"] }, admin);
      expect(await refusal(projects.info({ project_id: "p1" }, admin))).toBe("not_found");
      expect(await budgets()).toEqual([]);
    });

    it("of others' teams are not there", async () => {
      await projects.new(contract.projects.new.input.parse({ team_id: "t2", project_id: "p2" }), admin);
      await projects.new(draft({ project_id: "p1" }), admin);
      for (const doing of [
        () => projects.new(contract.projects.new.input.parse({ team_id: "t2" }), head),
        () => projects.info({ project_id: "p2" }, head),
        () => projects.update({ project_id: "p2", blocked: true }, head),
        () => projects.update({ project_id: "p1", team_id: "t2" }, head),
        () => projects.delete({ project_ids: ["p1", "p2"] }, head),
      ])
        expect(await refusal(doing())).toBe("not_found");
      await expect(projects.new(draft({ project_id: "p1" }), admin)).rejects.toMatchObject({ kind: "conflict" });
    });

    it("are deleted when they have no keys any more", async () => {
      await projects.new(draft({ project_id: "p1", max_budget: 1 }), admin);
      const { key } = await keyOf({ team_id: "t1", project_id: "p1" });
      expect(await refusal(projects.delete({ project_ids: ["p1"] }, admin))).toBe("bad_request");
      await keys.delete({ keys: [String(key)] }, admin);
      expect(await projects.delete({ project_ids: ["p1"] }, head)).toMatchObject([{ project_id: "p1" }]);
      expect(await budgets()).toEqual([]);
    });
  });

  it("lets its administrators see and change its teams and the users in it", async () => {
    await make("o1");
    await teamIn("t1", "o1");
    await teamIn("t2");
    await users.new(contract.users.new.input.parse({ user_id: "u1", organizations: ["o1"] }), admin);
    await users.new(contract.users.new.input.parse({ user_id: "u2" }), admin);
    expect((await teams.list({}, chief)).map(({ team_id }) => team_id)).toEqual(["t1"]);
    expect(await teams.update({ team_id: "t1", max_budget: 9 }, chief)).toMatchObject({ data: { max_budget: 9 } });
    expect((await users.list(contract.users.list.input.parse({}), chief)).users.map(({ user_id }) => user_id)).toEqual(["u1"]);
    expect((await organizations.info({ organization_id: "o1" }, chief)).users?.map(({ user_id }) => user_id)).toEqual(["u1"]);
  });
});

/** Users in the hands of who administers their organization, on both engines. */

import { contract } from "@tollgate/admin";
import { beforeEach, describe, expect, it } from "vitest";
import { withDatabases } from "../../../testkit/src/servers/with-databases.ts";
import type { Caller } from "../http/admin-routes.ts";
import { admin, caller, refusal, testParts } from "./for-tests.ts";
import { createOrganizations } from "./organizations.ts";
import { hashPassword, verifyPassword } from "./password.ts";
import { createTeams } from "./teams.ts";
import { createUsers } from "./users.ts";

const draft = (given: object = {}) => contract.users.new.input.parse({ auto_create_key: false, ...given });

withDatabases("users of organizations", (stage) => {
  let users: Required<ReturnType<typeof createUsers>>;
  let teams: Required<ReturnType<typeof createTeams>>;
  let organizations: Required<ReturnType<typeof createOrganizations>>;
  beforeEach(() => {
    const parts = testParts(stage.database);
    users = createUsers(parts) as typeof users;
    teams = createTeams(parts) as typeof teams;
    organizations = createOrganizations(parts) as typeof organizations;
  });
  const make = (given: object = {}, by: Caller = admin) => users.new(draft(given), by);
  const infoOf = (user_id: string, by: Caller = admin) => users.infoV2({ user_id }, by);
  const stored = (user_id: string) => stage.database.sql.selectFrom("users").selectAll().where("user_id", "=", user_id).executeTakeFirst();

  describe("administrators of organizations", () => {
    const chief = caller("internal_user", { userId: "chief", adminOfOrganizations: ["o1"] });
    beforeEach(async () => {
      for (const organization_id of ["o1", "o2"]) await organizations.new({ organization_alias: organization_id, organization_id }, admin);
      await make({ user_id: "chief", organizations: ["o1"] });
      await make({ user_id: "stranger", user_email: "stranger@example.com", password: "correct horse" });
    });

    it("make users in their own, whose first key the organization pays", async () => {
      const made = await make({ user_id: "u1", organizations: ["o1"], auto_create_key: true }, chief);
      const { keys } = await users.info({ user_id: "u1" }, admin);
      expect(keys).toMatchObject([{ organization_id: "o1" }]);
      expect(made).toMatchObject({ organization_memberships: [{ organization_id: "o1" }] });
      expect(await refusal(make({ organizations: ["o2"] }, chief))).toBe("not_found");
      expect(await refusal(make({}, chief))).toBe("forbidden");
      for (const more of [{ user_role: "proxy_admin" }, { spend: 1 }])
        expect([more, await refusal(make({ organizations: ["o1"], ...more }, chief))]).toEqual([more, "forbidden"]);
      await teams.new(contract.teams.new.input.parse({ team_id: "other" }), admin);
      expect(await refusal(make({ organizations: ["o1"], teams: ["other"] }, chief))).toBe("not_found");
      expect(await refusal(make({ organizations: ["o1"], team_id: "other" }, chief))).toBe("not_found");
    });

    it("change their own people, but make no administrators of them", async () => {
      await make({ user_id: "u1", organizations: ["o1"] }, chief);
      await users.update({ user_id: "u1", max_budget: 3, password: "correct horse" }, chief);
      expect(await infoOf("u1", chief)).toMatchObject({ max_budget: 3 });
      expect(await refusal(users.update({ user_id: "u1", user_role: "proxy_admin" }, chief))).toBe("forbidden");
      expect(await refusal(users.update({ user_id: "chief", max_budget: 3 }, chief))).toBe("forbidden");
      expect(await refusal(users.update({ user_id: "stranger", max_budget: 3 }, chief))).toBe("not_found");
    });

    it("do not come to rule over somebody by letting them in", async () => {
      const added = await organizations.memberAdd({ organization_id: "o1", member: { user_id: "stranger", role: "internal_user" } }, chief);
      expect(added.updated_users).toEqual([expect.objectContaining({ user_id: "stranger", spend: 0 })]);
      expect(await refusal(users.update({ user_id: "stranger", password: "taken over" }, chief))).toBe("not_found");
      expect(await verifyPassword("correct horse", (await stored("stranger"))?.password ?? null)).toBe(true);
    });

    it("leave those alone who belong to others, too", async () => {
      await make({ user_id: "u1", organizations: ["o1", "o2"] });
      await make({ user_id: "u2", organizations: ["o1"] });
      await teams.new(contract.teams.new.input.parse({ members: ["u2"] }), admin);
      for (const user_id of ["u1", "u2"])
        expect(await refusal(users.update({ user_id, password: await hashPassword("x") }, chief))).toBe("forbidden");
      expect(await refusal(users.delete({ user_ids: ["u1"] }, chief))).toBe("forbidden");
    });
  });
});

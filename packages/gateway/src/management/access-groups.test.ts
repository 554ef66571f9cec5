/** Access groups of both kinds: with teams and keys, and on models themselves. */

import { contract } from "@tollgate/admin";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withDatabases } from "../../../testkit/src/servers/with-databases.ts";
import { type TestModels, testModels } from "../models/fakes-for-tests.ts";
import { createAccessGroups } from "./access-groups.ts";
import { admin, caller, refusal, type TestParts, testParts } from "./for-tests.ts";

withDatabases("access groups", (stage) => {
  let parts: TestParts;
  let around: TestModels;
  let groups: Required<ReturnType<typeof createAccessGroups>>;
  beforeEach(async () => {
    around = await testModels(stage.database, {
      rows: [{ model_name: "of-file", litellm_params: { model: "openai/gpt-4o" }, model_info: { access_groups: ["file-group"] } }],
    });
    const told = testParts(stage.database);
    parts = {
      ...told,
      changed: async (channel, what) => {
        if (channel === "models") await around.models.reload();
        await told.changed(channel, what);
      },
    };
    groups = createAccessGroups(parts, around) as typeof groups;
    const team = { team_id: "t1", team_alias: "Team", settings: "{}" };
    await stage.database.sql.insertInto("teams").values(team).execute();
    await stage.database.sql.insertInto("keys").values({ token: "k1", key_name: "sk-...1", settings: "{}" }).execute();
  });
  afterEach(() => around.models.close());
  const make = (given: object) =>
    groups.new(contract.accessGroups.new.input.parse({ access_group_name: "g", ...given }), admin) as Promise<{ access_group_id: string }>;
  const groupsOf = async () =>
    (await stage.database.sql.selectFrom("teams").select("settings").executeTakeFirstOrThrow()).settings["access_group_ids"];

  it("stand in the rows of the teams and keys that they are assigned to", async () => {
    const { access_group_id: id } = await make({ access_model_names: ["m"], assigned_team_ids: ["t1"], assigned_key_ids: ["k1"] });
    expect(await groupsOf()).toEqual([id]);
    expect(parts.told.sort()).toEqual(["keys k1", "people access_groups", "people team:t1"]);
    expect(await groups.info({ access_group_id: id }, admin)).toMatchObject({
      access_model_names: ["m"],
      assigned_teams: [{ id: "t1", name: "Team" }],
      assigned_key_ids: ["k1"],
    });
    await groups.update({ access_group_id: id, assigned_team_ids: null, description: "x" }, admin);
    expect(await groupsOf()).toEqual([]);
    await groups.delete({ access_group_id: id }, admin);
    const key = await stage.database.sql.selectFrom("keys").select("settings").executeTakeFirstOrThrow();
    expect(key.settings["access_group_ids"]).toEqual([]);
    expect(await refusal(groups.info({ access_group_id: id }, admin))).toBe("not_found");
  });

  it("have names of their own, and teams that are there", async () => {
    const both = await Promise.all([refusal(make({})), refusal(make({}))]);
    expect(both.sort()).toEqual(["conflict", "done"]);
    expect(await refusal(make({ access_group_name: "other", assigned_team_ids: ["nobody"] }))).toBe("not_found");
    expect(await groups.list({}, admin)).toHaveLength(1);
  });

  it("are shown to those whose teams have them", async () => {
    const { access_group_id: id } = await make({ assigned_team_ids: ["t1"] });
    await make({ access_group_name: "of nobody" });
    const member = caller("org_admin", { userId: "u1", memberOfTeams: ["t1"] });
    expect(await groups.list({}, member)).toMatchObject([{ access_group_id: id }]);
    expect(await groups.list({}, caller("org_admin", { userId: "u2" }))).toEqual([]);
    expect(await refusal(groups.info({ access_group_id: id }, caller("org_admin")))).toBe("not_found");
  });

  describe("on models", () => {
    const put = async (model_id: string, model_name: string): Promise<void> => {
      const encryption = await around.secrets();
      const litellm_params = encryption.encryptJson({ model: "openai/gpt-4o", api_key: "sk-1" });
      await stage.database.sql.insertInto("models").values({ model_id, model_name, litellm_params, model_info: "{}" }).execute();
    };
    beforeEach(async () => {
      await put("1", "a");
      await put("2", "a");
      await put("3", "b");
      await around.models.reload();
    });

    it("are made, changed and told with all models that have them", async () => {
      expect(await groups.newOfModels({ access_group: "beta", model_names: ["a"] }, admin)).toMatchObject({ models_updated: 2 });
      expect(around.accessChanges()).toBeGreaterThan(0);
      expect(await refusal(groups.newOfModels({ access_group: "beta", model_names: ["a"] }, admin))).toBe("conflict");
      await groups.updateOfModels({ access_group: "beta", model_ids: ["2", "3"] }, admin);
      expect(await groups.infoOfModels({ access_group: "beta" }, admin)).toMatchObject({ model_names: ["a", "b"], deployment_count: 2 });
      expect(await groups.listOfModels({}, admin)).toMatchObject({
        access_groups: [{ access_group: "beta" }, { access_group: "file-group", model_names: ["of-file"] }],
      });
      expect(await groups.deleteOfModels({ access_group: "beta" }, admin)).toMatchObject({ models_updated: 2 });
      expect(await refusal(groups.infoOfModels({ access_group: "beta" }, admin))).toBe("not_found");
    });

    it("want models of the database", async () => {
      expect(await refusal(groups.newOfModels({ access_group: "g", model_names: ["nobody"] }, admin))).toBe("bad_request");
      expect(await refusal(groups.newOfModels({ access_group: "g" }, admin))).toBe("bad_request");
      expect(await refusal(groups.deleteOfModels({ access_group: "file-group" }, admin))).toBe("bad_request");
    });

    it("have budgets that are kept and told, with a warning", async () => {
      const set = await groups.setBudget({ access_group: "file-group", max_budget: 5 }, admin);
      expect(set).toMatchObject({ budget: { max_budget: 5 }, warnings: [expect.stringContaining("not in force")] });
      expect(await groups.budget({ access_group: "file-group" }, admin)).toMatchObject({ budget: { max_budget: 5 }, spend: 0 });
      expect(await groups.deleteBudget({ access_group: "file-group" }, admin)).toMatchObject({ budget_deleted: true });
      expect(await groups.budget({ access_group: "file-group" }, admin)).toMatchObject({ budget: null });
    });
  });
});

/** Models in the database: added, merged, blocked, deleted, by whom, and in force at once. */

import { contract } from "@tollgate/admin";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withDatabases } from "../../../testkit/src/servers/with-databases.ts";
import { type TestModels, testModels } from "../models/fakes-for-tests.ts";
import { admin, caller, refusal, type TestParts, testParts } from "./for-tests.ts";
import { createModelHandlers } from "./models.ts";

const SECRET = "sk-provider-secret-0123456789";

withDatabases("models", (stage) => {
  let parts: TestParts;
  let around: TestModels;
  let handlers: Required<ReturnType<typeof createModelHandlers>>;
  const open = async (given: Parameters<typeof testModels>[1] = {}): Promise<void> => {
    around = await testModels(stage.database, {
      rows: [{ model_name: "of-file", litellm_params: { model: "openai/gpt-4o" }, model_info: { id: "file-1" } }],
      env: { AZURE_KEY: "from-the-environment", LITELLM_MASTER_KEY: "sk-master" },
      ...given,
    });
    const told = testParts(stage.database);
    parts = {
      ...told,
      changed: async (channel, what) => {
        if (channel === "models") await around.models.reload();
        await told.changed(channel, what);
      },
    };
    handlers = createModelHandlers(parts, around) as typeof handlers;
  };
  beforeEach(() => open());
  afterEach(() => around.models.close());

  const add = (given: object = {}, by = admin) =>
    handlers.new(
      contract.models.new.input.parse({ model_name: "m", litellm_params: { model: "openai/gpt-4o", api_key: SECRET }, ...given }),
      by,
    ) as Promise<{ model_id: string }>;
  const groups = () => around.house.router.routes.deployments.map(({ group }) => group);
  const team = async (team_id: string) => void (await stage.database.sql.insertInto("teams").values({ team_id, settings: "{}" }).execute());
  const page = (given: object = {}) => contract.models.infoV2.input.parse(given);

  it("a new one is in force at once, its secret encrypted and not told", async () => {
    const made = await add({ model_info: { note: "ours" } });
    expect(groups()).toEqual(["of-file", "m"]);
    expect(JSON.stringify(made)).not.toContain(SECRET);
    const [row] = await stage.database.sql.selectFrom("models").selectAll().execute();
    expect(JSON.stringify(row)).not.toContain(SECRET);
    expect(around.house.router.routes.find("m")?.[0]?.settings.api_key).toBe(SECRET);
    expect(around.house.router.routes.find("m")?.[0]?.row.source).toBe("api");
    expect(parts.told).toEqual([`models ${made.model_id}`]);
    expect(await handlers.infoV2(page({ modelId: made.model_id }), admin)).toMatchObject({
      data: [{ model_name: "m", model_info: { id: made.model_id, db_model: true, note: "ours" } }],
      total_count: 1,
    });
    expect(JSON.stringify(await stage.database.sql.selectFrom("audit").selectAll().execute())).not.toContain(SECRET);
  });

  it("another instance has it when it is told", async () => {
    const other = await testModels(await stage.another());
    await add();
    await stage.database.notify("models", "x");
    await expect.poll(() => other.house.router.routes.find("m")?.length).toBe(1);
    other.models.close();
  });

  it("unchanged ones keep their compiled object", async () => {
    await add({ model_name: "stays" });
    const before = around.house.router.routes.find("stays")?.[0];
    const row = around.models.rows.at(-1);
    await add({ model_name: "comes" });
    expect(around.house.router.routes.find("stays")?.[0]).toBe(before);
    expect(around.models.rows.find(({ model_name }) => model_name === "stays")).toBe(row);
  });

  it("changes are merged, and null takes away", async () => {
    const { model_id } = await add({
      litellm_params: { model: "openai/gpt-4o", api_key: SECRET, rpm: 5, tpm: 6 },
      model_info: { a: 1, b: 2 },
    });
    await handlers.patch({ model_id, litellm_params: { rpm: 7, tpm: null }, model_info: { b: 3 } }, admin);
    const [deployment] = around.house.router.routes.find("m") ?? [];
    expect(deployment).toMatchObject({ rpm: 7, settings: { api_key: SECRET }, row: { model_info: { a: 1, b: 3, id: model_id } } });
    expect(deployment?.tpm).toBeUndefined();
    await handlers.update({ model_name: "renamed", model_info: { id: model_id } }, admin);
    expect(groups()).toEqual(["of-file", "renamed"]);
  });

  it("a blocked one gets no calls until it is unblocked, and is still listed", async () => {
    const { model_id } = await add();
    await handlers.block({ model_id }, admin);
    expect(groups()).toEqual(["of-file"]);
    expect(await handlers.infoV2(page({ search: "m" }), admin)).toMatchObject({ data: [{ model_info: { id: model_id, blocked: true } }] });
    await handlers.unblock({ id: model_id }, admin);
    expect(groups()).toEqual(["of-file", "m"]);
  });

  it("a deleted one is gone; unknown ones and those of the file are not deleted", async () => {
    const { model_id } = await add();
    await handlers.delete({ id: model_id }, admin);
    expect(groups()).toEqual(["of-file"]);
    expect(await refusal(handlers.delete({ id: model_id }, admin))).toBe("not_found");
    expect(await refusal(handlers.delete({ id: "file-1" }, admin))).toBe("bad_request");
    expect(await refusal(handlers.patch({ model_id: "file-1", model_name: "x" }, admin))).toBe("bad_request");
  });

  it("an id is there once, also under a race", async () => {
    const both = await Promise.all([refusal(add({ model_info: { id: "one" } })), refusal(add({ model_info: { id: "one" } }))]);
    expect(both.sort()).toEqual(["conflict", "done"]);
    expect(await refusal(add({ model_info: { id: "file-1" } }))).toBe("conflict");
  });

  it.each([
    [{ model: "opnai/gpt-4o" }, /"opnai" is no known provider\. Did you mean "openai"/],
    [{ model: "openai/x", custom_llm_provider: "nobody" }, /"nobody" is no known provider/],
    [{ model: "openai/x", api_base: "no address" }, /api_base/],
    [{ model: "openai/x", litellm_credential_name: "nobody" }, /no credential 'nobody'/],
    [{ model: "openai/x", api_key: "os.environ/NOT_SET" }, /NOT_SET/],
    [{ model: "openai/x", api_key: "os.environ/LITELLM_MASTER_KEY" }, /secret of the gateway/],
  ])("%j is refused in words", async (litellm_params, words) => {
    await expect(add({ litellm_params })).rejects.toThrow(words);
    expect(await stage.database.sql.selectFrom("models").selectAll().execute()).toEqual([]);
  });

  it("reads variables of the environment when it is put in force, and does not store them", async () => {
    await add({ litellm_params: { model: "openai/gpt-4o", api_key: "os.environ/AZURE_KEY" } });
    expect(around.house.router.routes.find("m")?.[0]?.settings.api_key).toBe("from-the-environment");
    expect(around.models.stored[0]?.params.api_key).toBe("os.environ/AZURE_KEY");
  });

  it("uses credentials of the file, and is left out, not sent elsewhere, when its credential is gone", async () => {
    await open({ credentials: new Map([["ours", { api_key: SECRET, api_base: "https://one.example/v1" }]]) });
    await add({ litellm_params: { model: "openai/gpt-4o", litellm_credential_name: "ours" } });
    expect(around.house.router.routes.find("m")?.[0]?.settings).toMatchObject({ api_key: SECRET, api_base: "https://one.example/v1" });
    around.models.replaceFile({ rows: [], credentials: new Map() });
    expect(around.house.router.routes.find("m")).toBeUndefined();
    expect(around.warned.join()).toContain("'ours'");
  });

  it("is not taken where the configuration says so", async () => {
    await open({ storeInDatabase: false });
    await expect(add()).rejects.toThrow(/store_model_in_db/);
  });

  it("what was encrypted with another salt is left out and told", async () => {
    await add();
    const other = await testModels(stage.database, { salt: "another" });
    expect(other.house.router.routes.deployments).toEqual([]);
    expect(other.warned.join()).toContain("LITELLM_SALT_KEY");
    other.models.close();
  });

  describe("of teams", () => {
    const teamAdmin = caller("internal_user", { userId: "u1", teamId: "t1", adminOfTeams: ["t1"], memberOfTeams: ["t1"] });
    const ofTeam = { model_info: { team_id: "t1" } };
    beforeEach(() => team("t1"));

    it("are added by their admins, with a key of their own, and stand apart from others of the same name", async () => {
      await add({ model_name: "m" });
      const { model_id } = await add(ofTeam, teamAdmin);
      expect(around.house.router.routes.find("m")).toHaveLength(1);
      expect(around.teamModels().of("t1")?.get("m")).toBe("team:t1:m");
      expect(around.teamModels().ownerOf(model_id)).toBe("t1");
      expect(around.house.router.routes.names).not.toContain("team:t1:m");
      expect(around.accessChanges()).toBe(1);
    });

    it("are shown to the team and to administrators only", async () => {
      await add(ofTeam, teamAdmin);
      const names = async (who: typeof admin) =>
        (await handlers.infoV2(page(), who)).data.map((each) => [each.model_name, each.model_info["team_id"]]);
      expect(await names(teamAdmin)).toContainEqual(["m", "t1"]);
      expect(await names(admin)).toContainEqual(["m", "t1"]);
      expect(await names(caller("internal_user", { userId: "u2", teamId: "t2", memberOfTeams: ["t2"] }))).not.toContainEqual(["m", "t1"]);
    });

    it.each([
      [{ model: "openai/gpt-4o" }],
      [{ model: "openai/gpt-4o", api_base: "https://evil.example" }],
      [{ model: "openai/gpt-4o", api_key: "os.environ/AZURE_KEY" }],
      [{ model: "openai/gpt-4o", api_key: "x", litellm_credential_name: "ours" }],
      [{ model: "vertex_ai/gemini-2.5-pro", vertex_credentials: "/etc/passwd" }],
    ])("may not use what is not theirs: %j", async (litellm_params) => {
      await open({ credentials: new Map([["ours", { api_key: SECRET }]]) });
      expect(await refusal(add({ ...ofTeam, litellm_params }, teamAdmin))).toBe("forbidden");
    });

    it("may not be sent elsewhere with the secret of before", async () => {
      const { model_id } = await add(ofTeam, teamAdmin);
      const move = { api_base: "https://evil.example/v1" };
      await expect(handlers.patch({ model_id, litellm_params: move }, teamAdmin)).rejects.toMatchObject({
        detail: { code: "secret_required_for_host_change" },
      });
      expect(await refusal(handlers.patch({ model_id, litellm_params: { model: "groq/gpt-4o" } }, teamAdmin))).toBe("bad_request");
      expect(await refusal(handlers.patch({ model_id, litellm_params: { ...move, api_key: "new" } }, teamAdmin))).toBe("done");
      expect(await refusal(handlers.patch({ model_id, litellm_params: { api_base: "https://other.example" } }, admin))).toBe("done");
    });

    it("are nobody else's to change", async () => {
      const { model_id } = await add(ofTeam, teamAdmin);
      const global = await add({ model_name: "for all" });
      const other = caller("internal_user", { userId: "u2", adminOfTeams: ["t2"] });
      for (const doing of [
        () => handlers.patch({ model_id, model_name: "x" }, other),
        () => handlers.delete({ id: model_id }, other),
        () => handlers.block({ model_id }, other),
        () => handlers.delete({ id: global.model_id }, teamAdmin),
        () => add(ofTeam, other),
      ])
        expect(await refusal(doing())).toBe("not_found");
      expect(await refusal(add({}, teamAdmin))).toBe("forbidden");
      expect(await refusal(handlers.patch({ model_id, model_info: { team_id: "t2" } }, teamAdmin))).toBe("forbidden");
    });

    it("have names without wildcards, and a team that is there", async () => {
      expect(await refusal(add({ ...ofTeam, model_name: "openai/*" }))).toBe("bad_request");
      expect(await refusal(add({ model_info: { team_id: "nobody" } }))).toBe("not_found");
    });
  });

  it("lists by page, sorted, searched", async () => {
    for (const model_name of ["b", "a"]) await add({ model_name });
    expect(await handlers.infoV2(page({ size: 2, sortBy: "model_name", sortOrder: "desc" }), admin)).toMatchObject({
      data: [{ model_name: "of-file", model_info: { db_model: false } }, { model_name: "b" }],
      total_count: 3,
      total_pages: 2,
      current_page: 1,
    });
    expect(await handlers.infoV2(page({ search: "FILE" }), admin)).toMatchObject({ total_count: 1 });
    const restricted = caller("internal_user", { models: [{ level: "key", name: "k", allowed: ["a"] }] });
    expect(await handlers.infoV2(page(), restricted)).toMatchObject({ data: [{ model_name: "a" }], total_count: 1 });
  });
});

/** Credentials: encrypted whole, told masked, in force with the models that name them. */

import { contract } from "@tollgate/admin";
import { afterEach, beforeEach, expect, it } from "vitest";
import { withDatabases } from "../../../testkit/src/servers/with-databases.ts";
import { type TestModels, testModels } from "../models/fakes-for-tests.ts";
import { createCredentials } from "./credentials.ts";
import { admin, refusal, testParts } from "./for-tests.ts";

const SECRET = "sk-provider-secret-0123456789";

withDatabases("credentials", (stage) => {
  let around: TestModels;
  let credentials: Required<ReturnType<typeof createCredentials>>;
  beforeEach(async () => {
    around = await testModels(stage.database, {
      rows: [
        {
          model_name: "m",
          litellm_params: { model: "openai/gpt-4o", litellm_credential_name: "stored" },
        },
        { model_name: "own", litellm_params: { model: "openai/gpt-4o", api_key: SECRET, rpm: 5 }, model_info: { id: "own-1" } },
      ],
      credentials: new Map([["of file", { api_key: SECRET }]]),
    });
    const parts = testParts(stage.database);
    credentials = createCredentials(
      { ...parts, changed: async (channel) => void (channel === "models" && (await around.models.reload())) },
      around,
    ) as typeof credentials;
  });
  afterEach(() => around.models.close());
  const make = (given: object = {}) =>
    credentials.new(
      contract.credentials.new.input.parse({
        credential_name: "stored",
        credential_info: { custom_llm_provider: "openai" },
        credential_values: { api_key: SECRET, api_base: "https://one.example/v1" },
        ...given,
      }),
      admin,
    );
  const shown = (credential_name: string) => credentials.byName({ credential_name }, admin);

  it("bring the models that name them into force, and take them out again", async () => {
    expect(around.house.router.routes.find("m")).toBeUndefined();
    await make();
    expect(around.house.router.routes.find("m")?.[0]?.settings).toMatchObject({ api_key: SECRET, api_base: "https://one.example/v1" });
    await credentials.update(
      { credential_name: "stored", credential_values: { api_base: "https://two.example/v1", api_key: "********" } },
      admin,
    );
    expect(around.house.router.routes.find("m")?.[0]?.settings).toMatchObject({ api_key: SECRET, api_base: "https://two.example/v1" });
    await credentials.delete({ credential_name: "stored" }, admin);
    expect(around.house.router.routes.find("m")).toBeUndefined();
    expect(await refusal(credentials.delete({ credential_name: "stored" }, admin))).toBe("not_found");
  });

  it("are never told, neither by the database nor by the audit log", async () => {
    await make({ display_name: "Ours" });
    const told = JSON.stringify([
      await credentials.list({}, admin),
      await shown("stored"),
      await credentials.byModel({ model_id: "own-1" }, admin),
      await stage.database.sql.selectFrom("credentials").selectAll().execute(),
      await stage.database.sql.selectFrom("audit").selectAll().execute(),
    ]);
    expect(told).not.toContain(SECRET);
    expect(await shown("stored")).toMatchObject({
      display_name: "Ours",
      credential_info: { custom_llm_provider: "openai" },
      credential_values: { api_key: "********", api_base: "https://one.example/v1" },
      source: "db",
    });
    expect(await shown("of file")).toMatchObject({ source: "config" });
  });

  it("are taken from a model", async () => {
    await make({ credential_values: undefined, model_id: "own-1" });
    expect((await shown("stored")).credential_values).toEqual({ api_key: "********" });
    expect(around.models.credentials.get("stored")).toEqual({ api_key: SECRET });
    expect(await refusal(make({ credential_name: "other", model_id: "nobody" }))).toBe("not_found");
  });

  it("have names of their own; those of the file are changed there", async () => {
    await make();
    expect(await refusal(make())).toBe("conflict");
    expect(await refusal(make({ credential_name: "of file" }))).toBe("conflict");
    expect(await refusal(credentials.delete({ credential_name: "of file" }, admin))).toBe("bad_request");
    expect(await refusal(shown("nobody"))).toBe("not_found");
    expect(await refusal(make({ credential_name: "x", credential_values: { api_key: "os.environ/LITELLM_SALT_KEY" } }))).toBe(
      "bad_request",
    );
  });
});

/** Settings changed while the gateway runs: what counts at once, what does not, what is refused; and the audit log of it. */

import { contract } from "@tollgate/admin";
import { afterEach, beforeEach, expect, it } from "vitest";
import { withDatabases } from "../../../testkit/src/servers/with-databases.ts";
import { plainRouter, type TestModels, testModels } from "../models/fakes-for-tests.ts";
import { createAuditList } from "./audit-list.ts";
import { createConfigHandlers } from "./config.ts";
import { createRunSettings, type RunSettings } from "./config-settings.ts";
import { admin, refusal, testParts } from "./for-tests.ts";

const file = {
  general_settings: { database_url: "postgres://u:secret@host/db", allowed_ips: ["127.0.0.1"] },
  litellm_settings: { default_team_params: { max_budget: 5, rpm_limit: 1 }, success_callback: ["langfuse"] },
  router_settings: {},
};

withDatabases("config", (stage) => {
  let settings: RunSettings;
  let around: TestModels;
  let config: Required<ReturnType<typeof createConfigHandlers>>;
  const warned: string[] = [];
  const open = (): RunSettings => createRunSettings({ file, database: stage.database, warn: (_, text) => void warned.push(text) });
  beforeEach(async () => {
    settings = open();
    around = await testModels(stage.database, {
      rows: [{ model_name: "m", litellm_params: { model: "openai/gpt-4o", api_key: "sk-secret-of-the-model" } }],
    });
    config = createConfigHandlers(testParts(stage.database), { settings, router: plainRouter, models: around.models }) as typeof config;
  });
  afterEach(() => {
    settings.close();
    around.models.close();
  });
  const set = (field_name: string, field_value: unknown) =>
    config.fieldUpdate(contract.config.fieldUpdate.input.parse({ field_name, field_value, config_type: "general_settings" }), admin);

  it("counts at once what can, here and on others", async () => {
    await config.setTeamDefaults({ max_budget: 7, rpm_limit: null, models: ["m"] }, admin);
    expect(settings.management.defaultTeamParams).toEqual({ max_budget: 7, models: ["m"] });
    expect(await config.teamDefaults({}, admin)).toMatchObject({ values: { max_budget: 7, models: ["m"] } });
    const other = open();
    await expect.poll(() => other.management.defaultTeamParams).toEqual({ max_budget: 7, models: ["m"] });
    other.close();
    await config.update({ litellm_settings: { upperbound_key_generate_params: { rpm_limit: 3 } } }, admin);
    expect(settings.management.upperboundKeyParams).toEqual({ rpm_limit: 3 });
  });

  it("says what is stored and does not count", async () => {
    expect(await set("allowed_ips", ["127.0.0.1", "10.0.0.0/8"])).not.toHaveProperty("warnings");
    expect(await set("store_prompts_in_spend_logs", true)).toMatchObject({ warnings: [expect.stringContaining("not in force")] });
    expect(settings.current.general_settings["store_prompts_in_spend_logs"]).toBeUndefined();
    expect(await config.fieldInfo({ field_name: "store_prompts_in_spend_logs" }, admin)).toMatchObject({ field_value: true });
    expect(await config.setCostDiscounts({ discounts: { openai: 0.1 } }, admin)).toMatchObject({ warnings: [expect.any(String)] });
    expect(await config.costDiscounts({}, admin)).toEqual({ values: { openai: 0.1 } });
  });

  it("takes a setting back to the file's", async () => {
    await set("allowed_ips", ["127.0.0.1", "10.1.1.1"]);
    await config.fieldDelete({ field_name: "allowed_ips", config_type: "general_settings" }, admin);
    expect(settings.allowedIps).toEqual(["127.0.0.1"]);
    expect(await refusal(config.fieldDelete({ field_name: "allowed_ips", config_type: "general_settings" }, admin))).toBe("not_found");
  });

  it.each([
    ["master_key", "sk-x", "bad_request"],
    ["database_url", "postgres://x", "bad_request"],
    ["alowed_ips", [], "bad_request"],
    ["allowed_ips", { a: 1 }, "unprocessable"],
    ["budget_edge", "nonsense", "unprocessable"],
  ])("refuses %s: %j", async (name, value, kind) => {
    expect(await refusal(set(name, value))).toBe(kind);
  });

  it("refuses variables of the environment", async () => {
    expect(await refusal(config.update({ environment_variables: { OPENAI_API_KEY: "x" } }, admin))).toBe("bad_request");
  });

  it("keeps a list of addresses, and shuts nobody out who makes it", async () => {
    await config.addAllowedIp({ ip: "10.0.0.0/8" }, admin);
    expect(await config.allowedIps({}, admin)).toEqual({ data: ["127.0.0.1", "10.0.0.0/8"] });
    expect(await refusal(config.deleteAllowedIp({ ip: "127.0.0.1" }, admin))).toBe("bad_request");
    await config.deleteAllowedIp({ ip: "10.0.0.0/8" }, admin);
    expect(await refusal(config.deleteAllowedIp({ ip: "10.0.0.0/8" }, admin))).toBe("not_found");
    expect(settings.allowedIps).toEqual(["127.0.0.1"]);
  });

  it("shows all of it without secrets", async () => {
    const told = JSON.stringify([
      await config.list({ config_type: "general_settings" }, admin),
      await config.yaml({}, admin),
      await config.fieldInfo({ field_name: "database_url" }, admin),
      await config.callbacks({}, admin),
      await config.routerSettings({}, admin),
    ]);
    expect(told).not.toMatch(/u:secret|sk-secret-of-the-model/);
    expect(await config.callbacks({}, admin)).toMatchObject({
      callbacks: [{ name: "langfuse", type: "success" }],
      router_settings: { routing_strategy: "simple-shuffle", num_retries: 0 },
    });
    expect(await refusal(config.fieldInfo({ field_name: "nobody" }, admin))).toBe("not_found");
  });

  it("is written down: who changed what, found by every filter", async () => {
    await config.addAllowedIp({ ip: "10.0.0.0/8" }, { ...admin, changedBy: "anna" });
    await config.addAllowedIp({ ip: "10.1.0.0/16" }, admin);
    const audit = createAuditList(testParts(stage.database)) as Required<ReturnType<typeof createAuditList>>;
    const list = (given: object = {}) => audit.list(contract.audit.list.input.parse(given), admin);
    expect(await list({ page_size: 1 })).toMatchObject({
      audit_logs: [{ action: "updated", table_name: "config", object_id: "general_settings", updated_at: expect.any(Date) }],
      total: 2,
      total_pages: 2,
    });
    expect(await list({ changed_by: "anna" })).toMatchObject({ total: 1 });
    for (const none of [{ action: "deleted" }, { object_id: "x" }, { end_date: "2000-01-01" }, { search: "%" }, { object_team_id: "t1" }])
      expect(await list(none)).toMatchObject({ total: 0 });
    const [first] = (await list()).audit_logs;
    expect(await audit.one({ id: String(first?.id) }, admin)).toMatchObject({ id: first?.id });
    expect(await refusal(audit.one({ id: "nobody" }, admin))).toBe("not_found");
  });
});

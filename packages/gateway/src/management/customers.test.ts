/** Customers: made, told with their budget and spend, blocked, deleted; those that only calls know of, too. */

import { contract } from "@tollgate/admin";
import { beforeEach, expect, it } from "vitest";
import { withDatabases } from "../../../testkit/src/servers/with-databases.ts";
import { createCustomers } from "./customers.ts";
import { admin, refusal, type TestParts, testParts } from "./for-tests.ts";

withDatabases("customers", (stage) => {
  let parts: TestParts;
  let customers: Required<ReturnType<typeof createCustomers>>;
  beforeEach(() => {
    parts = testParts(stage.database);
    customers = createCustomers(parts) as typeof customers;
  });
  const make = (given: object) => customers.new(contract.customers.new.input.parse(given), admin);
  const info = (end_user_id: string) => customers.info({ end_user_id }, admin);
  const spent = (id: string, nano: number) =>
    stage.database.sql.insertInto("meters").values({ id, spent_nano: nano, lent_nano: 0 }).execute();
  const budget = (budget_id: string, settings: object) =>
    stage.database.sql
      .insertInto("budgets")
      .values({ budget_id, settings: JSON.stringify(settings) })
      .execute();

  it("have a budget of their own, told where clients look for it", async () => {
    await make({ user_id: "c1", alias: "Carla", max_budget: 2.5, budget_duration: "30d", spend: 1 });
    expect(await info("c1")).toMatchObject({
      user_id: "c1",
      alias: "Carla",
      blocked: false,
      spend: 1,
      litellm_budget_table: { max_budget: 2.5, budget_duration: "30d", budget_reset_at: expect.any(Date) },
    });
    expect(parts.told).toEqual(["people customer:c1"]);
  });

  it("share a budget that is there, or have one of their own, not both", async () => {
    await budget("b1", { max_budget: 9 });
    await make({ user_id: "c1", budget_id: "b1" });
    expect(await info("c1")).toMatchObject({ budget_id: "b1", litellm_budget_table: { budget_id: "b1", max_budget: 9 } });
    expect(await refusal(make({ user_id: "c2", budget_id: "nobody" }))).toBe("not_found");
    expect(await refusal(make({ user_id: "c2", budget_id: "b1", max_budget: 1 }))).toBe("bad_request");
    await customers.update({ user_id: "c1", max_budget: 3 }, admin);
    expect(await info("c1")).toMatchObject({ budget_id: null, litellm_budget_table: { max_budget: 3 } });
    await customers.update({ user_id: "c1", budget_id: "b1" }, admin);
    expect(await info("c1")).toMatchObject({ litellm_budget_table: { max_budget: 9 } });
  });

  it("are there once, also under a race", async () => {
    const both = await Promise.all([refusal(make({ user_id: "c1" })), refusal(make({ user_id: "c1" }))]);
    expect(both.sort()).toEqual(["conflict", "done"]);
  });

  it("that only spent are customers, too, until they are deleted", async () => {
    await spent("customer:only spent|total|0", 2e9);
    await spent("customer:x:model:gpt-4o|total|0", 1);
    expect(await info("only spent")).toMatchObject({ user_id: "only spent", spend: 2 });
    expect(await customers.list({}, admin)).toMatchObject([{ user_id: "only spent" }]);
    await customers.update({ user_id: "only spent", alias: "named" }, admin);
    expect(await info("only spent")).toMatchObject({ alias: "named", spend: 2 });
    await customers.delete({ user_ids: ["only spent"] }, admin);
    expect(await refusal(info("only spent"))).toBe("not_found");
    expect(await customers.list({}, admin)).toEqual([]);
    expect(await refusal(customers.delete({ user_ids: ["only spent"] }, admin))).toBe("not_found");
  });

  it("are blocked before they ever came, and unblocked", async () => {
    expect(await customers.block({ user_ids: ["c1", "c2"] }, admin)).toMatchObject({
      blocked_users: expect.arrayContaining([expect.objectContaining({ user_id: "c2", blocked: true })]),
    });
    expect(await customers.unblock({ user_ids: ["c1"] }, admin)).toEqual({ blocked_users: ["c2"] });
    expect(await refusal(customers.unblock({ user_ids: ["nobody"] }, admin))).toBe("not_found");
    expect(await info("c1")).toMatchObject({ blocked: false });
  });
});

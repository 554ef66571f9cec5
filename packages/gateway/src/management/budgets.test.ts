/** Shared budgets: made, changed for all who share them, listed, deleted. */

import { contract } from "@tollgate/admin";
import { beforeEach, expect, it } from "vitest";
import { withDatabases } from "../../../testkit/src/servers/with-databases.ts";
import { createBudgets } from "./budgets.ts";
import { admin, refusal, type TestParts, testParts } from "./for-tests.ts";

withDatabases("budgets", (stage) => {
  let parts: TestParts;
  let budgets: Required<ReturnType<typeof createBudgets>>;
  beforeEach(() => {
    parts = testParts(stage.database);
    budgets = createBudgets(parts) as typeof budgets;
  });
  const make = (given: object = {}) => budgets.new(contract.budgets.new.input.parse(given), admin);

  it("are told with all their limits and the end of the window", async () => {
    await make({ budget_id: "b1", max_budget: 0.1, rpm_limit: 5, budget_duration: "1d", budget_reset_at: "2030-01-01" });
    expect(await budgets.info({ budgets: ["b1", "nobody"] }, admin)).toMatchObject([
      { budget_id: "b1", max_budget: 0.1, rpm_limit: 5, tpm_limit: null, budget_duration: "1d", budget_reset_at: expect.any(Date) },
    ]);
    expect(await refusal(budgets.info({ budgets: ["nobody"] }, admin))).toBe("not_found");
    expect(await budgets.settings({ budget_id: "b1" }, admin)).toContainEqual(
      expect.objectContaining({ field_name: "max_budget", field_value: 0.1, stored_in_db: true }),
    );
  });

  it("get an id where none is given, and have it alone", async () => {
    const made = (await make()) as { budget_id: string };
    expect(made.budget_id).not.toBe("");
    expect(await refusal(make({ budget_id: made.budget_id }))).toBe("conflict");
  });

  it("change for all who share them", async () => {
    await make({ budget_id: "b1", max_budget: 1, rpm_limit: 5 });
    expect(await budgets.update({ budget_id: "b1", max_budget: 2, rpm_limit: null }, admin)).toMatchObject({
      max_budget: 2,
      rpm_limit: null,
    });
    expect(parts.told).toContain("people budgets");
    expect(await refusal(budgets.update({ budget_id: "nobody" }, admin))).toBe("not_found");
  });

  it("leave nobody with a budget that is gone", async () => {
    await make({ budget_id: "b1" });
    await stage.database.sql.insertInto("customers").values({ user_id: "c1", budget_id: "b1", settings: "{}" }).execute();
    await budgets.delete({ id: "b1" }, admin);
    expect(await stage.database.sql.selectFrom("customers").select("budget_id").execute()).toEqual([{ budget_id: null }]);
    expect(await refusal(budgets.delete({ id: "b1" }, admin))).toBe("not_found");
  });

  it("come by page", async () => {
    for (const budget_id of ["a", "b", "c"]) await make({ budget_id });
    expect(await budgets.list({}, admin)).toHaveLength(3);
    expect(await budgets.listByPage({ page: 2, page_size: 2 }, admin)).toMatchObject({
      data: [{ budget_id: expect.any(String) }],
      meta: { total_count: 3, page: 2, page_size: 2, total_pages: 2 },
      links: { prev: "/management/v1/budgets?page=1&page_size=2", next: null },
    });
  });
});

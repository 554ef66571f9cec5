/** Tags: made, changed, deleted; those that calls brought along, and their sums. */

import { contract } from "@tollgate/admin";
import { beforeEach, describe, expect, it } from "vitest";
import { withDatabases } from "../../../testkit/src/servers/with-databases.ts";
import { admin, refusal, type TestParts, testParts } from "./for-tests.ts";
import { createTags } from "./tags.ts";

withDatabases("tags", (stage) => {
  let parts: TestParts;
  let tags: Required<ReturnType<typeof createTags>>;
  beforeEach(() => {
    parts = testParts(stage.database);
    tags = createTags(parts) as typeof tags;
  });
  const make = (given: object) => tags.new(contract.tags.new.input.parse(given), admin);

  it("have a budget", async () => {
    await make({ name: "t", description: "tests", max_budget: 1, budget_duration: "1mo" });
    expect(await tags.info({ names: ["t"] }, admin)).toMatchObject({
      t: { name: "t", description: "tests", spend: 0, litellm_budget_table: { max_budget: 1 } },
    });
    await tags.update({ name: "t", description: null, max_budget: 2 }, admin);
    expect(await tags.info({ names: ["t"] }, admin)).toMatchObject({ t: { description: null, litellm_budget_table: { max_budget: 2 } } });
    expect(parts.told).toEqual(["people tag:t", "people tag:t"]);
  });

  it("are there once, and unknown ones are not found", async () => {
    const both = await Promise.all([refusal(make({ name: "t" })), refusal(make({ name: "t" }))]);
    expect(both.sort()).toEqual(["conflict", "done"]);
    await tags.delete({ name: "t" }, admin);
    for (const doing of [
      () => tags.delete({ name: "t" }, admin),
      () => tags.update({ name: "t" }, admin),
      () => tags.info({ names: ["t"] }, admin),
      () => make({ name: "u", budget_id: "nobody" }),
    ])
      expect(await refusal(doing())).toBe("not_found");
  });

  describe("of calls", () => {
    beforeEach(async () => {
      await stage.database.sql.insertInto("keys").values({ token: "k1", key_name: "sk-...1", user_id: "u1", settings: "{}" }).execute();
      const today = new Date(parts.clock.now()).toISOString().slice(0, 10);
      const sums = { requests: 3, failures: 1, input_tokens: 10, output_tokens: 5, spend_nano: 2e9 };
      const row = { day: today, model: "m", model_group: "m", provider: "p", endpoint: "e", ...sums };
      await stage.database.sql
        .insertInto("daily_tags")
        .values([
          { ...row, tag: "seen", key_hash: "k1" },
          { ...row, tag: "seen", key_hash: "k2" },
        ])
        .execute();
    });
    const today = () => new Date(parts.clock.now()).toISOString().slice(0, 10);

    it("stand in the list beside those that were made", async () => {
      await make({ name: "made" });
      expect((await tags.list({}, admin)).map(({ name }) => name)).toEqual(["made", "seen"]);
      expect(await tags.list({ end_date: "2000-01-01" }, admin)).toHaveLength(1);
      expect(await tags.distinct({}, admin)).toEqual({ results: [{ tag: "seen" }] });
    });

    it("are summed up by tag and by user", async () => {
      expect(await tags.summary({ start_date: today(), end_date: today() }, admin)).toEqual({
        results: [
          {
            tag: "seen",
            unique_users: 2,
            total_requests: 6,
            successful_requests: 4,
            failed_requests: 2,
            total_tokens: 30,
            total_spend: 4,
          },
        ],
      });
      expect(await tags.summary({ start_date: today(), end_date: today(), tag_filter: "other" }, admin)).toEqual({ results: [] });
      for (const report of [tags.activeDaily, tags.activeWeekly, tags.activeMonthly])
        expect(await report({ tag_filters: ["seen"] }, admin)).toMatchObject({ results: [{ tag: "seen", active_users: 2 }] });
      expect(await tags.perUser({ page: 1, page_size: 1 }, admin)).toMatchObject({
        results: [{ user_id: expect.stringMatching(/u1|k2/), total_requests: 3, spend: 2 }],
        total_count: 2,
        total_pages: 2,
      });
    });
  });
});

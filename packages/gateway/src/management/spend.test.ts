/** What was spent, as each role may see it, on both engines: sums are those of the rows. */

import { contract } from "@tollgate/admin";
import { buildHouse, bundledPriceBook } from "tollgate/parts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withDatabases } from "../../../testkit/src/servers/with-databases.ts";
import { routerSettingsOf } from "../config/router-settings.ts";
import type { Ledger } from "../spend/ledger.ts";
import { rowsOf } from "../store/rows-of.ts";
import { entries, openBooks, people, spendOf, today, viewers } from "./books-for-tests.ts";
import { admin, caller, refusal, testParts } from "./for-tests.ts";
import { createSpend } from "./spend.ts";
import { createSpendReports } from "./spend-reports.ts";

const rows = contract.spend;
const book = await bundledPriceBook();
const pricedRow = {
  model_name: "priced",
  litellm_params: { model: "openai/gpt-4o-mini", api_key: "sk-up", input_cost_per_token: 0.001, output_cost_per_token: 0.01 },
};
const house = buildHouse({ rows: [pricedRow], router: routerSettingsOf({ litellm: {}, router: {}, env: {} }), book });

withDatabases("spend", (stage) => {
  let ledger: Ledger;
  let spend: Required<ReturnType<typeof createSpend>>;
  let reports: ReturnType<typeof createSpendReports>;
  beforeEach(async () => {
    ledger = await openBooks(stage.database);
    await ledger.flush();
    spend = createSpend(testParts(stage.database), { house, maxBudget: 100 }) as typeof spend;
    reports = createSpendReports(testParts(stage.database));
  });
  afterEach(() => ledger.close());

  describe.each(viewers)("%s", (_, who, sees) => {
    it("is told the sum of the calls that may be seen, and no other", async () => {
      expect(await spend.total({}, who)).toEqual({ spend: spendOf(sees), max_budget: 100 });
      const days = await spend.byDay({}, who);
      expect(days.reduce((total, each) => total + each.spend, 0)).toBeCloseTo(spendOf(sees), 9);
      const models = await spend.byModel(rows.byModel.input.parse({}), who);
      expect(models.reduce((total, each) => total + each.total_spend, 0)).toBeCloseTo(spendOf(sees), 9);
    });

    it("is shown the rows of these calls", async () => {
      const seen = entries.filter(sees);
      const list = await spend.logs(rows.logs.input.parse({ summarize: false }), who);
      expect(list.map((row) => row["litellm_call_id"]).sort()).toEqual(seen.map(({ record }) => record.callId).sort());
      const page = await spend.logsV2(rows.logsV2.input.parse({ page_size: 7 }), who);
      expect(page).toMatchObject({ total: seen.length, total_pages: Math.ceil(seen.length / 7), page: 1, page_size: 7 });
    });

    it("finds one of these calls by its id, and others as if there were none", async () => {
      for (const entry of entries.slice(0, 12)) {
        const found = await refusal(spend.log({ request_id: `chatcmpl-${entry.record.callId}` }, who));
        expect([entry.record.callId, found]).toEqual([entry.record.callId, sees(entry) ? "done" : "not_found"]);
      }
    });
  });

  describe("logs", () => {
    it("of a key are asked by the key or its hash, and are a list", async () => {
      const [ann] = people;
      for (const api_key of [ann?.key, ann?.hash]) {
        const list = await spend.logs(rows.logs.input.parse({ api_key, summarize: false }), admin);
        expect(list).toHaveLength(entries.filter(({ keyHash }) => keyHash === ann?.hash).length);
        expect(list[0]).toMatchObject({ api_key: ann?.hash, team_id: "red", user: "ann", request_tags: expect.any(Array) });
      }
    });

    it("are found by the reply's id and by the call's", async () => {
      for (const request_id of ["chatcmpl-c8", "c8"])
        expect(await spend.logs(rows.logs.input.parse({ request_id }), admin)).toMatchObject([
          { litellm_call_id: "c8", status: "success" },
        ]);
    });

    it("between two days are sums by day, unless rows are wanted", async () => {
      const between = { start_date: today, end_date: today };
      const ofToday = entries.filter((_, at) => at % 2 === 0);
      const [day] = await spend.logs(rows.logs.input.parse(between), admin);
      expect(day).toMatchObject({ startTime: today, spend: spendOf((entry) => ofToday.includes(entry)) });
      expect(await spend.logs(rows.logs.input.parse({ ...between, summarize: false }), admin)).toHaveLength(ofToday.length);
    });

    it.each([
      [{ status_filter: "failure" }, 6],
      [{ team_id: "red" }, 20],
      [{ model: "m1" }, 15],
      [{ end_user: "shop" }, 12],
      [{ key_alias: "bob-blue" }, 20],
      [{ error_code: "429" }, 6],
      [{ error_message: "slow" }, 6],
      [{ min_spend: 0.05 }, entries.filter(({ record }) => (record.costNano ?? 0) >= 50_000_000).length],
      [{ session_id: "long-talk" }, 6],
      [{ search: "c42" }, 1],
      [{ search: "ANN" }, 40],
      [{ cache_hit_filter: "hit" }, 0],
      [{ key_alias: "", status_filter: "" }, 60],
    ])("are filtered by %j", async (filter, total) => {
      expect(await spend.logsV2(rows.logsV2.input.parse(filter), admin)).toMatchObject({ total });
    });

    it("are shown by session with what all of it came to", async () => {
      const page = await spend.logsV2(rows.logsV2.input.parse({ group_by_session: true, page_size: 100 }), admin);
      expect(page.total).toBe(55);
      expect(page.data.find(({ session_id }) => session_id === "long-talk")).toMatchObject({
        session_total_count: 6,
        session_total_spend: spendOf(({ sessionId }) => sessionId === "long-talk"),
      });
    });

    it("refuse a filter that they do not know", async () => {
      expect(await refusal(spend.logsV2(rows.logsV2.input.parse({ status_filter: "fine" }), admin))).toBe("bad_request");
    });
  });

  describe("reports", () => {
    it("name keys, teams, providers, tags and customers", async () => {
      const keys = await spend.byKey({ limit: 2 }, admin);
      expect(keys).toHaveLength(2);
      expect(keys[0]).toMatchObject({ key_alias: "bob-blue", total_spend: spendOf(({ keyAlias }) => keyAlias === "bob-blue") });
      expect((await spend.byTeam({}, admin)).total_spend_per_team).toContainEqual({
        team_id: "Red",
        total_spend: spendOf(({ teamId }) => teamId === "red"),
      });
      expect(await spend.byProvider({}, admin)).toEqual([{ provider: "acme", spend: spendOf(() => true) }]);
      const even = spendOf(({ tags }) => tags.includes("even"));
      expect(await spend.tags({}, admin)).toEqual([{ individual_request_tag: "even", log_count: 30, total_spend: even }]);
      expect(await spend.byTag({ tags: ["all-tags"] }, admin)).toEqual({ spend_per_tag: [{ name: "even", spend: even, log_count: 30 }] });
      expect(await spend.tagNames({}, admin)).toEqual({ tag_names: ["even"] });
      expect(await spend.byCustomer({ api_key: people[0]?.key, startTime: today }, admin)).toEqual([
        {
          end_user: "shop",
          total_count: entries.filter((each, at) => each.customerId === "shop" && each.keyHash === people[0]?.hash && at % 2 === 0).length,
          total_spend: spendOf(
            (each) => each.customerId === "shop" && each.keyHash === people[0]?.hash && Number(each.record.callId.slice(1)) % 2 === 0,
          ),
        },
      ]);
    });

    it("for the bill tell teams by day, and keys and people with their models", async () => {
      const days = (await spend.report({ group_by: "team" }, admin)) as { teams: { team_name: string; total_spend: number }[] }[];
      expect(days.flatMap(({ teams }) => teams).reduce((sum, each) => sum + each.total_spend, 0)).toBeCloseTo(
        spendOf(() => true),
        9,
      );
      const [key] = (await reports.keys.spendReport?.({ api_key: people[0]?.key }, admin)) ?? [];
      expect(key).toMatchObject({ api_key: people[0]?.hash, total_cost: spendOf(({ keyHash }) => keyHash === people[0]?.hash) });
      const users = await reports.users.spendReport?.({}, admin);
      expect(users).toContainEqual(
        expect.objectContaining({ internal_user_id: "bob", total_cost: spendOf(({ userId }) => userId === "bob") }),
      );
    });

    it("tell the members of teams what each used", async () => {
      const told = await reports.teams.spendByUser?.({ team_ids: ["blue"] }, admin);
      const ann = {
        team_id: "blue",
        team_alias: "Blue",
        user_id: "ann",
        spend: spendOf((each) => each.userId === "ann" && each.teamId === "blue"),
      };
      expect(told).toMatchObject({ end_date: today, results: [{ user_id: "bob", api_requests: 20 }, ann] });
      const stranger = caller("internal_user", { userId: "ann", memberOfTeams: ["red"] });
      expect(await refusal(reports.teams.spendByUser?.({ team_ids: ["blue"] }, stranger) ?? Promise.resolve())).toBe("not_found");
    });
  });

  describe("those who spend most", () => {
    it("are whole rows of keys and users, the dearest first, without passwords", async () => {
      const keys = await spend.keys({}, admin);
      expect(keys.map((key) => key["key_alias"])).toEqual(["bob-blue", "ann-blue", "ann-red"]);
      expect(keys[0]).toMatchObject({ spend: spendOf(({ keyAlias }) => keyAlias === "bob-blue"), models: [] });
      const users = await spend.users({}, admin);
      expect(users.map(({ user_id, spend: spent }) => [user_id, spent])).toEqual([
        ["ann", spendOf(({ userId }) => userId === "ann")],
        ["bob", spendOf(({ userId }) => userId === "bob")],
      ]);
      expect(JSON.stringify(users)).not.toContain("password");
      expect(await spend.users({ user_id: "bob" }, admin)).toHaveLength(1);
    });

    it("are only those whom the caller may see", async () => {
      const ann = caller("internal_user", { userId: "ann" });
      expect((await spend.keys({}, ann)).map((key) => key["key_alias"])).toEqual(["ann-blue", "ann-red"]);
      expect((await spend.users({}, ann)).map((user) => user["user_id"])).toEqual(["ann"]);
      expect(await spend.users({ user_id: "bob" }, ann)).toEqual([]);
    });
  });

  describe("the reset", () => {
    it("sets keys and teams to nothing, and leaves users and the books", async () => {
      expect(await spend.reset({}, admin)).toMatchObject({ message: expect.any(String) });
      expect((await spend.keys({}, admin)).map((key) => key["spend"])).toEqual([0, 0, 0]);
      const left = await rowsOf<{ id: string }>(stage.database.sql, "select id from meters where spent_nano <> 0 order by id");
      expect(left.map(({ id }) => id)).toEqual(["user:ann|total|0", "user:bob|total|0"]);
      expect(await spend.total({}, admin)).toMatchObject({ spend: spendOf(() => true) });
      expect(await stage.database.sql.selectFrom("audit").select(["action", "table_name"]).execute()).toEqual([
        { action: "updated", table_name: "meters" },
      ]);
    });

    it("is for administrators", async () => {
      expect(await refusal(spend.reset({}, caller("proxy_admin_viewer")))).toBe("forbidden");
      expect(await refusal(spend.reset({}, caller("internal_user")))).toBe("forbidden");
    });
  });

  describe("a price", () => {
    const messages = [{ role: "user", content: "Hello there" }];

    it("is worked out for a question and for an answer", async () => {
      const { cost } = await spend.calculate({ model: "priced", messages }, admin);
      expect(cost).toBeGreaterThan(0.005);
      expect(cost).toBeLessThan(0.02);
      const completion_response = { model: "priced", usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 } };
      expect(await spend.calculate({ completion_response }, admin)).toEqual({ cost: 0.03 });
    });

    it("of a model beside the configuration is that of the price list", async () => {
      expect((await spend.calculate({ model: "openai/gpt-4o-mini", messages }, caller("customer"))).cost).toBeGreaterThan(0);
    });

    it("that nobody knows is said, and a model that is not named", async () => {
      expect(await refusal(spend.calculate({ model: "openai/no-such-model", messages }, admin))).toBe("bad_request");
      expect(await refusal(spend.calculate({ completion_response: { usage: {} } }, admin))).toBe("bad_request");
      expect(await refusal(spend.calculate({ completion_response: { model: "priced" } }, admin))).toBe("bad_request");
    });
  });
});

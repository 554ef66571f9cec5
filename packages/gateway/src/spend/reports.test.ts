import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withDatabases } from "@tollgate/testkit/servers/with-databases";
import { systemClock } from "tollgate/parts";
import { beforeEach, describe, expect, it } from "vitest";
import { rowsOf } from "../store/rows-of.ts";
import { activity, activityByModel, gatewayActivity } from "./activity.ts";
import { createLedger } from "./create-ledger.ts";
import { dailyActivity } from "./daily-activity.ts";
import { entryOf, NOON, recordOf } from "./fakes-for-tests.ts";
import { groupedReport } from "./grouped-report.ts";
import type { LedgerEntry } from "./ledger.ts";
import { logContents, logPage, logRows, logSummary } from "./logs.ts";
import {
  customerNames,
  dearest,
  spendByDay,
  spendByKey,
  spendByModel,
  spendByProvider,
  spendByTag,
  spendByTeam,
  spendPerTag,
  tagNames,
  totalSpend,
} from "./reports.ts";

const DAY_MS = 86_400_000;

/** Three hundred calls of ten days, spread as a small organisation's are. */
const entries: readonly LedgerEntry[] = Array.from({ length: 300 }, (_, at) => {
  const failed = at % 11 === 0;
  const record = recordOf(`c${at}`, {
    startedAt: NOON - (at % 10) * DAY_MS + at,
    costNano: failed ? 0 : 1_000_001 * (at + 1),
    status: failed ? "failure" : "success",
    httpStatus: failed ? 500 : 200,
    model: `m${at % 3}`,
    group: `m${at % 3}`,
    provider: `p${at % 2}`,
    usage: { inputTokens: at, outputTokens: at % 7 },
    ...(failed && { error: { kind: "timeout", message: "It took too long.", status: 500, code: "500" } }),
  });
  const team = at % 4 === 3 ? undefined : `t${at % 4}`;
  const who = {
    keyHash: `k${at % 5}`,
    userId: `u${at % 6}`,
    teamId: team,
    organizationId: team && "o1",
    customerId: at % 9 === 0 ? "cust" : undefined,
  };
  return entryOf(`c${at}`, {
    record,
    ...who,
    tags: at % 2 === 0 ? ["even", `r${at % 3}`] : [],
    meters: [],
    messages: at === 7 ? ["hello"] : undefined,
  });
});

const sum = (list: readonly LedgerEntry[]): number => list.reduce((total, { record }) => total + (record.costNano ?? 0), 0) / 1e9;
const of = (test: (entry: LedgerEntry) => boolean): readonly LedgerEntry[] => entries.filter(test);
const dayOf = ({ record }: LedgerEntry): string => new Date(record.startedAt).toISOString().slice(0, 10);
const days = { from: "2026-09-15", to: "2026-09-18" };
const within = (entry: LedgerEntry): boolean => dayOf(entry) >= days.from && dayOf(entry) <= days.to;

withDatabases("reports", (stage) => {
  beforeEach(async () => {
    const dataFolder = mkdtempSync(join(tmpdir(), "reports-"));
    const { database } = stage;
    const ledger = createLedger({ dataFolder, database, clock: systemClock, instanceId: "i1", redact: (text) => text, warn() {} });
    for (const entry of entries) ledger.record(entry, () => {});
    await ledger.flush();
    await ledger.close();
    rmSync(dataFolder, { recursive: true, force: true });
    await rowsOf(database.sql, "insert into teams (team_id, team_alias) values ('t0', 'Blue')");
    await rowsOf(database.sql, "insert into keys (token, key_name, key_alias, team_id) values ('k1', 'sk-...abcd', 'ci', 't1')");
  });

  describe("sums", () => {
    it("are those of the rows, to the last digit", async () => {
      expect(await totalSpend(stage.database, {})).toBe(sum(entries));
      expect(await totalSpend(stage.database, { days })).toBe(sum(of(within)));
      expect(await spendByDay(stage.database, { days, keyHash: "k1" })).toEqual(
        ["2026-09-15", "2026-09-16", "2026-09-17", "2026-09-18"].flatMap((date) => {
          const spend = sum(of((entry) => dayOf(entry) === date && entry.keyHash === "k1"));
          return spend === 0 ? [] : [{ date, spend, api_key: "k1" }];
        }),
      );
    });

    it("are told by key, model, provider, user and tag, the dearest first", async () => {
      const keys = await spendByKey(stage.database, { limit: 3 });
      expect(keys).toHaveLength(3);
      expect(await spendByKey(stage.database, {})).toContainEqual({
        ...{ api_key: "k1", key_alias: "ci", key_name: "sk-...abcd" },
        total_spend: sum(of(({ keyHash }) => keyHash === "k1")),
      });
      expect(await spendByModel(stage.database, { days })).toContainEqual({
        model: "m2",
        total_spend: sum(of((entry) => within(entry) && entry.record.model === "m2")),
      });
      expect(await spendByProvider(stage.database, {})).toContainEqual({
        provider: "p0",
        spend: sum(of(({ record }) => record.provider === "p0")),
      });
      const even = of(({ tags }) => tags.includes("even"));
      expect(await spendByTag(stage.database, {})).toContainEqual({
        individual_request_tag: "even",
        log_count: 150,
        total_spend: sum(even),
      });
      expect(await spendPerTag(stage.database, {}, ["even"])).toEqual({
        spend_per_tag: [{ name: "even", spend: sum(even), log_count: 150 }],
      });
      expect((await dearest(stage.database, "user_id", { limit: 1 }))[0]?.spend).toBe(
        Math.max(...[0, 1, 2, 3, 4, 5].map((at) => sum(of(({ userId }) => userId === `u${at}`)))),
      );
      expect(await tagNames(stage.database)).toEqual({ tag_names: ["even", "r0", "r1", "r2"] });
      expect(await customerNames(stage.database)).toEqual({ end_users: ["cust"] });
    });

    it("name teams by their alias and put what has no team together", async () => {
      const report = (await spendByTeam(stage.database, {})) as { teams: string[]; total_spend_per_team: object[]; daily_spend: object[] };
      expect([...report.teams].sort()).toEqual(["Blue", "Unassigned", "t1", "t2"]);
      expect(report.total_spend_per_team).toContainEqual({ team_id: "Blue", total_spend: sum(of(({ teamId }) => teamId === "t0")) });
      expect(report.daily_spend).toHaveLength(10);
    });

    it("show nobody more than they may see", async () => {
      const scope = { keyHashes: ["k1"], teamIds: ["t2"] };
      expect(await totalSpend(stage.database, { scope })).toBe(sum(of(({ keyHash, teamId }) => keyHash === "k1" || teamId === "t2")));
      expect(await totalSpend(stage.database, { scope: {} })).toBe(0);
      expect(await spendByTag(stage.database, { scope: { teamIds: ["t1"] } })).toContainEqual({
        individual_request_tag: "even",
        log_count: of(({ keyHash, tags }) => keyHash === "k1" && tags.includes("even")).length,
        total_spend: sum(of(({ keyHash, tags }) => keyHash === "k1" && tags.includes("even"))),
      });
    });
  });

  describe("reports for the bill", () => {
    it("tell teams by day with keys and models", async () => {
      const report = (await groupedReport(stage.database, { days, groupBy: "team" })) as {
        group_by_day: string;
        teams: { team_name: string; total_spend: number; metadata: object[] }[];
      }[];
      expect(report.map(({ group_by_day }) => group_by_day)).toEqual([15, 16, 17, 18].map((day) => `2026-09-${day}T00:00:00+00:00`));
      const blue = report.flatMap(({ teams }) => teams.filter(({ team_name }) => team_name === "Blue"));
      expect(blue.reduce((total, { total_spend }) => total + total_spend, 0)).toBeCloseTo(
        sum(of((entry) => within(entry) && entry.teamId === "t0")),
        9,
      );
      expect(blue[0]?.metadata[0]).toMatchObject({
        model: expect.any(String),
        spend: expect.any(Number),
        total_tokens: expect.any(Number),
        api_key: expect.any(String),
      });
    });

    it("tell customers by day", async () => {
      const report = (await groupedReport(stage.database, { days, groupBy: "customer" })) as { customers: { customer: string }[] }[];
      expect(new Set(report.flatMap(({ customers }) => customers.map(({ customer }) => customer)))).toEqual(new Set(["cust"]));
    });

    it("tell one key with its models", async () => {
      const [key] = (await groupedReport(stage.database, { days, groupBy: "team", keyHash: "k1" })) as {
        model_details: { total_cost: number }[];
      }[];
      const own = of((entry) => within(entry) && entry.keyHash === "k1");
      expect(key).toMatchObject({
        api_key: "k1",
        total_cost: sum(own),
        total_input_tokens: own.reduce((total, { record }) => total + (record.usage.inputTokens ?? 0), 0),
      });
      expect(key?.model_details.length).toBe(new Set(own.map(({ record }) => record.model)).size);
    });
  });

  describe("activity", () => {
    it("counts calls and tokens by day and by model", async () => {
      const tokens = entries.reduce((total, { record: { usage } }) => total + (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0), 0);
      const report = (await activity(stage.database, {})) as { daily_data: object[] };
      expect(report).toMatchObject({ sum_api_requests: 300, sum_total_tokens: tokens });
      expect(report.daily_data.at(-1)).toMatchObject({ date: "Sep 21", api_requests: 30 });
      expect(await activityByModel(stage.database, {})).toHaveLength(3);
      const failures = of(({ record }) => record.status === "failure").length;
      expect(await gatewayActivity(stage.database, {})).toMatchObject({
        total_successful_requests: 300 - failures,
        total_failed_requests: failures,
      });
    });

    it("of users breaks each day down, and its pages add up", async () => {
      const first = await dailyActivity(stage.database, { of: "user", days: {}, page: 1, pageSize: 6 });
      const second = await dailyActivity(stage.database, { of: "user", days: {}, page: 2, pageSize: 6 });
      expect(first.results.map(({ date }) => date)[0]).toBe("2026-09-21");
      expect([first.results.length, second.results.length]).toEqual([6, 4]);
      expect(first.metadata).toMatchObject({ page: 1, total_pages: 2, has_more: true });
      expect(second.metadata).toMatchObject({ has_more: false });
      const whole = await dailyActivity(stage.database, { of: "user", days: {} });
      expect(whole.metadata).toMatchObject({
        total_spend: sum(entries),
        total_api_requests: 300,
        total_failed_requests: 28,
        total_pages: 1,
      });
      const [day] = whole.results;
      const today = of((entry) => dayOf(entry) === "2026-09-21");
      expect(day?.metrics).toMatchObject({ spend: sum(today), api_requests: today.length });
      expect(day?.breakdown["models"]?.["m0"]?.metrics.spend).toBe(sum(today.filter(({ record }) => record.model === "m0")));
      expect(day?.breakdown["entities"]?.["u0"]?.metrics.spend).toBe(sum(today.filter(({ userId }) => userId === "u0")));
      expect(Object.keys(day?.breakdown ?? {}).sort()).toEqual([
        "api_keys",
        "endpoints",
        "entities",
        "mcp_servers",
        "model_groups",
        "models",
        "providers",
      ]);
    });

    it("of teams knows the teams only, and their names", async () => {
      const { results, metadata } = await dailyActivity(stage.database, { of: "team", days, except: ["t2"] });
      expect(metadata).toMatchObject({ total_spend: sum(of((entry) => within(entry) && ["t0", "t1"].includes(entry.teamId ?? ""))) });
      const blue = results.flatMap(({ breakdown }) => Object.entries(breakdown["entities"] ?? {})).find(([id]) => id === "t0");
      expect(blue?.[1].metadata).toMatchObject({ team_alias: "Blue" });
    });

    it("of tags is asked by tag and by key", async () => {
      const { metadata } = await dailyActivity(stage.database, { of: "tag", days: {}, ids: ["even"], keyHash: "k2" });
      expect(metadata).toMatchObject({ total_spend: sum(of(({ tags, keyHash }) => tags.includes("even") && keyHash === "k2")) });
    });

    it("of a time without calls is empty", async () => {
      const { results, metadata } = await dailyActivity(stage.database, {
        of: "organization",
        days: { from: "2020-01-01", to: "2020-02-01" },
        page: 1,
        pageSize: 10,
      });
      expect(results).toEqual([]);
      expect(metadata).toMatchObject({ total_spend: 0, total_pages: 1, has_more: false });
    });
  });

  describe("logs", () => {
    it("tell a call by its reply's id or its own, with LiteLLM's names", async () => {
      const [row] = await logRows(stage.database, { requestId: "chatcmpl-c8" });
      expect(row).toMatchObject({
        ...{ request_id: "chatcmpl-c8", call_type: "acompletion", api_key: "k3", spend: 0.009000009, total_tokens: 9, prompt_tokens: 8 },
        ...{ completion_tokens: 1, model_group: "m2", custom_llm_provider: "p0", user: "u2", team_id: "t0", cache_hit: "False" },
        ...{ request_tags: ["even", "r2"], status: "success", end_user: "", api_base: "https://api.acme.test/v1", model_id: "d1" },
      });
      expect(await logRows(stage.database, { requestId: "c8" })).toEqual([row]);
    });

    it("are filtered, ordered and paged", async () => {
      const failed = (await logPage(stage.database, { status: "failure" }, { page: 2, pageSize: 10 })) as { data: object[] };
      expect(failed).toMatchObject({ total: 28, page: 2, page_size: 10, total_pages: 3 });
      expect(failed.data).toHaveLength(10);
      expect(failed.data[0]).toMatchObject({
        status: "failure",
        metadata: { error_information: { error_code: "500", error_message: "It took too long." } },
      });
      const dear = (await logPage(stage.database, { minSpend: 0.29 }, { page: 1, pageSize: 50, sortBy: "spend" })) as {
        data: { spend: number }[];
      };
      expect(dear.data.map(({ spend }) => spend)).toEqual(
        of(({ record }) => (record.costNano ?? 0) >= 0.29e9)
          .map(({ record }) => (record.costNano ?? 0) / 1e9)
          .sort((a, b) => b - a),
      );
      const filter = { from: new Date("2026-09-18T00:00:00Z"), tags: ["r0"], keyAlias: "ci", errorMessage: "TOO LONG" };
      const few = (await logPage(stage.database, filter, { page: 1, pageSize: 50 })) as { total: number };
      expect(few.total).toBe(
        of((entry) => dayOf(entry) >= "2026-09-18" && entry.tags.includes("r0") && entry.record.status === "failure").length,
      );
    });

    it("refuse pages beyond all reading", async () => {
      await expect(logPage(stage.database, {}, { page: 1_000_000_000, pageSize: 100 })).rejects.toMatchObject({ kind: "bad_request" });
    });

    it("show contents of one call, to whom they belong", async () => {
      expect(await logContents(stage.database, "c7")).toMatchObject({ messages: ["hello"], response: {} });
      expect(await logContents(stage.database, "c7", { userIds: ["nobody"] })).toBeUndefined();
      expect(await logContents(stage.database, "'; drop table calls; --")).toBeUndefined();
    });

    it("are summed up by day", async () => {
      const summary = await logSummary(stage.database, { days, userId: "u1" });
      const own = of((entry) => within(entry) && entry.userId === "u1");
      expect(summary).toEqual(
        [...new Set(own.map(dayOf))].sort().map((startTime) => {
          const that = own.filter((entry) => dayOf(entry) === startTime);
          const models = Object.fromEntries(
            [...new Set(that.map(({ record }) => record.model))].map((model) => [
              model,
              sum(that.filter(({ record }) => record.model === model)),
            ]),
          );
          return { startTime, spend: sum(that), users: { u1: sum(that) }, models };
        }),
      );
    });
  });
});

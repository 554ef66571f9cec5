/** Activity by day, as each role may see it, on both engines. */

import { contract } from "@tollgate/admin";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fakeClock } from "../../../testkit/src/fake-clock.ts";
import { withDatabases } from "../../../testkit/src/servers/with-databases.ts";
import type { Ledger } from "../spend/ledger.ts";
import { createActivity } from "./activity.ts";
import { entries, monthAgo, now, openBooks, people, spendOf, today, viewers } from "./books-for-tests.ts";
import { admin, caller, refusal, testParts } from "./for-tests.ts";
import { createFresh, withFreshBooks } from "./fresh.ts";

const rows = contract.activity;
const between = { start_date: monthAgo, end_date: today };

withDatabases("activity", (stage) => {
  let ledger: Ledger;
  let activity: Required<ReturnType<typeof createActivity>>;
  beforeEach(async () => {
    ledger = await openBooks(stage.database);
    await ledger.flush();
    activity = createActivity(testParts(stage.database)) as typeof activity;
  });
  afterEach(() => ledger.close());
  const teams = (given: object, who = admin) => activity.teams(rows.teams.input.parse({ ...between, ...given }), who);
  const users = (given: object, who = admin) => activity.users(rows.users.input.parse({ ...between, ...given }), who);

  describe.each(viewers)("%s", (_, who, sees) => {
    it("is told of the calls that may be seen, and no other", async () => {
      const seen = entries.filter(sees);
      const total = await activity.total({}, who);
      expect(total.sum_api_requests).toBe(seen.length);
      const { metadata, results } = await teams({}, who);
      expect(metadata).toMatchObject({ total_api_requests: seen.length, total_spend: spendOf(sees) });
      expect(results.reduce((sum, day) => sum + day.metrics.api_requests, 0)).toBe(seen.length);
    });
  });

  describe("of users", () => {
    it("is one's own unless somebody else is asked for", async () => {
      const ann = caller("internal_user", { userId: "ann", memberOfTeams: ["red"] });
      expect((await users({}, ann)).metadata.total_api_requests).toBe(40);
      expect((await users({ user_id: "ann" }, ann)).metadata.total_api_requests).toBe(40);
      expect(await refusal(users({ user_id: "bob" }, ann))).toBe("forbidden");
      expect((await users({}, admin)).metadata.total_api_requests).toBe(60);
      expect((await users({ user_id: "bob" }, admin)).metadata.total_api_requests).toBe(20);
    });

    it("shows an admin of a team what others used of that team alone", async () => {
      const bob = caller("internal_user", { userId: "bob", adminOfTeams: ["blue"] });
      expect((await users({ user_id: "ann" }, bob)).metadata.total_api_requests).toBe(20);
    });

    it("counts failures, and breaks each day down by model and key", async () => {
      const { results, metadata } = await users({ model: "m1", api_key: people[0]?.key });
      expect(metadata).toMatchObject({ total_api_requests: 5, total_failed_requests: 1, total_successful_requests: 4 });
      const [day] = results;
      expect(Object.keys(day?.breakdown.models ?? {})).toEqual(["m1"]);
      expect(day?.breakdown.api_keys[people[0]?.hash ?? ""]).toMatchObject({ metadata: { key_alias: "ann-red", team_id: "red" } });
    });

    it("takes the day that is under way where the caller's day is not over yet", async () => {
      const yesterday = new Date(now - 86_400_000).toISOString().slice(0, 10);
      const west = { start_date: yesterday, end_date: yesterday, timezone: 900, include_current_utc_day: true };
      const behind = new Date(now - 900 * 60_000).toISOString().slice(0, 10) === yesterday;
      const { results } = await activity.usersInOne(rows.usersInOne.input.parse(west), admin);
      expect(results.map(({ date }) => date)).toEqual(behind ? [today, yesterday] : [yesterday]);
      const { results: plain } = await activity.usersInOne(
        rows.usersInOne.input.parse({ start_date: yesterday, end_date: yesterday }),
        admin,
      );
      expect(plain.map(({ date }) => date)).toEqual([yesterday]);
    });
  });

  describe("of teams, organizations, customers and tags", () => {
    it("is asked for by id, or without some", async () => {
      expect((await teams({ team_ids: ["red"] })).metadata.total_api_requests).toBe(20);
      expect((await teams({ exclude_team_ids: ["red"] })).metadata.total_api_requests).toBe(40);
      const [day] = (await activity.teamsInOne(rows.teamsInOne.input.parse({ ...between, team_ids: ["blue"] }), admin)).results;
      expect(day?.breakdown.entities["blue"]).toMatchObject({ metadata: { team_alias: "Blue" } });
      const of = { organizations: { organization_ids: ["org"] }, customers: { end_user_ids: ["shop"] }, tags: { tags: ["even"] } };
      const counts = [
        (await activity.organizations(rows.organizations.input.parse({ ...between, ...of.organizations }), admin)).metadata,
        (await activity.customersInOne(rows.customersInOne.input.parse({ ...between, ...of.customers }), admin)).metadata,
        (await activity.tags(rows.tags.input.parse({ ...between, ...of.tags }), admin)).metadata,
      ].map(({ total_api_requests }) => total_api_requests);
      expect(counts).toEqual([20, 12, 30]);
    });

    it("of somebody else's is not found, like one that there is not", async () => {
      const bob = caller("internal_user", { userId: "bob", memberOfTeams: ["blue"] });
      expect(await refusal(teams({ team_ids: ["red"] }, bob))).toBe("not_found");
      expect(await refusal(teams({ team_ids: ["none"] }, bob))).toBe("not_found");
      expect((await teams({ team_ids: ["blue"] }, bob)).metadata.total_api_requests).toBe(20);
      const asked = rows.organizations.input.parse({ ...between, organization_ids: ["org"] });
      expect(await refusal(activity.organizations(asked, bob))).toBe("not_found");
    });
  });

  it("of the gateway tells what failed, when, why, and what the cache answered", async () => {
    expect(await activity.gateway({}, admin)).toMatchObject({ total_successful_requests: 54, total_failed_requests: 6 });
    const told = await activity.exceptions({}, admin);
    expect(told).toMatchObject({ sum_num_rate_limit_exceptions: 6, exceptions: { rate_limited: 6 } });
    expect(await activity.exceptions({ model_group: "m1" }, admin)).toMatchObject({ sum_num_exceptions: 3 });
    expect((await activity.byModel({}, admin)).map(({ sum_api_requests }) => sum_api_requests)).toEqual([15, 15, 15, 15]);
    expect(await activity.allCustomers({}, admin)).toEqual({ end_users: ["shop"] });
    const hits = (await activity.cacheHits({}, admin)) as { total_rows: number; cache_hit_true_rows: number }[];
    expect(hits.reduce((sum, each) => sum + each.total_rows, 0)).toBe(60);
    expect(hits.every((each) => each.cache_hit_true_rows === 0)).toBe(true);
  });
});

withDatabases("fresh books", (stage) => {
  it("show calls that wait to be written", async () => {
    const ledger = await openBooks(stage.database);
    // A clock that stands still: this machine may be slower than the patience of a read.
    const plain = { activity: createActivity(testParts(stage.database)) };
    const { activity } = withFreshBooks(plain, createFresh(ledger, fakeClock()));
    expect(ledger.state.waiting).toBe(60);
    expect(await plain.activity.total?.({}, admin)).toMatchObject({ sum_api_requests: 0 });
    expect(await activity?.total?.({}, admin)).toMatchObject({ sum_api_requests: 60 });
    expect(ledger.state.waiting).toBe(0);
    await ledger.close();
  });
});

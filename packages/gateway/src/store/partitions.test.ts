/** Days of calls: made when needed, dropped when old. */

import { expect, it } from "vitest";
import { withDatabases } from "../../../testkit/src/servers/with-databases.ts";
import { daysOf, dropDaysBefore, ensureDays } from "./partitions.ts";

const call = (call_id: string, day: string) => ({
  ...{ call_id, day, started_at: `${day}T12:00:00Z`, ended_at: `${day}T12:00:01Z`, status: "success", http_status: 200 },
  ...{ call_type: "acompletion", endpoint: "/v1/chat/completions", stream: false, model: "m", tags: ["a"], metadata: {} },
  ...{ unpriced: false, estimated: false, model_group: null, provider: null, wire_model: null, deployment_id: null, api_base: null },
  ...{ reply_id: null, key_hash: "k", user_id: null, team_id: null, organization_id: null, project_id: null, customer_id: null },
  ...{ session_id: null, requester_ip: null, error_kind: null },
});

withDatabases("days of calls", (stage) => {
  it("take calls of their day, each once", async () => {
    await ensureDays(stage.database.sql, ["2026-11-22", "2026-11-23", "2026-11-22"]);
    const insert = () =>
      stage.database.sql
        .insertInto("calls")
        .values([call("one", "2026-11-22"), call("two", "2026-11-23")])
        .onConflict((row) => row.doNothing())
        .returning("call_id")
        .execute();
    expect(await insert()).toHaveLength(2);
    expect(await insert()).toEqual([]);
    const days = await stage.database.sql
      .selectFrom("calls")
      .select("day")
      .where("key_hash", "=", "k")
      .orderBy("started_at", "desc")
      .execute();
    expect(days).toEqual([{ day: "2026-11-23" }, { day: "2026-11-22" }]);
  });

  it("do not take calls of a day that was not made", async () => {
    await expect(stage.database.sql.insertInto("calls").values(call("x", "2030-01-01")).execute()).rejects.toMatchObject({ code: "23514" });
  });

  it("can be made by several at once, at month ends and in leap years", async () => {
    const other = await stage.another();
    const days = ["2028-02-28", "2028-02-29", "2026-12-31", "2026-11-22"];
    await Promise.all([stage.database, other, stage.database].map((database) => ensureDays(database.sql, days)));
    expect(await daysOf(stage.database.sql)).toEqual([...days].sort());
    await stage.database.sql
      .insertInto("calls")
      .values(days.map((day) => call(day, day)))
      .execute();
  });

  it("are dropped with their calls", async () => {
    await ensureDays(stage.database.sql, ["2026-01-01", "2026-01-02", "2026-01-03"]);
    await stage.database.sql
      .insertInto("calls")
      .values([call("old", "2026-01-01"), call("new", "2026-01-03")])
      .execute();
    expect(await dropDaysBefore(stage.database.sql, "2026-01-03")).toEqual(["2026-01-01", "2026-01-02"]);
    expect(await stage.database.sql.selectFrom("calls").select("call_id").execute()).toEqual([{ call_id: "new" }]);
    expect(await dropDaysBefore(stage.database.sql, "2026-01-03")).toEqual([]);
  });
});

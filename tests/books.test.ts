/** The books on the whole gateway: a script sees its own calls at once, prompts are kept where that is wanted, and old rows go. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureDays } from "../packages/gateway/src/store/partitions.ts";
import { startGateway } from "../packages/testkit/src/gateway.ts";
import { freshDatabase } from "../packages/testkit/src/servers/fresh-database.ts";
import { chatReply, chatStream } from "../packages/testkit/src/wire-samples.ts";
import { CALL_DOLLARS, type Kept, openKept, until } from "./kept-gateway.ts";

const today = new Date().toISOString().slice(0, 10);
type Row = Readonly<Record<string, unknown>>;

async function told<T = Row>(kept: Kept, path: string, key?: string): Promise<T> {
  const reply = await kept.gateways[0]?.get(path, key === undefined ? {} : { authorization: `Bearer ${key}` });
  const text = await reply?.text();
  if (!reply?.ok) throw new Error(`${path}: ${reply?.status} ${text}`);
  return JSON.parse(text ?? "null") as T;
}

describe("after a call", () => {
  let kept: Kept;
  beforeAll(async () => {
    // Far longer than any of these tests waits.
    kept = await openKept({ engine: "embedded", general: { proxy_batch_write_at: 10 } });
    await kept.admin("/user/new", { user_id: "ann", auto_create_key: false });
  }, 60_000);
  afterAll(() => kept.close());

  it("key, logs, sums and activity have it at once", async () => {
    const key = await kept.key({ user_id: "ann" });
    const { headers } = await kept.call(key);
    const info = await told<{ info: Row }>(kept, "/key/info", key);
    expect(info.info).toMatchObject({ spend: CALL_DOLLARS });
    const hash = String(info.info["token"]);
    await kept.call(key);
    const rows = await told<Row[]>(kept, `/spend/logs?api_key=${hash}&summarize=false`);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({ status: "success", spend: CALL_DOLLARS, api_key: hash, user: "ann" });
    const [found] = await told<Row[]>(kept, `/spend/logs?request_id=${headers.get("x-litellm-call-id")}`);
    expect(found).toMatchObject({ litellm_call_id: headers.get("x-litellm-call-id"), request_id: "chatcmpl-sample" });
    await kept.call(key);
    expect(await told(kept, "/global/spend")).toMatchObject({ spend: expect.closeTo(3 * CALL_DOLLARS, 9) });
    await kept.call(key);
    expect(await told(kept, `/user/daily/activity?start_date=${today}&end_date=${today}`, key)).toMatchObject({
      metadata: { total_api_requests: 4 },
    });
    await kept.call(key);
    await kept.admin(`/key/${hash}/reset_spend`, { reset_to: 0 });
    expect(await told<{ info: Row }>(kept, `/key/info?key=${hash}`)).toMatchObject({ info: { spend: 0 } });
  });

  it("a reset of all spend lets keys go on that had spent their budget", async () => {
    const key = await kept.key({ max_budget: CALL_DOLLARS });
    expect([(await kept.call(key)).status, (await kept.call(key)).status]).toEqual([200, 429]);
    await kept.admin("/global/spend/reset", {});
    expect([(await kept.call(key)).status, (await kept.call(key)).status]).toEqual([200, 429]);
  });

  it("nothing of what was said is kept", async () => {
    await kept.call(await kept.key(), { messages: [{ role: "user", content: "my secret plan" }] });
    expect(JSON.stringify(await told(kept, "/spend/logs"))).not.toContain("secret plan");
  });

  it("two calls that their client named alike are two rows, both charged and both found by that name", async () => {
    const key = await kept.key();
    for (let times = 0; times < 2; times += 1) {
      const { status, headers } = await kept.call(key, {}, { "x-litellm-call-id": "named-by-the-client" });
      expect([status, headers.get("x-litellm-call-id")]).toEqual([200, "named-by-the-client"]);
    }
    expect((await told<{ info: Row }>(kept, "/key/info", key)).info["spend"]).toBeCloseTo(2 * CALL_DOLLARS, 9);
    const rows = await told<Row[]>(kept, "/spend/logs?request_id=named-by-the-client&summarize=false");
    expect(rows.map((row) => row["litellm_call_id"])).toEqual(["named-by-the-client", "named-by-the-client"]);
  });
});

describe("where prompts are kept", () => {
  let kept: Kept;
  beforeAll(async () => {
    const general = { store_prompts_in_spend_logs: true, disable_error_logs: true };
    kept = await openKept({ engine: "embedded", general, answers: { json: chatReply("A whole answer") } });
  }, 60_000);
  afterAll(() => kept.close());

  async function contentsOf(body: Row): Promise<Row> {
    const { headers, text, status } = await kept.call(await kept.key(), body);
    expect([status, text]).toEqual([200, expect.stringMatching(/[aA]nswer/)]);
    return told(kept, `/spend/logs/ui/${headers.get("x-litellm-call-id")}`);
  }

  it("the log has question and answer", async () => {
    const messages = [{ role: "user", content: "What is it?" }];
    expect(await contentsOf({ messages })).toMatchObject({
      messages,
      response: { choices: [{ message: { role: "assistant", content: "A whole answer" } }] },
    });
  });

  it("a stream is put together, and reaches its client whole", async () => {
    kept.upstream.script({ pieces: chatStream("An ", "answer ", "in ünïcode") });
    expect(await contentsOf({ stream: true })).toMatchObject({
      messages: [{ role: "user", content: "Hi" }],
      response: {
        object: "chat.completion",
        choices: [{ index: 0, message: { role: "assistant", content: "An answer in ünïcode" }, finish_reason: "stop" }],
      },
    });
    kept.upstream.script({ pieces: [chatStream("Another answer").join("")] });
    expect(await contentsOf({ stream: true })).toMatchObject({ response: { choices: [{ message: { content: "Another answer" } }] } });
  });

  it("a call that says so leaves nothing of what was said", async () => {
    expect(await contentsOf({ "no-log": true })).toMatchObject({ messages: {}, response: {} });
  });

  it("failures leave no row where these are not wanted, and are counted all the same", async () => {
    const key = await kept.key();
    kept.upstream.script({ status: 400, json: { error: { message: "no" } } });
    expect(await kept.call(key)).toMatchObject({ status: 400 });
    const { info } = await told<{ info: Row }>(kept, "/key/info", key);
    expect(await told(kept, `/spend/logs?api_key=${info["token"]}`)).toEqual([]);
    expect(await told(kept, `/user/daily/activity?start_date=${today}&end_date=${today}&api_key=${info["token"]}`)).toMatchObject({
      metadata: { total_api_requests: 1, total_failed_requests: 1 },
    });
  });
});

it("rows that are older than they shall be kept go when the gateway starts", async () => {
  const fresh = await freshDatabase("embedded");
  const dataFolder = mkdtempSync(join(tmpdir(), "tollgate-old-"));
  const call = {
    http_status: 200,
    status: "success",
    call_type: "acompletion",
    endpoint: "/v1/chat/completions",
    model: "m",
    metadata: "{}",
  };
  await ensureDays(fresh.database.sql, ["2020-01-01", today]);
  for (const day of ["2020-01-01", today]) {
    const at = new Date(`${day}T00:00:01Z`);
    const row = { ...call, call_id: day, day, started_at: at, ended_at: at, stream: false, tags: [], unpriced: false, estimated: false };
    const nothing = { input_tokens: 0, output_tokens: 0, cache_read_tokens: 0, cache_write_tokens: 0, reasoning_tokens: 0, spend_nano: 0 };
    await fresh.database.sql
      .insertInto("calls")
      .values({ ...row, ...nothing })
      .execute();
  }
  const general_settings = { data_dir: dataFolder, maximum_spend_logs_retention_period: "30d" };
  const gateway = await startGateway({ database: fresh.database, config: { model_list: [], general_settings } });
  const left = () => fresh.database.sql.selectFrom("calls").select("call_id").execute();
  await until(async () => (await left()).length === 1, "the old row is gone");
  expect(await left()).toEqual([{ call_id: today }]);
  await gateway.close();
  await fresh.remove();
  rmSync(dataFolder, { recursive: true, force: true });
}, 60_000);

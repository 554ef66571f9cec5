import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withDatabases } from "@tollgate/testkit/servers/with-databases";
import { systemClock } from "tollgate/parts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rowsOf } from "../store/rows-of.ts";
import { createLedger, type LedgerOptions } from "./create-ledger.ts";
import { entryOf, recordOf } from "./fakes-for-tests.ts";
import type { Ledger, LedgerEntry } from "./ledger.ts";

async function record(ledger: Ledger, ...entries: LedgerEntry[]): Promise<void> {
  await Promise.all(entries.map((entry) => new Promise<void>((resolve) => ledger.record(entry, resolve))));
}

withDatabases("the ledger", (stage) => {
  let folder = "";
  let warnings: string[] = [];
  const folders: string[] = [];
  const newFolder = (): string => {
    const made = mkdtempSync(join(tmpdir(), "ledger-"));
    folders.push(made);
    return made;
  };
  beforeEach(() => {
    folder = newFolder();
    warnings = [];
  });
  afterEach(() => {
    for (const each of folders.splice(0)) rmSync(each, { recursive: true, force: true });
  });

  const open = (changes: Partial<LedgerOptions> = {}): Ledger => {
    const warn = (_fields: object, text: string): void => void warnings.push(text);
    const { database } = stage;
    return createLedger({ dataFolder: folder, database, clock: systemClock, instanceId: "i1", redact: (text) => text, warn, ...changes });
  };

  const all = <Row>(text: string): Promise<readonly Row[]> => rowsOf<Row>(stage.database.sql, text);
  const one = async (text: string): Promise<unknown> => Object.values((await all<object>(text))[0] ?? {})[0];

  describe("a call", () => {
    it("brings a call into the database with everything that is known of it", async () => {
      const ledger = open();
      await record(
        ledger,
        entryOf("c1", { tags: ["blue", "blue"], customerId: "cust", requesterIp: "192.0.2.1", metadata: { jobs: [1] } }),
      );
      await ledger.flush();
      const [row] = await all<Record<string, unknown> & { started_at: Date; first_byte_at: Date }>("select * from calls");
      expect(row).toMatchObject({
        call_id: "c1",
        day: "2026-09-21",
        status: "success",
        call_type: "acompletion",
        endpoint: "/v1/chat/completions",
        model: "fast",
        provider: "acme",
        reply_id: "chatcmpl-c1",
        key_hash: "hash-1",
        tags: ["blue"],
        input_tokens: 100n,
        spend_nano: 1500n,
        unpriced: false,
        requester_ip: "192.0.2.1",
        metadata: { key_alias: "ci", team_alias: "Team One", given: { jobs: [1] } },
      });
      expect(row?.started_at.toISOString()).toBe("2026-09-21T12:00:00.000Z");
      expect(row?.first_byte_at.toISOString()).toBe("2026-09-21T12:00:00.120Z");
      expect(await one("select user_id from customers")).toBe("cust");
      await ledger.close();
    });

    it("adds up days, tags and meters to the sum of the rows", async () => {
      const ledger = open({ batchRows: 7 });
      const entries = Array.from({ length: 100 }, (_, at) =>
        entryOf(`c${at}`, {
          record: recordOf(`c${at}`, { costNano: at, status: at % 9 === 0 ? "failure" : "success", model: `m${at % 3}` }),
          keyHash: `k${at % 4}`,
          tags: at % 2 === 0 ? ["even", "all"] : ["all"],
          meters: [
            { meter: `key:k${at % 4}|total|0`, lent: false },
            { meter: "team:t1|total|0", lent: false },
          ],
        }),
      );
      await record(ledger, ...entries);
      await ledger.flush();
      expect(await one("select sum(spend_nano) from daily")).toBe("4950");
      expect(await one("select sum(requests)::int8 from daily")).toBe(100n);
      expect(await one("select sum(failures)::int8 from daily")).toBe(12n);
      expect(await one("select count(*) from daily")).toBe(12n);
      expect(await one("select sum(requests)::int8 from daily_tags where tag = 'even'")).toBe(50n);
      expect(await one("select spent_nano from meters where id = 'team:t1|total|0'")).toBe(4950n);
      expect(await one("select sum(spent_nano)::int8 from meters where id like 'key:%'")).toBe(4950n);
      await ledger.close();
    });

    it("takes what was lent back from this instance's loan, also what was spent beyond it", async () => {
      await all("insert into meters (id, spent_nano, lent_nano) values ('m1', 0, 5000), ('m2', 0, 700)");
      await all("insert into loans (instance_id, meter_id, nano) values ('i1', 'm1', 4000), ('i1', 'm2', 700), ('i2', 'm1', 1000)");
      const written: unknown[] = [];
      const ledger = open({ onWritten: (charges) => void written.push(...charges) });
      const until = Date.UTC(2026, 9, 1);
      const meters = [
        { meter: "m1", lent: true },
        { meter: "m2", lent: true },
        { meter: "m3", lent: false, until },
      ];
      await record(ledger, entryOf("c1", { meters }));
      await ledger.flush();
      expect(await all("select id, spent_nano, lent_nano, until from meters order by id")).toEqual([
        { id: "m1", spent_nano: 1500n, lent_nano: 3500n, until: null },
        { id: "m2", spent_nano: 1500n, lent_nano: -800n, until: null },
        { id: "m3", spent_nano: 1500n, lent_nano: 0n, until: new Date(until) },
      ]);
      expect(await all("select nano from loans order by instance_id, meter_id")).toEqual([
        { nano: 2500n },
        { nano: -800n },
        { nano: 1000n },
      ]);
      expect(written).toEqual([
        { meter: "m1", nano: 1500 },
        { meter: "m2", nano: 1500 },
      ]);
      await ledger.close();
    });

    it("takes no more from an earlier run's loan than it still is, and says when all of that run is written", async () => {
      const meters = [
        { meter: "m1", lent: true },
        { meter: "m2", lent: true },
      ];
      const crashed = open({ batchMs: 3_600_000 });
      await record(crashed, entryOf("c1", { meters }));
      await all("insert into meters (id, spent_nano, lent_nano) values ('m1', 0, 1000), ('m2', 0, 50)");
      await all("insert into loans (instance_id, meter_id, nano) values ('i1', 'm1', 1000)");
      const recovered: string[][] = [];
      const next = open({ instanceId: "i2", onRecovered: (instances) => void recovered.push([...instances]) });
      await next.flush();
      expect(await all("select id, spent_nano, lent_nano from meters order by id")).toEqual([
        { id: "m1", spent_nano: 1500n, lent_nano: 0n },
        { id: "m2", spent_nano: 1500n, lent_nano: 50n },
      ]);
      expect(recovered).toEqual([["i1"]]);
      await next.flush();
      expect(recovered).toHaveLength(1);
      for (const ledger of [crashed, next]) await ledger.close();
    });

    it("puts a row aside that the database refuses, and everything behind it goes on", async () => {
      const ledger = open();
      const odd = entryOf("odd", { record: recordOf("odd", { httpStatus: 99_999_999_999 }) });
      await record(ledger, entryOf("a"), entryOf("b"), odd, entryOf("c"));
      await ledger.flush();
      expect(await one("select string_agg(call_id, ',' order by call_id) from calls")).toBe("a,b,c");
      expect(await one("select sum(requests)::int8 from daily")).toBe(3n);
      expect(ledger.state).toMatchObject({ waiting: 0, poisoned: 1 });
      const [name = ""] = readdirSync(join(folder, "spool", "poisoned"));
      expect(readFileSync(join(folder, "spool", "poisoned", name), "utf8")).toContain('"call_id":"odd"');
      expect(warnings).toContain("the database refuses a row of spend; it is put aside");
      await ledger.close();
    });

    it("stores texts that PostgreSQL cannot, as far as it can", async () => {
      const ledger = open();
      const nasty = "a\u0000b\ud800'; drop table calls; --🙂";
      const metadata = { nasty, [nasty]: "\\u0000" };
      await record(
        ledger,
        entryOf("c1", { customerId: nasty, tags: [nasty], metadata, record: recordOf("c1", { model: "m".repeat(100_000) }) }),
      );
      await ledger.flush();
      expect(ledger.state.poisoned).toBe(0);
      expect(await one("select customer_id from calls")).toBe("a\ufffdb\ufffd'; drop table calls; --🙂");
      expect(String(await one("select model from calls"))).toHaveLength(200);
      await ledger.close();
    });

    it("keeps no rows but all sums when rows are not wanted", async () => {
      const ledger = open({ rules: { disableLogs: true } });
      await record(ledger, entryOf("c1"), entryOf("c1"), entryOf("c2"));
      await ledger.flush();
      expect(await one("select count(*) from calls where call_type <> ''")).toBe(0n);
      expect(await one("select sum(requests)::int8 from daily")).toBe(2n);
      await ledger.close();
    });

    it("says when a key was used last", async () => {
      await all("insert into keys (token, key_name) values ('hash-1', 'sk-...1')");
      const ledger = open();
      await record(ledger, entryOf("c1"));
      await ledger.flush();
      expect(await one("select last_active from keys")).toEqual(new Date("2026-09-21T12:00:00Z"));
      await ledger.close();
    });
  });

  it("writes ids and texts as they are, whatever they would mean in a list", async () => {
    const ledger = open();
    const odd = ["NULL", "null", '"', "\\", "{}", "a,b", " c ", "{a,b}", '\\"', "", "line\nend"];
    const entries = odd.map((text, at) =>
      entryOf(`c${at}`, {
        sessionId: text,
        customerId: text,
        tags: [text, "x"],
        metadata: { [text]: text },
        messages: [{ content: text }],
      }),
    );
    await record(ledger, ...entries);
    await ledger.flush();
    expect(ledger.state.poisoned).toBe(0);
    type Row = { session_id: string | null; customer_id: string | null; tags: string[]; metadata: { given: object }; messages: unknown };
    const rows = await all<Row>("select session_id, customer_id, tags, metadata, messages from calls order by length(call_id), call_id");
    odd.forEach((text, at) => {
      const id = text === "" ? null : text;
      expect(rows[at]).toMatchObject({
        session_id: id,
        customer_id: id,
        metadata: { given: { [text]: text } },
        messages: [{ content: text }],
      });
      expect(rows[at]?.tags).toContain(text);
    });
    await ledger.close();
  });

  describe("exactly once", () => {
    it("counts of a batch only what is new in it", async () => {
      const first = open();
      await record(first, ...["a", "b", "c"].map((id) => entryOf(id)));
      await first.flush();
      await first.close();
      const second = open({ dataFolder: newFolder() });
      await record(second, ...["x", "b", "y", "x", "c", "a", "z"].map((id) => entryOf(id)));
      await second.flush();
      expect(await one("select count(*) from calls")).toBe(6n);
      expect(await one("select sum(requests)::int8 from daily")).toBe(6n);
      expect(await one("select sum(spent_nano)::int8 from meters")).toBe(9000n);
      await second.close();
    });

    it("holds for rows that are recorded twice", async () => {
      const ledger = open();
      await record(ledger, entryOf("c1"), entryOf("c1"));
      await record(ledger, entryOf("c1"));
      await ledger.flush();
      expect(await one("select count(*) from calls")).toBe(1n);
      expect(await one("select sum(spend_nano)::int8 from daily")).toBe(1500n);
      await ledger.close();
    });

    it("holds for two ledgers that write the same rows in other orders at the same time", async () => {
      const entries = Array.from({ length: 300 }, (_, at) =>
        entryOf(`c${at}`, {
          keyHash: `k${at % 17}`,
          tags: [`t${at % 5}`],
          meters: [
            { meter: `m${at % 13}`, lent: false },
            { meter: `m${at % 7}`, lent: false },
          ].slice(0, 1 + (at % 2)),
        }),
      );
      const others = { dataFolder: newFolder(), database: await stage.another(), instanceId: "i2" };
      const ledgers = [open({ batchRows: 11 }), open({ batchRows: 13, ...others })];
      await Promise.all(ledgers.map((ledger, at) => record(ledger, ...(at === 0 ? entries : [...entries].reverse()))));
      await Promise.all(ledgers.map((ledger) => ledger.flush()));
      expect(await one("select count(*) from calls")).toBe(300n);
      expect(await one("select sum(requests)::int8 from daily")).toBe(300n);
      expect(await one("select sum(requests)::int8 from daily_tags")).toBe(300n);
      const charged = entries.reduce((sum, { meters }) => sum + 1500 * meters.length, 0);
      expect(await one("select sum(spent_nano)::int8 from meters")).toBe(BigInt(charged));
      for (const ledger of ledgers) await ledger.close();
    });

    it("charges a call that a crash cut off what was reserved, and one that ended what it cost", async () => {
      const crashed = open({ batchMs: 3_600_000 });
      const estimate = (callId: string): LedgerEntry => entryOf(callId, { record: recordOf(callId, { costNano: 9000 }) });
      crashed.begun(estimate("ended"));
      crashed.begun(estimate("cut off"));
      await record(crashed, entryOf("ended"));
      // No close: the process is gone.
      const next = open({ instanceId: "i2" });
      await next.flush();
      expect(await all("select call_id, status, spend_nano, estimated from calls order by call_id")).toEqual([
        { call_id: "cut off", status: "failure", spend_nano: 9000n, estimated: true },
        { call_id: "ended", status: "success", spend_nano: 1500n, estimated: false },
      ]);
      const again = open({ instanceId: "i3" });
      await again.flush();
      expect(await one("select sum(spend_nano)::int8 from daily")).toBe(10_500n);
      expect(warnings).toContain("calls were under way when the gateway ended last; they are charged what was reserved");
      for (const ledger of [crashed, next, again]) await ledger.close();
    });
  });
});

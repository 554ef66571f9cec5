import { withDatabases } from "@tollgate/testkit/servers/with-databases";
import { type DeploymentRow, GatewayError, type RouterSettings, systemClock } from "tollgate/parts";
import { afterEach, describe, expect, it } from "vitest";
import type { Database } from "../store/database.ts";
import type { Admission, Ticket } from "./admission.ts";
import { createAdmission } from "./admit.ts";
import { createMemoryCounters } from "./counters-memory.ts";
import { createEscrow } from "./escrow.ts";
import { chatCall, embedCall, houseOf, paid, plainRouter, principal, record, row, subject } from "./fakes-for-tests.ts";
import type { Purses } from "./purses.ts";
import { createReach } from "./reach.ts";
import { defaultLimitSettings, type LimitSettings } from "./settings.ts";

const opened: { close(): Promise<void> }[] = [];
let count = 0;

afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
});

interface Setup {
  readonly rows?: readonly DeploymentRow[];
  readonly settings?: Partial<LimitSettings>;
  readonly router?: Partial<RouterSettings>;
}

function open(database: Database, { rows = [row("m")], settings, router }: Setup = {}): { admission: Admission; purses: Purses } {
  const counters = createMemoryCounters(systemClock);
  const purses = createEscrow({ database, clock: systemClock, instance: `a${++count}` });
  const house = houseOf(rows);
  opened.push(counters, purses, house);
  const reachOf = createReach(() => house.router.routes, { ...plainRouter, ...router });
  const options = { counters, purses, clock: systemClock, settings: { ...defaultLimitSettings, waitMs: 300, ...settings }, reachOf };
  return { admission: createAdmission(options), purses };
}

async function refusalOf(admitted: () => Ticket | Promise<Ticket>): Promise<GatewayError> {
  try {
    await admitted();
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown;
    throw thrown;
  }
  throw new Error("it was let in");
}

function asObject(flat: readonly string[] = []): Record<string, string> {
  const found: Record<string, string> = {};
  for (let at = 0; at < flat.length; at += 2) found[flat[at] ?? ""] = flat[at + 1] ?? "";
  return found;
}

/** Ten input tokens as our tokenizer counts `hi`, and what the answer may have. */
const CALL = { max_tokens: 20 };

withDatabases("admission", (stage) => {
  it("lets in at once who has no limits, with one ticket for all calls", () => {
    const { admission } = open(stage.database);
    const who = principal([subject("key", "h1", {})]);
    const ticket = admission.admit(who, chatCall("m"), []);
    expect(ticket).toBe(admission.admit(who, chatCall("m"), []));
    expect(ticket).toMatchObject({ meters: [{ meter: "key:h1|total|0", lent: false }] });
  });

  it("lets in exactly the limit of a burst, and says which limit of whom refused", async () => {
    const { admission } = open(stage.database);
    const who = principal([subject("team", "t1", {}), subject("key", "abcdef0123456789", { requestsPerMinute: 5 })]);
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () => refusalOrTicket(() => admission.admit(who, chatCall("m"), []))),
    );
    const refused = answers.filter((each) => each instanceof GatewayError);
    expect(refused).toHaveLength(45);
    const [first] = refused;
    expect(first).toMatchObject({ kind: "limit_reached", status: 429 });
    expect(first?.message).toContain("key 'the abcdef0123456789'");
    expect(first?.message).toContain("Current limit: 5");
    expect(first?.detail.retryAfterMs).toBeGreaterThan(0);
    expect(first?.detail.retryAfterMs).toBeLessThanOrEqual(60_000);
    expect(first?.detail.replyHeaders).toMatchObject({
      rate_limit_type: "requests",
      "x-ratelimit-remaining-requests": "0",
      "x-ratelimit-limit-requests": "5",
    });
  });

  it("frees a parallel call when it is over, and says when to come back", async () => {
    const { admission } = open(stage.database);
    const who = principal([subject("user", "u1", { parallel: 1 })]);
    const first = await admission.admit(who, chatCall("m"), []);
    const error = await refusalOf(() => admission.admit(who, chatCall("m"), []));
    expect(error.detail).toMatchObject({ retryAfterMs: 1_000, replyHeaders: { rate_limit_type: "parallel" } });
    first.settle(record(1, 1));
    expect(await admission.admit(who, chatCall("m"), [])).toBeDefined();
  });

  it("counts tokens by estimate, then by what was used", async () => {
    const { admission } = open(stage.database);
    const who = principal([subject("key", "h2", { tokensPerMinute: 100 })]);
    const first = await admission.admit(who, chatCall("m", CALL), []);
    const before = asObject(first.headers?.(undefined));
    expect(Number(before["x-ratelimit-remaining-tokens"])).toBeLessThan(80);
    first.settle(record(5, 5));
    const second = await admission.admit(who, chatCall("m", CALL), []);
    second.settle(record(50, 50));
    expect((await refusalOf(() => admission.admit(who, chatCall("m", CALL), []))).detail.replyHeaders).toMatchObject({
      rate_limit_type: "tokens",
    });
  });

  it("lets in one call that is larger than the whole limit in tokens, as long as the window is empty", async () => {
    const { admission } = open(stage.database);
    const who = principal([subject("key", "h3", { tokensPerMinute: 10 })]);
    await admission.admit(who, chatCall("m", { max_tokens: 4_000 }), []);
    expect((await refusalOf(() => admission.admit(who, chatCall("m"), []))).kind).toBe("limit_reached");
  });

  it("holds limits on one model, by its name, its alias or a wildcard", async () => {
    const { admission } = open(stage.database, { rows: [row("m"), row("other")] });
    const perModel = [{ model: "m*", requestsPerMinute: 1, budgets: [] }];
    const who = principal([subject("team", "t2", { perModel })]);
    await admission.admit(who, chatCall("m"), []);
    await admission.admit(who, chatCall("other"), []);
    const error = await refusalOf(() => admission.admit(who, chatCall("nick", {}, { target: "m" }), []));
    expect(error.message).toContain("for model 'm*'");
  });

  it("asks the master key for nothing but the gateway's own limits", async () => {
    const { admission } = open(stage.database);
    const subjects = [subject("global", "", { requestsPerMinute: 2 }), subject("user", "admin", { requestsPerMinute: 0 })];
    const who = principal(subjects, { role: "proxy_admin", kind: "master" });
    await admission.admit(who, chatCall("m"), []);
    await admission.admit(who, chatCall("m"), []);
    expect((await refusalOf(() => admission.admit(who, chatCall("m"), []))).message).toContain("the gateway");
  });

  it("holds the master key by the limits of whom it asks for, and an administrator's own key by its own", async () => {
    const { admission } = open(stage.database);
    const master = principal([], { role: "proxy_admin", kind: "master" });
    const customer = subject("customer", "c2", { requestsPerMinute: 1 });
    await admission.admit(master, chatCall("m"), [customer]);
    expect((await refusalOf(() => admission.admit(master, chatCall("m"), [customer]))).message).toContain("customer 'the c2'");
    const own = principal([subject("key", "h6", { requestsPerMinute: 1 })], { role: "proxy_admin" });
    await admission.admit(own, chatCall("m"), []);
    expect((await refusalOf(() => admission.admit(own, chatCall("m"), []))).message).toContain("key");
  });

  it("holds the limits of a customer that comes with the call, once", async () => {
    const { admission } = open(stage.database);
    const who = principal([subject("key", "h4", {})]);
    const customer = subject("customer", "c1", { requestsPerMinute: 2 });
    await admission.admit(who, chatCall("m"), [customer, customer]);
    await admission.admit(who, chatCall("m"), [customer]);
    expect((await refusalOf(() => admission.admit(who, chatCall("m"), [customer]))).message).toContain("customer 'the c1'");
  });

  it("passes exactly ten of two hundred calls at once on a budget for ten", async () => {
    const { admission, purses } = open(stage.database, { settings: { waitMs: 2_000 } });
    const who = principal([
      subject("team", "t3", { budgets: [{ limitNano: 300_000, duration: "1d" }] }),
      subject("key", "h5", { budgets: [{ limitNano: 1_000_000 }] }),
    ]);
    let spent = 0;
    const one = async (): Promise<boolean> => {
      const ticket = await refusalOrTicket(() => admission.admit(who, chatCall("m", CALL), []));
      if (ticket instanceof GatewayError) return false;
      await new Promise<void>((resolve) => systemClock.after(1, resolve));
      spent += 30_000;
      ticket.settle(record(10, 20));
      return true;
    };
    const passed = await Promise.all(Array.from({ length: 200 }, one));
    expect(passed.filter(Boolean)).toHaveLength(10);
    expect(spent).toBe(300_000);
    expect(purses.spent("key:h5|total|0")).toBe(300_000);
  });

  it("refuses an exhausted budget with its numbers, and gives the counted call back", async () => {
    const { admission } = open(stage.database);
    const who = principal([subject("key", "h6", { requestsPerMinute: 2, budgets: [{ limitNano: 40_000 }] })]);
    (await admission.admit(who, chatCall("m", CALL), [])).settle(record(10, 30));
    for (let times = 0; times < 3; times += 1) {
      const error = await refusalOf(() => admission.admit(who, chatCall("m", CALL), []));
      expect(error).toMatchObject({ kind: "budget_exceeded", status: 429, type: "budget_exceeded" });
      expect(error.message).toMatch(
        /^Budget has been exceeded! Current cost: 0.00004, Max budget: 0.00004\. It is the budget of key 'the h6'/,
      );
      expect(error.detail.replyHeaders).toEqual({ "x-should-retry": "false" });
    }
  });

  it("answers with the older status where it is configured", async () => {
    const { admission } = open(stage.database, { settings: { budgetExceededStatus: 400 } });
    const who = principal([subject("key", "h7", { budgets: [{ limitNano: 0 }] })]);
    expect((await refusalOf(() => admission.admit(who, chatCall("m", CALL), []))).status).toBe(400);
  });

  it("cuts an answer to what is left at the edge", async () => {
    const { admission } = open(stage.database);
    const who = principal([subject("key", "h8", { budgets: [{ limitNano: 1_000_000 }] })]);
    const ticket = await admission.admit(who, chatCall("m"), []);
    // A thousand tokens in all, and the question takes some of them.
    expect(ticket.outputLimit).toBeGreaterThan(950);
    expect(ticket.outputLimit).toBeLessThan(1_000);
    ticket.settle(record(10, 930));
    expect((await refusalOf(() => admission.admit(who, chatCall("m"), []))).message).toContain("only $0.00006 of it");
  });

  it("cuts each of several choices", async () => {
    const { admission } = open(stage.database);
    const who = principal([subject("key", "h9", { budgets: [{ limitNano: 1_000_000 }] })]);
    const ticket = await admission.admit(who, chatCall("m", { n: 4 }), []);
    expect(ticket.outputLimit).toBeGreaterThan(230);
    expect(ticket.outputLimit).toBeLessThan(250);
  });

  it("refuses at the edge where cutting is not wanted", async () => {
    const { admission } = open(stage.database, { settings: { edge: "refuse" } });
    const who = principal([subject("key", "h10", { budgets: [{ limitNano: 1_000_000 }] })]);
    expect((await refusalOf(() => admission.admit(who, chatCall("m"), []))).message).toContain("ask for fewer tokens");
    expect(await admission.admit(who, chatCall("m", { max_tokens: 900 }), [])).toBeDefined();
  });

  it("runs over by one call at most where that is wanted", async () => {
    const { admission } = open(stage.database, { settings: { edge: "overrun" } });
    const who = principal([subject("key", "h11", { budgets: [{ limitNano: 1_000_000 }] })]);
    const ticket = await admission.admit(who, chatCall("m"), []);
    expect(ticket.outputLimit).toBeUndefined();
    expect(await refusalOrTicket(() => admission.admit(who, chatCall("m"), []))).toBeInstanceOf(GatewayError);
    ticket.settle(record(10, 5_000));
    expect((await refusalOf(() => admission.admit(who, chatCall("m"), []))).message).toContain("Current cost: 0.00501");
  });

  it("says the longest answer that it reserved where a model could answer at greater length", async () => {
    const { admission } = open(stage.database, { rows: [row("m", paid, { max_output_tokens: 100_000 })] });
    const tight = principal([subject("key", "h12", { budgets: [{ limitNano: 20_000_000 }] })]);
    expect((await admission.admit(tight, chatCall("m"), [])).outputLimit).toBe(16_384);
    const ample = principal([subject("key", "h13", { budgets: [{ limitNano: 200_000_000 }] })]);
    expect((await admission.admit(ample, chatCall("m"), [])).outputLimit).toBeUndefined();
  });

  it("reserves for the dearest fallback", async () => {
    const rows = [row("m"), row("dear", { input_cost_per_token: 0.001, output_cost_per_token: 0.001 })];
    const { admission } = open(stage.database, { rows, router: { fallbacks: new Map([["m", ["dear"]]]) } });
    const who = principal([subject("key", "h14", { budgets: [{ limitNano: 20_000_000 }] })]);
    expect((await refusalOf(() => admission.admit(who, chatCall("m", CALL), []))).kind).toBe("budget_exceeded");
    expect(await admission.admit(who, chatCall("m", CALL, { disableFallbacks: true }), [])).toBeDefined();
  });

  it("never refuses what costs nothing, and then keeps it from fallbacks that do", async () => {
    const free = { input_cost_per_token: 0, output_cost_per_token: 0 };
    const { admission } = open(stage.database, {
      rows: [row("free", free), row("alone", free), row("m")],
      router: { fallbacks: new Map([["free", ["m"]]]) },
    });
    const who = principal([subject("key", "h15", { budgets: [{ limitNano: 0 }] })]);
    expect(await admission.admit(who, chatCall("free"), [])).toMatchObject({ freeOnly: true });
    expect((await admission.admit(who, chatCall("alone"), [])).freeOnly).toBeUndefined();
  });

  it("lets in what nobody knows the price of as long as anything is left", async () => {
    const { admission } = open(stage.database, { rows: [row("m", {})] });
    const who = principal([subject("key", "h16", { budgets: [{ limitNano: 1_000 }] })]);
    (await admission.admit(who, chatCall("m"), [])).settle(record(1, 1, 1_000));
    expect((await refusalOf(() => admission.admit(who, chatCall("m"), []))).kind).toBe("budget_exceeded");
  });

  it("counts an embedding's input, which has no output to cut", async () => {
    const { admission } = open(stage.database);
    const text = "word ".repeat(100);
    const who = principal([subject("key", "h17", { budgets: [{ limitNano: 150_000 }] })]);
    const ticket = await admission.admit(who, embedCall("m", text), []);
    expect(ticket.outputLimit).toBeUndefined();
    const poor = principal([subject("key", "h18", { budgets: [{ limitNano: 50_000 }] })]);
    expect((await refusalOf(() => admission.admit(poor, embedCall("m", text), []))).kind).toBe("budget_exceeded");
  });

  it("charges the windows of its budgets and everybody's lifetime", async () => {
    const { admission } = open(stage.database);
    const budgets = [
      { limitNano: 1e9, duration: "1d" },
      { limitNano: 2e9, duration: "1d" },
    ];
    const who = principal([
      subject("team", "t4", {}),
      subject("key", "h19", { budgets, perModel: [{ model: "m", budgets: [{ limitNano: 1e9 }] }] }),
    ]);
    const { meters } = await admission.admit(who, chatCall("m", CALL), []);
    expect(meters.map(({ meter, lent }) => [meter.replace(/\d{13}$/, "begin"), lent])).toEqual([
      ["key:h19|1d|begin", true],
      ["key:h19:model:m|total|0", true],
      ["team:t4|total|0", false],
      ["key:h19|total|0", false],
    ]);
  });

  it("tells the key's own limits and what it spent", async () => {
    const { admission } = open(stage.database);
    const key = subject("key", "h20", { requestsPerMinute: 9, tokensPerMinute: 5_000, budgets: [{ limitNano: 1_500_000_000 }] });
    const who = principal([subject("team", "t5", { requestsPerMinute: 3 }), key]);
    const ticket = await admission.admit(who, chatCall("m", CALL), []);
    expect(asObject(ticket.headers?.(record(10, 20)))).toMatchObject({
      "x-ratelimit-limit-requests": "9",
      "x-ratelimit-remaining-requests": "8",
      "x-ratelimit-reset-requests": "60s",
      "x-ratelimit-limit-tokens": "5000",
      "x-litellm-key-rpm-limit": "9",
      "x-litellm-key-tpm-limit": "5000",
      "x-litellm-key-spend": "0.00003",
      "x-litellm-key-max-budget": "1.5",
    });
  });
});

async function refusalOrTicket(admit: () => Ticket | Promise<Ticket>): Promise<Ticket | GatewayError> {
  try {
    return await admit();
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown;
    throw thrown;
  }
}

describe("money while the database is away", () => {
  it("refuses with 503 what it does not hold already", async () => {
    const away = new GatewayError("database_away", "The database is away.");
    const fail = (): never => {
      throw away;
    };
    const sql = new Proxy({}, { get: () => fail }) as Database["sql"];
    const nowhere: Database = {
      kind: "server",
      sql,
      state: "away",
      problem: "away",
      wake: () => {},
      ready: new Promise(() => {}),
      watch: () => () => {},
      notify: async () => {},
      listen: () => () => {},
      close: async () => {},
    };
    const { admission } = open(nowhere);
    const who = principal([subject("key", "h21", { budgets: [{ limitNano: 1e9 }] })]);
    expect(await refusalOf(() => admission.admit(who, chatCall("m", CALL), []))).toMatchObject({ kind: "database_away", status: 503 });
  });
});

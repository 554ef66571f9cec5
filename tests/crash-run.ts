/** A gateway that is killed again and again under load, and what its books say afterwards: for a test, and for a longer run in bench. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemClock } from "tollgate/parts";
import { type FakeUpstream, startFakeUpstream, type UpstreamRequest } from "../packages/testkit/src/fake-upstream.ts";
import { freePort } from "../packages/testkit/src/servers/free-port.ts";
import { embeddedSeed, openForTest } from "../packages/testkit/src/servers/fresh-database.ts";
import { chatChunk, chatReply, event } from "../packages/testkit/src/wire-samples.ts";

const bin = fileURLToPath(new URL("../packages/gateway/bin/tollgate.js", import.meta.url));
const MASTER = "sk-master-of-the-crash-run";
const TOKENS = 100;
/** Of one call: 100 tokens at a thousandth of a dollar. */
export const CALL_NANO = 100_000_000;
/** What the narrow key may spend. */
export const NARROW_CALLS = 120;
/** As many tokens say to the fake provider: take your time. */
const SLOW_TOKENS = 77;
export const SLOW_NANO = SLOW_TOKENS * 1_000_000;
const CUT_OFF = "call-that-is-cut-off";
/** After two seconds a stream stands in the books. */
const LASTS_MS = 3_500;

export interface CrashRun {
  readonly kills: number;
  /** How long it runs before each kill: between these. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly clients: number;
  readonly onKill?: (number: number, answered: number) => void;
}

/** What came out, in numbers. */
export interface Outcome {
  readonly answered: number;
  /** Answered calls without a row of success, and ids with more rows than one. */
  readonly missing: readonly string[];
  readonly doubled: readonly string[];
  readonly rowsNano: number;
  readonly dailyNano: number;
  readonly dailyRequests: number;
  readonly rows: number;
  /** Of both keys together, and of the team that they belong to. */
  readonly keysNano: number;
  readonly teamNano: number;
  readonly narrowNano: number;
  /** Calls of the narrow key that were answered. */
  readonly narrowAnswered: number;
  /** A stream that had lasted for seconds when it was cut off: its row, and what it is charged. */
  readonly cutOff: readonly { readonly status: string; readonly nano: number }[];
  /** Loans that are left when everything is over. */
  readonly lentNano: number;
}

interface Stage {
  readonly folder: string;
  readonly url: string;
  readonly port: number;
  readonly upstream: FakeUpstream;
  readonly answered: Set<string>;
  child: ChildProcess | undefined;
}

export async function runCrashes(run: CrashRun): Promise<Outcome> {
  const upstream = await startFakeUpstream([], answer);
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "tollgate-crash-"));
  const stage: Stage = { folder, port, url: `http://127.0.0.1:${port}`, upstream, answered: new Set(), child: undefined };
  try {
    writeFileSync(join(folder, "config.yaml"), JSON.stringify(configOf(upstream)));
    cpSync(await embeddedSeed(), join(folder, "data", "database"), { recursive: true });
    await begin(stage);
    const keys = await makeKeys(stage);
    for (let kill = 1; kill <= run.kills; kill += 1) {
      const last = kill === run.kills;
      if (last) void ask(stage, keys.wide, { id: CUT_OFF, stream: true, max_tokens: SLOW_TOKENS }).catch(() => undefined);
      await underLoad(stage, keys, last ? { ...run, fromMs: LASTS_MS, toMs: LASTS_MS } : run);
      run.onKill?.(kill, stage.answered.size);
      await begin(stage);
    }
    const narrowAnswered = await spendTheRest(stage, keys.narrow);
    await end(stage, "SIGTERM");
    return await countedUp(stage, narrowAnswered);
  } finally {
    await end(stage, "SIGKILL");
    await upstream.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function answer({ json }: UpstreamRequest) {
  const { stream, max_tokens } = json as { stream?: boolean; max_tokens?: number };
  const usage = { prompt_tokens: 10, completion_tokens: TOKENS, total_tokens: TOKENS + 10 };
  if (!stream) return { delayMs: 5, json: chatReply("ok", {}, { usage }) };
  if (max_tokens === SLOW_TOKENS)
    return { pieces: Array.from({ length: 200 }, () => [event(chatChunk({ content: "slow " })), 100]).flat() };
  const words = Array.from({ length: 5 }, (_, at) => [event(chatChunk({ content: `word ${at} ` })), 2]);
  const tail = [event(chatChunk({}, "stop")), event({ ...chatChunk({}), choices: [], usage }), event("[DONE]")];
  return { pieces: [...words.flat(), ...tail] };
}

function configOf({ url }: FakeUpstream): object {
  const litellm_params = { model: "openai/coin", api_base: `${url}/v1`, api_key: "sk-upstream-0123456789" };
  const model_info = { input_cost_per_token: 0, output_cost_per_token: 0.001 };
  return {
    model_list: [{ model_name: "coin", litellm_params, model_info }],
    router_settings: { num_retries: 0, disable_cooldowns: true },
    general_settings: { master_key: MASTER },
  };
}

async function begin(stage: Stage): Promise<void> {
  const { folder, port, url } = stage;
  const args = [bin, "--config", join(folder, "config.yaml"), "--port", String(port), "--data", join(folder, "data")];
  const child = spawn(process.execPath, args, { cwd: folder, env: { PATH: process.env["PATH"] }, stdio: ["ignore", "pipe", "pipe"] });
  stage.child = child;
  let said = "";
  const hear = (part: Buffer): void => {
    said = `${said}${part}`.slice(-20_000);
  };
  for (const stream of [child.stdout, child.stderr]) stream.on("data", hear);
  await patiently(
    async () => {
      if (child.exitCode !== null) throw new Error(`The gateway ended by itself:\n${said}`);
      const reply = await fetch(`${url}/health/readiness`).catch(() => undefined);
      return reply?.ok === true && ((await reply.json()) as { db: string }).db === "connected";
    },
    () => `The gateway did not come up:\n${said}`,
  );
}

async function end({ child }: Stage, signal: NodeJS.Signals): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const over = once(child, "exit");
  child.kill(signal);
  await over;
}

interface Keys {
  readonly wide: string;
  readonly narrow: string;
}

async function makeKeys(stage: Stage): Promise<Keys> {
  const team = { team_id: "t1", max_budget: 1_000_000 };
  await admin(stage, "/team/new", team);
  const wide = await admin(stage, "/key/generate", { team_id: "t1", max_budget: 1_000_000, budget_duration: "30d" });
  const narrow = await admin(stage, "/key/generate", { team_id: "t1", max_budget: (NARROW_CALLS * CALL_NANO) / 1e9 });
  return { wide: String(wide["key"]), narrow: String(narrow["key"]) };
}

async function admin({ url }: Stage, path: string, body: object): Promise<Record<string, unknown>> {
  const reply = await fetch(url + path, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${MASTER}` },
    body: JSON.stringify(body),
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${text}`);
  return JSON.parse(text) as Record<string, unknown>;
}

/** Clients that ask without a pause until the gateway is killed under them. */
async function underLoad(stage: Stage, keys: Keys, { fromMs, toMs, clients }: CrashRun): Promise<void> {
  let over = false;
  const before = stage.answered.size;
  const work = Array.from({ length: clients }, async (_, at) => {
    for (let turn = 0; !over; turn += 1) {
      // One of many is from the narrow key, so that it lasts for all the kills.
      const key = at === 0 && turn % 8 === 0 ? keys.narrow : keys.wide;
      await ask(stage, key, { stream: (at + turn) % 2 === 0 }).catch(() => undefined);
    }
  });
  // Some kills come while the first calls still wait for their key, most when calls are answered.
  if (Math.random() > 0.2) await answeredMore(stage, before);
  await wait(fromMs + Math.random() * (toMs - fromMs));
  await end(stage, "SIGKILL");
  over = true;
  await Promise.all(work);
}

function answeredMore({ answered }: Stage, before: number): Promise<void> {
  return patiently(
    async () => answered.size > before,
    () => "The gateway answered nothing.",
  );
}

let asked = 0;

function nextId(): string {
  asked += 1;
  return `call-${process.pid}-${asked}`;
}

/** True when the client has seen a whole answer, which is then noted. */
async function ask({ url, answered }: Stage, key: string, { id = nextId(), stream = false, max_tokens = TOKENS } = {}): Promise<boolean> {
  const reply = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}`, "x-litellm-call-id": id },
    body: JSON.stringify({ model: "coin", max_tokens, stream, messages: [{ role: "user", content: "Hi" }] }),
    signal: AbortSignal.timeout(20_000),
  });
  const text = await reply.text();
  const whole = reply.ok && (stream ? text.includes("data: [DONE]") : text.endsWith("}"));
  if (whole) answered.add(id);
  return whole;
}

/** More at once than the narrow key can pay: what crashes left of its budget must still be there, and no more. */
async function spendTheRest(stage: Stage, narrow: string): Promise<number> {
  const before = stage.answered.size;
  await Promise.all(Array.from({ length: NARROW_CALLS + 30 }, () => ask(stage, narrow).catch(() => false)));
  return stage.answered.size - before;
}

async function countedUp({ folder, answered }: Stage, narrowAnswered: number): Promise<Outcome> {
  const database = openForTest({ folder: join(folder, "data", "database") });
  await database.ready;
  try {
    const { sql } = database;
    const rows = await sql.selectFrom("calls").select(["client_call_id as id", "status", "spend_nano", "key_hash"]).execute();
    const daily = await sql.selectFrom("daily").select(["spend_nano", "requests"]).execute();
    const meters = await sql.selectFrom("meters").select(["id", "spent_nano", "lent_nano"]).execute();
    const keys = await sql.selectFrom("keys").select(["token", "settings"]).execute();
    const narrow = keys.find(({ settings }) => (settings as { budget_duration?: string }).budget_duration === undefined)?.token;
    const good = new Map<string, number>();
    for (const { id, status } of rows) if (id !== null && status === "success") good.set(id, (good.get(id) ?? 0) + 1);
    return {
      answered: answered.size,
      missing: [...answered].filter((id) => !good.has(id)),
      doubled: [...good].filter(([, count]) => count > 1).map(([id]) => id),
      rows: rows.length,
      rowsNano: sum(rows.map(({ spend_nano }) => spend_nano)),
      dailyNano: sum(daily.map(({ spend_nano }) => spend_nano)),
      dailyRequests: sum(daily.map(({ requests }) => requests)),
      keysNano: sum(meters.filter(({ id }) => /^key:.*\|total\|0$/.test(id)).map(({ spent_nano }) => spent_nano)),
      teamNano: sum(meters.filter(({ id }) => id === "team:t1|total|0").map(({ spent_nano }) => spent_nano)),
      narrowNano: sum(rows.filter(({ key_hash }) => key_hash === narrow).map(({ spend_nano }) => spend_nano)),
      narrowAnswered,
      cutOff: rows.filter(({ id }) => id === CUT_OFF).map(({ status, spend_nano }) => ({ status, nano: Number(spend_nano) })),
      lentNano: sum(meters.map(({ lent_nano }) => lent_nano)),
    };
  } finally {
    await database.close();
  }
}

function sum(amounts: readonly (bigint | number)[]): number {
  return amounts.reduce<number>((total, amount) => total + Number(amount), 0);
}

async function patiently(done: () => Promise<boolean>, what: () => string): Promise<void> {
  for (const until = systemClock.ticks() + 30_000; !(await done()); await wait(20))
    if (systemClock.ticks() > until) throw new Error(what());
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => void systemClock.after(milliseconds, resolve));
}

/** Gateways that keep books, for tests: each on a listening socket with its own spool, one or several on one database. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { systemClock } from "tollgate/parts";
import type { OpenedDatabase } from "../packages/gateway/src/store/open-database.ts";
import { type FakeUpstream, startFakeUpstream, type UpstreamRequest, type UpstreamStep } from "../packages/testkit/src/fake-upstream.ts";
import { startGateway, type TestGateway } from "../packages/testkit/src/gateway.ts";
import { type EngineName, type FreshDatabase, freshDatabase, openForTest } from "../packages/testkit/src/servers/fresh-database.ts";
import { chatReply } from "../packages/testkit/src/wire-samples.ts";

export const CHAT = "/v1/chat/completions";
/** Of the models below: dollars a token of output; input costs nothing. */
const PRICE = 0.001;
/** A call of `coin`: so many tokens of output are asked for, and so many come. */
export const TOKENS = 100;
/** What such a call costs, in whole nano-dollars. */
export const CALL_NANO = TOKENS * PRICE * 1e9;
export const CALL_DOLLARS = TOKENS * PRICE;

type Fields = Readonly<Record<string, unknown>>;

const row = (name: string, info: Fields): object => ({
  model_name: name,
  litellm_params: { model: `openai/${name}`, api_base: "os.environ/UPSTREAM", api_key: "sk-upstream-0123456789" },
  model_info: { input_cost_per_token: 0, output_cost_per_token: PRICE, max_output_tokens: 3000, ...info },
});

/** `coin` costs its output, `words` its input too, `gift` nothing. */
export const models = [row("coin", {}), row("words", { input_cost_per_token: PRICE }), row("gift", { output_cost_per_token: 0 })];

/** Answers with as many tokens as were asked for, or as the prompt says, a little later, so that calls overlap. */
export const asAsked: UpstreamStep = ({ json, body }: UpstreamRequest) => {
  const { max_tokens, max_completion_tokens } = json as { max_tokens?: number; max_completion_tokens?: number };
  const said = /Use (\d+) tokens/.exec(String(body))?.[1];
  return { delayMs: 20, json: replyOf(Number(said ?? max_completion_tokens ?? max_tokens ?? TOKENS)) };
};

export function replyOf(completion: number, prompt = 10): Fields {
  return chatReply("ok", {}, { usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion } });
}

export interface KeptOptions {
  readonly engine: EngineName;
  readonly instances?: number;
  readonly general?: Fields;
  readonly litellm?: Fields;
  readonly router?: Fields;
  readonly env?: Readonly<Record<string, string>>;
  readonly answers?: UpstreamStep;
}

export interface Kept {
  readonly upstream: FakeUpstream;
  /** The first one's database: for looking and for rows that no route makes. */
  readonly database: OpenedDatabase;
  readonly gateways: readonly TestGateway[];
  /** Makes a key; the answer is the key itself. */
  key(limits?: Fields): Promise<string>;
  /** Posts to an admin route with the master key; throws unless it is taken. */
  admin(path: string, body: Fields): Promise<Fields>;
  /** One call of `coin`; instances take turns. */
  call(key: string, body?: Fields, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** So many calls at once, spread over all instances. */
  burst(key: string, count: number, body?: Fields): Promise<readonly Answer[]>;
  /** What is in the books, when all that is spooled is there. */
  books(): Promise<Books>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly error?: { readonly message: string; readonly type: string; readonly code: string };
}

export interface Books {
  readonly calls: readonly { readonly call_id: string; readonly status: string; readonly spend_nano: number; readonly model: string }[];
  /** By id: nano-dollars. */
  readonly spent: ReadonlyMap<string, number>;
  readonly lent: ReadonlyMap<string, number>;
  readonly dailyNano: number;
  readonly dailyRequests: number;
}

export async function openKept(options: KeptOptions): Promise<Kept> {
  const { engine, instances = 1 } = options;
  const upstream = await startFakeUpstream([], options.answers ?? asAsked);
  const fresh = await freshDatabase(engine);
  const others = await Promise.all(Array.from({ length: instances - 1 }, () => another(fresh)));
  const folder = mkdtempSync(join(tmpdir(), "tollgate-kept-"));
  const gateways = await Promise.all(
    [fresh.database, ...others].map((database, at) =>
      startGateway({ upstream, database, env: options.env ?? {}, config: configOf(options, join(folder, String(at))) }),
    ),
  );
  const [first] = gateways;
  if (!first) throw new Error("no gateway");
  let turn = 0;
  const next = (): TestGateway => gateways[turn++ % gateways.length] ?? first;
  const kept: Kept = {
    upstream,
    database: fresh.database,
    gateways,
    async key(limits = {}) {
      return String((await kept.admin("/key/generate", limits))["key"]);
    },
    async admin(path, body) {
      const reply = await first.post(path, body);
      const text = await reply.text();
      if (!reply.ok) throw new Error(`${path}: ${reply.status} ${text}`);
      return JSON.parse(text) as Fields;
    },
    call: (key, body = {}, headers = {}) => ask(next(), key, body, headers),
    burst: (key, count, body = {}) => Promise.all(Array.from({ length: count }, () => ask(next(), key, body))),
    async books() {
      for (const { gateway } of gateways) await gateway.keeping?.ledger.flush();
      return booksOf(fresh.database);
    },
    async close() {
      await Promise.all(gateways.map((gateway) => gateway.close()));
      await Promise.all(others.map((database) => database.close()));
      await fresh.remove();
      await upstream.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return kept;
}

async function another(fresh: FreshDatabase): Promise<OpenedDatabase> {
  const database = openForTest(fresh);
  await database.ready;
  return database;
}

function configOf({ general, litellm, router }: KeptOptions, dataDir: string): object {
  return {
    model_list: models,
    router_settings: { num_retries: 0, disable_cooldowns: true, ...router },
    litellm_settings: { ...litellm },
    general_settings: { data_dir: dataDir, ...general },
  };
}

export async function ask(
  gateway: TestGateway,
  key: string,
  body: Fields = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const asked = { model: "coin", max_tokens: TOKENS, messages: [{ role: "user", content: "Hi" }], ...body };
  const reply = await gateway.post(CHAT, asked, { authorization: `Bearer ${key}`, ...headers });
  const text = await reply.text();
  const answer = { status: reply.status, headers: reply.headers, text };
  return reply.ok ? answer : { ...answer, error: (JSON.parse(text) as { error: NonNullable<Answer["error"]> }).error };
}

/** How many answers have each status. */
export function tally(answers: readonly Answer[]): Readonly<Record<number, number>> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

export async function booksOf({ sql: database }: OpenedDatabase): Promise<Books> {
  const calls = await database.selectFrom("calls").select(["call_id", "status", "spend_nano", "model"]).execute();
  const meters = await database.selectFrom("meters").select(["id", "spent_nano", "lent_nano"]).execute();
  const { rows } = await sql<{ nano: bigint; requests: bigint }>`
    select coalesce(sum(spend_nano), 0)::int8 as nano, coalesce(sum(requests), 0)::int8 as requests from daily`.execute(database);
  return {
    calls: calls.map((call) => ({ ...call, spend_nano: Number(call.spend_nano) })),
    spent: new Map(meters.map(({ id, spent_nano }) => [id, Number(spent_nano)])),
    lent: new Map(meters.map(({ id, lent_nano }) => [id, Number(lent_nano)])),
    dailyNano: Number(rows[0]?.nano ?? 0),
    dailyRequests: Number(rows[0]?.requests ?? 0),
  };
}

/** Waits for what the network or another process brings about, but not for ever. */
export async function until(done: () => boolean | Promise<boolean>, what: string, withinMs = 10_000): Promise<void> {
  const end = systemClock.ticks() + withinMs;
  while (!(await done())) {
    if (systemClock.ticks() > end) throw new Error(`Not within ${withinMs} ms: ${what}`);
    await new Promise<void>((resolve) => systemClock.after(10, resolve));
  }
}

import { beforeEach, describe, expect, it } from "vitest";
import { type FakeClock, fakeClock } from "../../../testkit/src/fake-clock.ts";
import { type ScriptedTransport, scriptedTransport } from "../../../testkit/src/scripted-transport.ts";
import { chatReply, errorReply } from "../../../testkit/src/wire-samples.ts";
import type { ClientSide } from "../dialects/dialect.ts";
import { openaiChatClient } from "../dialects/openai-chat/client-side.ts";
import { GatewayError } from "../errors.ts";
import { buildHouse } from "../house.ts";
import { bundledPriceBook } from "../pricing/price-book.ts";
import { routerSettingsFrom } from "../router/settings-from.ts";
import { Body } from "../transport/body.ts";
import { beginCall } from "./begin.ts";
import type { Call } from "./call.ts";
import { type Opened, open } from "./open.ts";

const book = await bundledPriceBook();
let clock: FakeClock;
let transport: ScriptedTransport;
beforeEach(() => {
  clock = fakeClock();
  transport = scriptedTransport([], { clock });
});

const row = (name: string, host: string, more: object = {}) => ({
  model_name: name,
  litellm_params: { model: "openai/gpt-4o-mini", api_key: "sk-1", api_base: `http://${host}.example/v1`, ...more },
});

interface Opening {
  readonly call: Call;
  readonly done: Promise<Opened | GatewayError>;
}

function opening(body: object = {}, settings: Parameters<typeof routerSettingsFrom>[0] = {}, rows = [row("fast", "a")]): Opening {
  const house = buildHouse({
    rows,
    router: routerSettingsFrom({ disable_cooldowns: true, ...settings }),
    book,
    transport,
    clock,
    chance: () => 0,
  });
  const asked = { model: "fast", messages: [{ role: "user", content: "Hi" }], ...body };
  const call = beginCall("call", openaiChatClient as ClientSide, { headers: {}, params: {}, query: {}, body: Body.of(asked) });
  return { call, done: open(call, house).catch((thrown: unknown) => GatewayError.from(thrown)) };
}

const hosts = (): string[] => transport.sent.map(({ origin }) => origin.replace(/http:\/\/|\.example/g, ""));
const failure = { status: 500, json: errorReply("Crashed.") };
const good = { json: chatReply("Hello") };

describe("retries", () => {
  it("wait longer each time at the same deployment", async () => {
    transport.script(failure, failure, failure, good);
    const { done } = opening({}, { num_retries: 3 });
    await clock.advance(10_000);
    await done;
    expect(transport.sent.length).toBe(4);
    const waits = transport.sent.slice(1).map((sent, index) => sent.at - (transport.sent[index]?.at ?? 0));
    expect(waits).toEqual([500, 1000, 2000]);
  });

  it("obey the provider's retry-after", async () => {
    transport.script({ status: 429, headers: { "retry-after": "7" }, json: errorReply("Slow down.") }, good);
    const { done } = opening({}, { num_retries: 1 });
    await clock.advance(6_999);
    expect(transport.sent.length).toBe(1);
    await clock.advance(1);
    await done;
    expect(transport.sent.length).toBe(2);
  });

  it("go elsewhere at once", async () => {
    transport.script(failure, good);
    const { done, call } = opening({}, { num_retries: 1 }, [row("fast", "a"), row("fast", "b")]);
    await done;
    expect([clock.ticks(), new Set(hosts()).size, call.attempts.length]).toEqual([0, 2, 2]);
  });

  it("start from what the client sent, each time anew", async () => {
    transport.script(failure, good);
    const { done, call } = opening({ temperature: 0.5, extra_body: { x: 1 } }, { num_retries: 1 }, [row("fast", "a"), row("fast", "b")]);
    await done;
    expect(transport.sent[1]?.json).toEqual(transport.sent[0]?.json);
    expect(call.at.body.json).toMatchObject({ temperature: 0.5, extra_body: { x: 1 } });
  });

  it("are over when they are spent, with the provider's last word", async () => {
    transport.script(failure, failure);
    const { done } = opening({ num_retries: 1 });
    await clock.advance(10_000);
    expect(await done).toMatchObject({ status: 500, message: "Crashed." });
  });

  it("are not made for a request that is wrong, nor for a key that is", async () => {
    transport.script({ status: 400, json: errorReply("Bad.") });
    expect(await opening().done).toMatchObject({ status: 400 });
    transport.script({ status: 401, json: errorReply("No.") });
    expect(await opening().done).toMatchObject({ status: 401 });
    expect(transport.sent.length).toBe(2);
  });
});

describe("fallbacks", () => {
  const rows = [row("fast", "a"), row("spare", "b"), row("wide", "c")];

  it("come after the retries", async () => {
    transport.script(failure, failure, good);
    const { done } = opening({}, { num_retries: 1, fallbacks: [{ fast: ["spare"] }] }, rows);
    await clock.advance(1_000);
    expect(await done).toMatchObject({ group: "spare" });
    expect(hosts()).toEqual(["a", "a", "b"]);
  });

  it("for a prompt that is too long are those with more room", async () => {
    transport.script(
      { status: 400, json: errorReply("This model's maximum context length is 8192 tokens.", { code: "context_length_exceeded" }) },
      good,
    );
    const { done } = opening({}, { fallbacks: [{ fast: ["spare"] }], context_window_fallbacks: [{ fast: ["wide"] }] }, rows);
    expect(await done).toMatchObject({ group: "wide" });
  });

  it("are asked in their own dialect, from what the client sent", async () => {
    const claude = {
      model_name: "spare",
      litellm_params: { model: "anthropic/claude-sonnet-4-5", api_key: "sk-2", api_base: "http://b.example" },
    };
    const answer = {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "c",
      content: [{ type: "text", text: "Hello" }],
      stop_reason: "end_turn",
      usage: { input_tokens: 1, output_tokens: 1 },
    };
    transport.script(failure, { json: answer });
    const { done } = opening({ temperature: 0.5 }, { num_retries: 0, fallbacks: [{ fast: ["spare"] }] }, [row("fast", "a"), claude]);
    const opened = await done;
    if (opened instanceof GatewayError || opened.answer.kind !== "json") throw opened;
    expect(JSON.parse(String(opened.answer.outbound.body))).toMatchObject({ model: "fast", choices: [{ message: { content: "Hello" } }] });
    expect(transport.sent[1]).toMatchObject({ path: "/v1/messages", json: { model: "claude-sonnet-4-5", temperature: 0.5 } });
  });
});

describe("time", () => {
  it("of a request wins over the deployment's, and that over the house's", async () => {
    const slow = { delayMs: 60_000, ...good };
    for (const [body, rows, expected] of [
      [{ timeout: 1 }, [row("fast", "a", { timeout: 2 })], 1_000],
      [{}, [row("fast", "a", { timeout: 2 })], 2_000],
      [{}, [row("fast", "a")], 3_000],
    ] as const) {
      transport.script(slow);
      const from = clock.ticks();
      const { done } = opening({ num_retries: 0, ...body }, { timeout: 3 }, [...rows]);
      await clock.advance(expected - 1);
      expect(transport.sent.at(-1)?.cancel.aborted).toBe(false);
      await clock.advance(1);
      expect(await done).toMatchObject({ kind: "timeout", status: 408 });
      expect(clock.ticks() - from).toBe(expected);
    }
  });

  it("leaves no alarm behind", async () => {
    transport.script(failure, good);
    const { done } = opening({}, { num_retries: 1 });
    await clock.advance(1_000);
    await done;
    expect(clock.pending).toBe(0);
  });
});

/** The ten steps of a call without a server: a scripted transport below, an arrival and a reply made by hand above. */

import { buildHouse, bundledPriceBook, type CallRecord, type ClientSide, GatewayError, openaiChatClient } from "tollgate/parts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FakeClock, fakeClock, settled } from "../../testkit/src/fake-clock.ts";
import { type ScriptedTransport, scriptedTransport } from "../../testkit/src/scripted-transport.ts";
import { chatChunk, chatReply, chatStream, errorReply, USAGE } from "../../testkit/src/wire-samples.ts";
import { createAccess } from "./access/access.ts";
import { routerSettingsOf } from "./config/router-settings.ts";
import type { Arrival, Reply } from "./exchange.ts";
import { createHeaders } from "./http/reply-headers.ts";
import { type CallParts, serveCall } from "./serve-call.ts";

const KEY = "sk-master-of-this-test";
const book = await bundledPriceBook();
let clock: FakeClock;
let transport: ScriptedTransport;
let records: CallRecord[];
let settlements: CallRecord[];
let parts: CallParts;

beforeEach(() => {
  clock = fakeClock();
  transport = scriptedTransport([], { clock });
  records = [];
  settlements = [];
  const row = (name: string) => ({
    model_name: name,
    litellm_params: { model: "openai/gpt-4o-mini", api_key: "sk-up", api_base: "http://up.example/v1" },
  });
  const house = buildHouse({
    rows: [row("fast")],
    router: { ...routerSettingsOf({ litellm: {}, router: {}, env: {} }), disableCooldowns: true },
    book,
    clock,
    chance: () => 0,
    transport,
  });
  parts = {
    house,
    access: createAccess({ masterKey: KEY, clock }),
    admission: { admit: () => ({ settle: (record) => void settlements.push(record), subjects: [], meters: [] }) },
    newCallId: () => "call-1",
    mockAllowed: false,
    closing: () => false,
    onBug: () => undefined,
    headersOf: createHeaders("1"),
    bound: (_who, call) => call,
    onFinished: ({ record }, written) => {
      records.push(record);
      written();
    },
  };
});

afterEach(() => {
  expect(clock.pending, "alarms that are left").toBe(0);
  expect(settlements, "each ticket is settled exactly once").toEqual(records);
});

class Client implements Arrival, Reply {
  readonly client = openaiChatClient as ClientSide;
  readonly params = {};
  readonly query = {};
  readonly path = "/v1/chat/completions";
  readonly ip = "127.0.0.1";
  status = 0;
  text = "";
  ended = false;
  ready = true;
  drain = (): void => {};
  leave = (): void => {};
  linesOut = "";
  readonly headers: Record<string, string>;
  readonly #body: object | string;

  constructor(body: object | string, headers: Record<string, string> = { authorization: `Bearer ${KEY}` }) {
    this.#body = body;
    this.headers = headers;
  }
  async readBody(): Promise<Buffer> {
    return Buffer.from(typeof this.#body === "string" ? this.#body : JSON.stringify(this.#body));
  }
  send(status: number, lines: string, body: string | Buffer): void {
    expect([this.status, this.ended], "answered once").toEqual([0, false]);
    this.begin(status, lines);
    this.text = String(body);
    this.end();
  }
  begin(status: number, lines: string): void {
    this.status = status;
    this.linesOut = lines;
  }
  write(text: string, encoding: "latin1" | "utf8"): boolean {
    expect(this.ended).toBe(false);
    this.text += Buffer.from(text, encoding).toString();
    return this.ready;
  }
  end(last = "", encoding?: "latin1" | "utf8"): void {
    expect(this.ended).toBe(false);
    this.text += Buffer.from(last, encoding).toString();
    this.ended = true;
  }
  bytes(part: Buffer): boolean {
    return this.write(part.toString("latin1"), "latin1");
  }
  breakOff(): void {
    this.end();
  }
  onDrain(task: () => void): void {
    this.drain = task;
  }
  onGone(task: () => void): void {
    this.leave = task;
  }
}

const chat = { model: "fast", messages: [{ role: "user", content: "Hi" }] };

async function asked(body: object | string, headers?: Record<string, string>): Promise<Client> {
  const client = new Client(body, headers);
  await serveCall(client, client, parts);
  await settled();
  return client;
}

/** Content, finish reason, usage and [DONE] come in a turn of the event loop each. */
async function over(client: Client): Promise<void> {
  for (let turn = 0; turn < 20 && !client.ended; turn += 1) await settled();
}

describe("a call", () => {
  it("leaves one wide record", async () => {
    transport.script({ json: chatReply("Hello") });
    const { status } = await asked(chat);
    expect(status).toBe(200);
    expect(records).toMatchObject([
      {
        callId: "call-1",
        operation: "chat",
        model: "fast",
        group: "fast",
        provider: "openai",
        wireModel: "gpt-4o-mini",
        status: "success",
        httpStatus: 200,
        stream: false,
        replyId: "chatcmpl-sample",
        usage: { inputTokens: USAGE.prompt_tokens, outputTokens: USAGE.completion_tokens },
        costNano: expect.any(Number),
        attempts: [{ provider: "openai", group: "fast" }],
      },
    ]);
    expect(records[0]?.usage.estimated).toBeUndefined();
  });

  it("never lets what is in the body into the record", async () => {
    transport.script({ json: chatReply("The answer") });
    await asked({ ...chat, messages: [{ role: "user", content: "my secret question" }] });
    expect(JSON.stringify(records)).not.toMatch(/secret question|The answer/);
  });

  it("is estimated where the provider told no usage, and says so", async () => {
    transport.script({ json: chatReply("Hello", {}, { usage: undefined }) });
    await asked(chat);
    expect(records[0]?.usage).toMatchObject({ estimated: true, inputTokens: expect.any(Number) });
  });

  it("waits between tries, and all of them stand in the record", async () => {
    transport.script({ status: 500, json: errorReply("Crashed.") }, { status: 503, text: "busy" }, { json: chatReply("Hello") });
    const client = new Client(chat);
    const done = serveCall(client, client, parts);
    await settled();
    expect([transport.sent.length, client.status]).toEqual([1, 0]);
    await clock.advance(500);
    expect(transport.sent.length).toBe(2);
    await clock.advance(1000);
    await done;
    expect([transport.sent.length, client.status]).toEqual([3, 200]);
    expect(records[0]?.attempts.map(({ status }) => status)).toEqual([500, 503, undefined]);
  });

  it("ends while it waits for its next try when the client leaves", async () => {
    transport.script({ status: 500, json: errorReply("Crashed.") });
    const client = new Client(chat);
    const done = serveCall(client, client, parts);
    await settled();
    client.leave();
    await done;
    expect(transport.sent.length).toBe(1);
    expect(records).toMatchObject([{ status: "aborted", httpStatus: 499 }]);
  });

  it("is not made again when its time is over", async () => {
    transport.script({ delayMs: 700_000, json: chatReply("late") });
    const client = new Client({ ...chat, timeout: 5, num_retries: 0 });
    const done = serveCall(client, client, parts);
    await clock.advance(5_000);
    await done;
    expect([client.status, transport.sent.length]).toEqual([408, 1]);
    expect(transport.sent[0]?.cancel.aborted).toBe(true);
  });

  it("frees the provider when the client leaves before the answer", async () => {
    transport.script({ delayMs: 10_000, json: chatReply("late") });
    const client = new Client(chat);
    const done = serveCall(client, client, parts);
    await settled();
    client.leave();
    await done;
    expect(transport.sent[0]?.cancel.aborted).toBe(true);
    expect(records).toMatchObject([{ status: "aborted", error: { kind: "client_gone" } }]);
  });

  it("that is not let in leaves no record", async () => {
    expect((await asked(chat, {})).status).toBe(401);
    expect((await asked("{", { authorization: `Bearer ${KEY}` })).status).toBe(400);
    expect(records).toEqual([]);
  });

  it("that is refused by admission is told so, and nothing is sent", async () => {
    parts = {
      ...parts,
      admission: {
        admit: () => {
          throw new GatewayError("rate_limit", "Too many requests.", { retryAfterMs: 3_000 });
        },
      },
    };
    const client = await asked(chat);
    expect([client.status, /^retry-after: (.*)\r$/m.exec(client.linesOut)?.[1]]).toEqual([429, "3"]);
    expect(transport.sent).toEqual([]);
    expect(records.splice(0)).toMatchObject([{ status: "failure", httpStatus: 429 }]);
  });

  it("that fails inside us is a 500 which says nothing about our insides", async () => {
    parts = {
      ...parts,
      admission: {
        admit: () => {
          throw new Error("the secret of the house");
        },
      },
    };
    const client = await asked(chat);
    expect(client.status).toBe(500);
    expect(client.text).not.toContain("secret of the house");
    records.length = 0;
  });
});

describe("a stream", () => {
  it("is recorded before its last byte goes out", async () => {
    transport.script({ pieces: chatStream("Hel", "lo") });
    const client = new Client({ ...chat, stream: true });
    await serveCall(client, client, parts);
    await over(client);
    expect(client.text.endsWith("data: [DONE]\n\n")).toBe(true);
    expect(records).toMatchObject([{ status: "success", stream: true, usage: { inputTokens: 9, outputTokens: 3 } }]);
  });

  it("waits for a client that reads slowly", async () => {
    transport.script({ pieces: chatStream("1", "2", "3") });
    const client = new Client({ ...chat, stream: true });
    client.ready = false;
    await serveCall(client, client, parts);
    await settled();
    await settled();
    const held = client.text;
    await settled();
    await settled();
    expect([client.text, client.ended]).toEqual([held, false]);
    client.ready = true;
    client.drain();
    await over(client);
    expect(client.text.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  it("that its client leaves is recorded with what went out", async () => {
    transport.script({ pieces: chatStream("1", "2", "3", "4", "5", "6") });
    const client = new Client({ ...chat, stream: true });
    client.ready = false;
    await serveCall(client, client, parts);
    client.leave();
    await over(client);
    expect(transport.sent[0]?.cancel.aborted).toBe(true);
    expect(client.text).not.toContain("error");
    expect(records).toMatchObject([{ status: "aborted", usage: { estimated: true } }]);
  });

  it("that breaks ends with an error event, and is not made again", async () => {
    const pieces = [`data: ${JSON.stringify(chatChunk({ content: "One" }))}\n\n`];
    transport.script({
      pieces,
      headers: { "content-type": "text/event-stream" },
      breaks: new GatewayError("connection", "The line is dead."),
    });
    const client = new Client({ ...chat, stream: true });
    await serveCall(client, client, parts);
    await over(client);
    expect([client.status, transport.sent.length]).toEqual([200, 1]);
    expect(client.text).toContain("The line is dead.");
    expect(client.text).not.toContain("[DONE]");
    expect(records).toMatchObject([{ status: "failure", error: { kind: "stream_broken" } }]);
  });
});

describe("the last of an answer", () => {
  let write = (): void => {};
  beforeEach(() => {
    parts = {
      ...parts,
      onFinished: ({ record }, written) => {
        records.push(record);
        write = written;
      },
    };
  });

  it("waits until the books have the call", async () => {
    transport.script({ json: chatReply("Yes.") });
    const client = await asked(chat);
    expect([client.status, records.length]).toEqual([0, 1]);
    write();
    expect([client.status, client.ended]).toEqual([200, true]);
  });

  it("of a stream waits, too: no [DONE] before the row", async () => {
    transport.script({ pieces: chatStream("Yes.") });
    const client = await asked({ ...chat, stream: true });
    await over(client);
    expect([client.text.includes('"content"'), client.text.includes("[DONE]"), client.ended]).toEqual([true, false, false]);
    write();
    expect([client.text.endsWith("data: [DONE]\n\n"), client.ended]).toEqual([true, true]);
  });
});

describe("mock_response", () => {
  it("in a body is ignored, and does not travel", async () => {
    transport.script({ json: chatReply("Real") });
    const client = await asked({ ...chat, mock_response: "Made up" });
    expect(client.text).toContain("Real");
    expect(transport.sent[0]?.json).toEqual({ model: "gpt-4o-mini", messages: chat.messages });
  });

  it("is obeyed where the config allows it", async () => {
    parts = { ...parts, mockAllowed: true };
    expect((await asked({ ...chat, mock_response: "Made up" })).text).toContain("Made up");
    expect(transport.sent).toEqual([]);
  });
});

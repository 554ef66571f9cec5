import { expect, it } from "vitest";
import { fakeClock } from "../../../testkit/src/fake-clock.ts";
import { chatChunk, event } from "../../../testkit/src/wire-samples.ts";
import { Cancel } from "../cancel.ts";
import type { ClientSide, ProviderSide } from "../dialects/dialect.ts";
import { openaiChatClient } from "../dialects/openai-chat/client-side.ts";
import { openaiChat } from "../dialects/openai-chat/provider-side.ts";
import type { InboundReply } from "../transport/transport.ts";
import { HandsOff } from "./hands-off.ts";
import { Moulds } from "./moulds.ts";
import { Silence } from "./silence.ts";
import { type StreamEnd, StreamRelay } from "./stream-relay.ts";

const content = (text: string): string => event(chatChunk({ content: text }));
const finish = event(chatChunk({}, "stop"));
const usage = event({ ...chatChunk({}), choices: [], usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } });
const done = event("[DONE]");
const model = "wire-model-2026-01-01";

interface Stage {
  /** One read, in the pieces in which it is handed out. */
  read(...pieces: string[]): Promise<boolean>;
  readonly sent: string[];
  readonly ends: StreamEnd[];
  /** The books have the call. */
  written(): void;
  ready: boolean;
  resumed: number;
  broken: boolean;
  relay: StreamRelay;
}

async function stage(first: string): Promise<Stage> {
  const clock = fakeClock();
  const client = openaiChatClient as ClientSide;
  const passage = new HandsOff(openaiChat as ProviderSide, client, new Moulds(), { publicModel: model, wantsUsage: false });
  const silence = new Silence(clock, 1000, () => {});
  const relay = new StreamRelay(
    passage,
    client,
    new Cancel(),
    silence,
    clock.after(1000, () => {}),
  );
  let finished = (): void => {};
  const all: Stage = {
    ...{ sent: [], ends: [], ready: true, resumed: 0, broken: false, relay },
    async read(...pieces) {
      let ready = true;
      for (const piece of pieces) ready = relay.data(Buffer.from(piece));
      await new Promise((resolve) => setImmediate(resolve));
      return ready;
    },
    written: () => finished(),
  };
  const out = {
    write(text: string) {
      if (all.broken) throw new Error("the client's reader broke");
      all.sent.push(text);
      return all.ready;
    },
    end: (last: string) => void all.sent.push(`${last}|end`),
  };
  const resume = (): void => {
    all.resumed += 1;
  };
  const reply = { pour: () => ({ resume }) } as unknown as InboundReply;
  const begun = relay.begin(reply);
  relay.data(Buffer.from(first));
  await begun;
  relay.attach(out, (end, told) => {
    all.ends.push(end);
    finished = told;
  });
  return all;
}

it("hands content on as it comes", async () => {
  const { relay, sent } = await stage(content("a"));
  relay.data(Buffer.from(content("b")));
  expect(sent).toEqual([content("a"), content("b")]);
});

it("sends what comes with the end together with the end, once the books have the call", async () => {
  const { read, sent, ends, written } = await stage(content("a"));
  await read(content("b"), finish, usage, done);
  expect([sent, ends.length]).toEqual([[content("a"), content("b")], 1]);
  written();
  expect(sent.slice(2)).toEqual([`${finish}${done}|end`]);
});

it("sends what is more than content when its read is over, and all in its order", async () => {
  const { read, sent, written } = await stage(content("a"));
  await read(finish, content("late"));
  await read(done);
  written();
  expect(sent.slice(1)).toEqual([finish + content("late"), `${done}|end`]);
});

it("sends what came before a failure in the same read", async () => {
  const { read, sent, ends, written } = await stage(content("a"));
  await read(finish, event({ error: { message: "Overloaded." } }));
  expect(ends[0]?.error?.message).toContain("Overloaded.");
  written();
  expect(sent[1]).toBe(finish);
  expect(sent[2]).toContain("Overloaded.");
  expect(sent[2]).toMatch(/\|end$/);
});

it("holds the provider when a client that is told late takes no more", async () => {
  const at = await stage(content("a"));
  at.ready = false;
  expect([await at.read(finish), await at.read(finish)]).toEqual([true, false]);
  at.ready = true;
  at.relay.resume();
  expect([at.resumed, await at.read(finish)]).toEqual([1, true]);
});

it("ends the call when whoever takes the events breaks", async () => {
  const at = await stage(content("a"));
  at.broken = true;
  await at.read(finish);
  expect(at.ends).toMatchObject([{ error: { kind: "internal", cause: { message: "the client's reader broke" } } }]);
});

/** Runs calls in-process after the start, without network or records, so that the engine has compiled the hot path before somebody waits for it. */

import { Buffer } from "node:buffer";
import {
  buildHouse,
  type ClientSide,
  type InboundReply,
  openaiChatClient,
  type PriceBook,
  type RouterSettings,
  replyWith,
  type Transport,
} from "tollgate/parts";
import type { Principal } from "./access/principal.ts";
import type { Arrival, Reply } from "./exchange.ts";
import { openAdmission } from "./limits/admission.ts";
import { type CallParts, serveCall } from "./serve-call.ts";

interface WarmUpOptions {
  readonly parts: CallParts;
  readonly book: PriceBook;
  readonly router: RouterSettings;
  readonly headers: Readonly<Record<string, string>>;
  /** False as soon as real work comes: then it ends. */
  readonly idle: () => boolean;
}

/** Enough for the engine to compile most of it; more would cost memory. */
const ROUNDS = 100;

/** One model per way: passed on hands off, and translated. */
const models = ["openai/warm-up", "anthropic/warm-up"];

export async function warmUp({ parts, book, router, headers, idle }: WarmUpOptions): Promise<void> {
  const rows = models.map((model) => ({
    model_name: model,
    litellm_params: { model, api_base: "http://warm-up.invalid", api_key: "none" },
  }));
  const house = buildHouse({ rows, router, book, transport: scripted });
  const own: CallParts = {
    ...parts,
    house,
    access: { who: () => nobody, also: () => ({ tags: [], subjects: [] }) },
    admission: openAdmission,
    onFinished: (_finished, written) => written(),
    onBug: () => {},
  };
  const arrivals = models.flatMap((model) => [false, true].map((stream) => arrivalOf(model, stream, headers)));
  for (let round = 0; round < ROUNDS && idle(); round += 1) await Promise.all(arrivals.map((arrival) => one(arrival, own)));
}

const nobody: Principal = {
  kind: "master",
  name: "warm-up",
  role: "proxy_admin",
  models: [],
  tags: [],
  allowClientTags: false,
  subjects: [],
};

function arrivalOf(model: string, stream: boolean, headers: Readonly<Record<string, string>>): Arrival {
  const body = Buffer.from(
    JSON.stringify({ model, stream, messages: [{ role: "user", content: "Warm up, please." }], max_tokens: 16, temperature: 0.5 }),
  );
  const path = "/v1/chat/completions";
  return { client: openaiChatClient as ClientSide, headers, path, ip: "", params: {}, query: {}, readBody: () => Promise.resolve(body) };
}

function one(arrival: Arrival, parts: CallParts): Promise<void> {
  return new Promise((resolve) => {
    const reply: Reply = {
      send: () => resolve(),
      begin: () => {},
      write: () => true,
      bytes: () => true,
      breakOff: () => resolve(),
      end: () => resolve(),
      onDrain: () => {},
      onGone: () => {},
    };
    serveCall(arrival, reply, parts).catch(() => resolve());
  });
}

const scripted: Transport = {
  send: ({ path, body }) => Promise.resolve(replyTo(path.endsWith("/messages"), String(body).includes('"stream":true'))),
  close: () => Promise.resolve(),
};

function replyTo(messages: boolean, stream: boolean): InboundReply {
  const sse = { "content-type": "text/event-stream" };
  if (stream) return replyWith({ status: 200, headers: sse, pieces: messages ? messageEvents : chatEvents });
  return replyWith({ status: 200, headers: { "content-type": "application/json" }, body: messages ? message : chat });
}

const words = "Warm as can be, and a little warmer, until all of it is compiled.".split(/(?= )/);
const chat = JSON.stringify({
  ...{ id: "chatcmpl-warm", object: "chat.completion", created: 1, model: "warm-up-2026" },
  choices: [{ index: 0, message: { role: "assistant", content: words.join("") }, finish_reason: "stop" }],
  usage: { prompt_tokens: 5, completion_tokens: 5, total_tokens: 10 },
});
const chunk = (delta: object, finish: string | null): string =>
  `data: ${JSON.stringify({ id: "chatcmpl-warm", object: "chat.completion.chunk", created: 1, model: "warm-up-2026", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const chatEvents = [
  chunk({ role: "assistant", content: "" }, null),
  ...words.map((content) => chunk({ content }, null)),
  chunk({}, "stop"),
  "data: [DONE]\n\n",
];

const usage = { input_tokens: 5, output_tokens: 5 };
const head = { id: "msg_warm", type: "message", role: "assistant", model: "warm-up-2026", stop_sequence: null };
const message = JSON.stringify({ ...head, content: [{ type: "text", text: words.join("") }], stop_reason: "end_turn", usage });
const messageEvents = [
  { type: "message_start", message: { ...head, content: [], stop_reason: null, usage } },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  ...words.map((text) => ({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } })),
  { type: "content_block_stop", index: 0 },
  { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 5 } },
  { type: "message_stop" },
].map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);

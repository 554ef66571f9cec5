/** Runs calls in-process after the start, without network or records, so that the engine has compiled the hot path before somebody waits for it. */

import { Buffer } from "node:buffer";
import {
  buildHouse,
  type ClientSide,
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
const ROUNDS = 60;
/** Further ones of streams that pass hands off: there a call takes its time with many small pieces, so the engine is slow to notice them. */
const STREAM_ROUNDS = 150;

/** One model per way: passed on hands off, and translated. */
const handsOff = "openai/warm-up";
const models = [handsOff, "anthropic/warm-up"];

export async function warmUp({ parts, book, router, headers, idle }: WarmUpOptions): Promise<void> {
  const rows = models.map((model) => ({
    model_name: model,
    litellm_params: { model, api_base: "http://warm-up.invalid", api_key: "none" },
  }));
  const house = buildHouse({ rows, router, book, transport: scriptedTransport() });
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
  const stream = arrivalOf(handsOff, true, headers);
  for (let round = 0; round < STREAM_ROUNDS && idle(); round += 1) await one(stream, own);
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

/** Every other answer says all that a provider may say, and the others as little: V8 then knows both. */
function scriptedTransport(): Transport {
  const answers = [answersOf(false), answersOf(true)] as const;
  let turns = 0;
  return {
    send: ({ path, body }) => {
      turns += 1;
      const { headers, chat, message } = answers[turns % 2 === 0 ? 1 : 0];
      const asked = path.endsWith("/messages") ? message : chat;
      return Promise.resolve(
        String(body).includes('"stream":true')
          ? replyWith({ status: 200, headers: { "content-type": "text/event-stream", ...headers }, pieces: asked.pieces })
          : replyWith({ status: 200, headers: { "content-type": "application/json", ...headers }, body: asked.body }),
      );
    },
    close: () => Promise.resolve(),
  };
}

const words = "Warm as can be, and a little warmer, until all of it is compiled.".split(/(?= )/);
const model = "warm-up-2026";
const limits = { date: "Thu, 01 Jan 2026 00:00:00 GMT", "x-request-id": "req_warm", "x-ratelimit-remaining-requests": "9999" };

interface Answers {
  readonly body: string;
  readonly pieces: readonly string[];
}

function answersOf(talkative: boolean): {
  readonly headers: Readonly<Record<string, string>>;
  readonly chat: Answers;
  readonly message: Answers;
} {
  return { headers: talkative ? limits : {}, chat: chatOf(talkative), message: messageOf(talkative) };
}

function chatOf(talkative: boolean): Answers {
  const usage = {
    ...{ prompt_tokens: 5, completion_tokens: 5, total_tokens: 10 },
    ...(talkative && {
      prompt_tokens_details: { cached_tokens: 1, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 1, audio_tokens: 0, accepted_prediction_tokens: 0, rejected_prediction_tokens: 0 },
    }),
  };
  const head = { id: "chatcmpl-warm", created: 1, model, ...(talkative && { service_tier: "default", system_fingerprint: "fp_warm" }) };
  const more = talkative ? { logprobs: null } : {};
  const event = (choices: readonly object[], rest: object = {}): string =>
    `data: ${JSON.stringify({ object: "chat.completion.chunk", ...head, choices, ...rest })}\n\n`;
  const chunk = (delta: object, finish: string | null): string => event([{ index: 0, delta, ...more, finish_reason: finish }]);
  const message = { role: "assistant", content: words.join(""), ...(talkative && { refusal: null, annotations: [] }) };
  return {
    body: JSON.stringify({ object: "chat.completion", ...head, choices: [{ index: 0, message, ...more, finish_reason: "stop" }], usage }),
    pieces: [
      chunk({ role: "assistant", content: "" }, null),
      ...words.map((content) => chunk({ content }, null)),
      chunk({}, "stop"),
      ...(talkative ? [event([], { usage })] : []),
      "data: [DONE]\n\n",
    ],
  };
}

function messageOf(talkative: boolean): Answers {
  const usage = {
    ...{ input_tokens: 5, output_tokens: 5 },
    ...(talkative && { cache_creation_input_tokens: 0, cache_read_input_tokens: 1, service_tier: "standard" }),
  };
  const head = { id: "msg_warm", type: "message", role: "assistant", model, stop_sequence: null, usage };
  const events = [
    { type: "message_start", message: { ...head, content: [], stop_reason: null } },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    ...(talkative ? [{ type: "ping" }] : []),
    ...words.map((text) => ({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } })),
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 5 } },
    { type: "message_stop" },
  ];
  return {
    body: JSON.stringify({ ...head, content: [{ type: "text", text: words.join("") }], stop_reason: "end_turn" }),
    pieces: events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
  };
}

/** What the warm-up's provider says, as HTTP: as much as a provider may say, and as little. */

const words = "Warm as can be, until it is compiled.".split(/(?= )/);
const model = "warm-up-2026";
const plainLines = ["server: warm", "via: 1.1 warm", "vary: origin"];
const limits = ["date: Thu, 01 Jan 2026 00:00:00 GMT", "x-request-id: req_warm", "x-ratelimit-remaining-requests: 9999"];

/** Texts that are written one after the other. */
export type Script = readonly string[];

export interface Scripts {
  readonly whole: Script;
  readonly stream: Script;
}

export interface Provider {
  readonly chat: Scripts;
  readonly message: Scripts;
}

/**
 * Providers that say as much as they may or as little, in different orders: whoever has met five kinds of objects in one place takes every
 * further kind as it comes, so that none of what was compiled must be thrown away for the first words of a provider that is new.
 */
export function providers(): readonly Provider[] {
  return [0, 1, 2].flatMap((turn) =>
    [false, true].map((talkative) => {
      const lines = turned(talkative ? [...plainLines, ...limits] : plainLines, turn);
      return { chat: scripts(chatOf(talkative, turn), lines), message: scripts(messageOf(talkative), lines) };
    }),
  );
}

/** The same members, but those that stood first come last. */
function turned<T>(list: readonly T[], turn: number): T[] {
  return [...list.slice(turn), ...list.slice(0, turn)];
}

function inTurn(members: object, turn: number): object {
  return Object.fromEntries(turned(Object.entries(members), turn));
}

interface Answer {
  readonly body: string;
  readonly pieces: readonly string[];
}

function scripts({ body, pieces }: Answer, lines: readonly string[]): Scripts {
  const chunks = pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`);
  const head = headOf(["content-type: text/event-stream", "transfer-encoding: chunked", ...lines]);
  return {
    whole: [headOf(["content-type: application/json", `content-length: ${body.length}`, ...lines]) + body],
    stream: [head + (chunks[0] ?? ""), ...chunks.slice(1, -1), `${chunks.at(-1)}0\r\n\r\n`],
  };
}

function headOf(lines: readonly string[]): string {
  return `HTTP/1.1 200 OK\r\n${lines.join("\r\n")}\r\n\r\n`;
}

function chatOf(talkative: boolean, turn: number): Answer {
  const told = {
    ...{ prompt_tokens: 5, completion_tokens: 5, total_tokens: 10 },
    ...(talkative && {
      prompt_tokens_details: { cached_tokens: 1, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 1, audio_tokens: 0, accepted_prediction_tokens: 0, rejected_prediction_tokens: 0 },
    }),
  };
  const usage = inTurn(told, turn);
  const head = { id: "chatcmpl-warm", created: 1, model, ...(talkative && { service_tier: "default", system_fingerprint: "fp_warm" }) };
  const more = talkative ? { logprobs: null } : {};
  const event = (choices: readonly object[], rest: object = {}): string =>
    `data: ${JSON.stringify(inTurn({ object: "chat.completion.chunk", ...head, choices, ...rest }, turn))}\n\n`;
  const chunk = (delta: object, finish: string | null): string =>
    event([inTurn({ index: 0, delta, ...more, finish_reason: finish }, turn)]);
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

function messageOf(talkative: boolean): Answer {
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

/** What the mock upstream says, as bytes made beforehand: OpenAI chat, Anthropic Messages and Bedrock's Converse, whole and in events. */
import { crc32 } from "node:zlib";

const text = "The quick brown fox jumps over the lazy dog. ".repeat(13);
const marked = (microseconds) => ` lazy @${String(microseconds).padStart(12, "0")};`;
const plainFields = ["x-request-id: req_0123456789abcdef", "openai-processing-ms: 5", "x-ratelimit-remaining-requests: 9999"];
/** As many as a large provider sends, behind its content delivery network. */
const manyFields = [
  ...plainFields,
  "date: Sun, 22 Nov 2026 12:00:00 GMT",
  "access-control-expose-headers: X-Request-ID",
  "openai-organization: org-bench",
  "openai-project: proj_0123456789abcdef",
  "openai-version: 2020-10-01",
  "x-ratelimit-limit-requests: 10000",
  "x-ratelimit-limit-tokens: 200000",
  "x-ratelimit-remaining-tokens: 199700",
  "x-ratelimit-reset-requests: 8.64s",
  "x-ratelimit-reset-tokens: 90ms",
  "strict-transport-security: max-age=31536000; includeSubDomains; preload",
  "cf-cache-status: DYNAMIC",
  "x-content-type-options: nosniff",
  "server: cloudflare",
  "cf-ray: 90c1d2e3f4a5b6c7-FRA",
];
const chunkStart =
  '"id":"chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG","object":"chat.completion.chunk","created":1741570283,"model":"gpt-4o-mini-2024-07-18","service_tier":"default","system_fingerprint":"fp_fc9f1d7035"';

function head(status, type, { many, length }) {
  const body = length === undefined ? "transfer-encoding: chunked" : `content-length: ${length}`;
  return `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\n${body}\r\n${(many ? manyFields : plainFields).join("\r\n")}\r\n\r\n`;
}

function whole(value, { many = false, status = "200 OK" } = {}) {
  const body = JSON.stringify(value);
  return Buffer.from(head(status, "application/json", { many, length: Buffer.byteLength(body) }) + body);
}

const framed = (events) => `${Buffer.byteLength(events).toString(16)}\r\n${events}\r\n`;

function openaiChunk(delta, finish = null) {
  const choice = JSON.stringify({ index: 0, delta, logprobs: null, finish_reason: finish });
  return `data: {${chunkStart},"choices":[${choice}],"usage":null}\n\n`;
}

const anthropicEvent = (value) => `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`;

const chatReply = {
  id: "chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG",
  object: "chat.completion",
  created: 1741570283,
  model: "gpt-4o-mini-2024-07-18",
  choices: [
    { index: 0, message: { role: "assistant", content: text, refusal: null, annotations: [] }, logprobs: null, finish_reason: "stop" },
  ],
  usage: {
    prompt_tokens: 231,
    completion_tokens: 120,
    total_tokens: 351,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0 },
  },
  service_tier: "default",
  system_fingerprint: "fp_fc9f1d7035",
};
const message = { id: "msg_01XFDUDYJgAACzvnptvVoYEL", type: "message", role: "assistant", model: "claude-sonnet-4-20250514" };
const messageReply = {
  ...message,
  content: [{ type: "text", text }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 231, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 120, service_tier: "standard" },
};

const openaiUsage = framed(
  `data: {${chunkStart},"choices":[],"usage":{"prompt_tokens":231,"completion_tokens":50,"total_tokens":281}}\n\n`,
);
const openai = {
  opening: framed(openaiChunk({ role: "assistant", content: "", refusal: null })),
  delta: (at) => framed(openaiChunk({ content: marked(at) })),
  closing: (usage) => [framed(openaiChunk({}, "stop")), `${usage ? openaiUsage : ""}${framed("data: [DONE]\n\n")}0\r\n\r\n`],
};

const anthropicStart = { ...message, content: [], stop_reason: null, stop_sequence: null, usage: { input_tokens: 231, output_tokens: 2 } };
const anthropic = {
  opening: framed(
    anthropicEvent({ type: "message_start", message: anthropicStart }) +
      anthropicEvent({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }),
  ),
  delta: (at) => framed(anthropicEvent({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: marked(at) } })),
  closing: () => [
    framed(
      anthropicEvent({ type: "content_block_stop", index: 0 }) +
        anthropicEvent({ type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 50 } }) +
        anthropicEvent({ type: "message_stop" }),
    ),
    "0\r\n\r\n",
  ],
};

/** One message of AWS's event stream, as text in which each letter is a byte. */
function awsFrame(type, payload) {
  const names = { ":event-type": type, ":content-type": "application/json", ":message-type": "event" };
  const headers = Object.entries(names).map(
    ([name, value]) => `${String.fromCharCode(name.length)}${name}\x07\0${String.fromCharCode(value.length)}${value}`,
  );
  const rest = Buffer.from(headers.join("") + JSON.stringify(payload), "latin1");
  const frame = Buffer.alloc(12 + rest.length + 4);
  frame.writeUInt32BE(frame.length, 0);
  frame.writeUInt32BE(headers.join("").length, 4);
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8);
  rest.copy(frame, 12);
  frame.writeUInt32BE(crc32(frame.subarray(0, frame.length - 4)), frame.length - 4);
  return frame.toString("latin1");
}

const framedBytes = (bytes) => `${bytes.length.toString(16)}\r\n${bytes}\r\n`;

const converseUsage = { inputTokens: 231, outputTokens: 50, totalTokens: 281 };
const converse = {
  opening: framedBytes(awsFrame("messageStart", { p: "abcdefgh", role: "assistant" })),
  delta: (at) => framedBytes(awsFrame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: marked(at) }, p: "abcdefghijkl" })),
  closing: () => [
    framedBytes(
      awsFrame("contentBlockStop", { contentBlockIndex: 0, p: "abcd" }) +
        awsFrame("messageStop", { p: "abcdefghij", stopReason: "end_turn" }) +
        awsFrame("metadata", { metrics: { latencyMs: 500 }, p: "abcdef", usage: converseUsage }),
    ),
    "0\r\n\r\n",
  ],
};
const converseReply = {
  metrics: { latencyMs: 500 },
  output: { message: { role: "assistant", content: [{ text }] } },
  stopReason: "end_turn",
  usage: converseUsage,
};

/** The answers of one listener; with `many`, each has 20 reply headers. */
export function answersWith(many) {
  const streamHead = head("200 OK", "text/event-stream; charset=utf-8", { many });
  return {
    openai: { json: whole(chatReply, { many }), head: streamHead, ...openai },
    anthropic: { json: whole(messageReply, { many }), head: streamHead, ...anthropic },
    converse: { json: whole(converseReply, { many }), head: head("200 OK", "application/vnd.amazon.eventstream", { many }), ...converse },
    refusal: whole(
      { error: { type: "invalid_request_error", message: "Not a request that the mock knows." } },
      { status: "400 Bad Request" },
    ),
  };
}

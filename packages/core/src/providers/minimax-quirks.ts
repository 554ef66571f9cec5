/** What MiniMax tells otherwise: thinking in parts of its own, and failures inside a 200. */

import { type ErrorKind, errorKinds, GatewayError } from "../errors.ts";
import type { Quirks } from "./provider.ts";
import { type Fields, fieldsOf, isFields, mapChoices, mapChunk, quirks } from "./quirks.ts";

/** Source: platform.minimax.io/docs/api-reference/errorcode. Others are failures of the server. */
const kinds: Readonly<Record<number, ErrorKind>> = {
  1001: "gateway_timeout",
  1002: "rate_limit",
  1004: "upstream_auth",
  1008: "upstream_forbidden",
  1026: "content_policy",
  1027: "content_policy",
  1039: "rate_limit",
  1041: "rate_limit",
  1042: "bad_request",
  2013: "bad_request",
  2049: "upstream_auth",
  2056: "rate_limit",
};

/** A failure is told by `base_resp`, in a 200 as often as not. */
const failures: Quirks = {
  reply: refused,
  chunk: mapChunk(refused, /"status_code":\s*[1-9]/),
  error: ({ body, headers }) => failureIn(body)?.with({ headers }),
};

function refused(body: unknown): unknown {
  const error = failureIn(body);
  if (error) throw error;
  return body;
}

function failureIn(body: unknown): GatewayError | undefined {
  const { status_code: code, status_msg: words } = fieldsOf(fieldsOf(body)["base_resp"]);
  if (typeof code !== "number" || code === 0) return undefined;
  const message = typeof words === "string" && words !== "" ? words : `The provider failed with its code ${code}.`;
  const kind = /context window exceeds limit/i.test(message) ? "context_window" : (kinds[code] ?? "upstream_internal");
  return new GatewayError(kind, message, { code, status: errorKinds[kind].status, upstreamStatus: 200 });
}

/**
 * With `reasoning_split` thoughts stand in `reasoning_details`, which must come back with the history and so stay beside.
 * Source: platform.minimax.io/docs/api-reference/text-openai-api; pieces of a stream are pieces, not the text so far (MiniMax-M2, issue 95).
 */
const thoughts: Quirks = {
  reply: (body) => mapChoices(body, "message", withThoughts),
  chunk: mapChunk((chunk) => mapChoices(chunk, "delta", withThoughts), /"reasoning_details"/),
};

function withThoughts(message: Fields): Fields {
  const details = message["reasoning_details"];
  if (!Array.isArray(details) || typeof message["reasoning_content"] === "string") return message;
  const text = details.map((each: unknown) => (isFields(each) && typeof each["text"] === "string" ? each["text"] : "")).join("");
  return text === "" ? message : { ...message, reasoning_content: text };
}

export const minimaxQuirks = quirks(failures, thoughts);

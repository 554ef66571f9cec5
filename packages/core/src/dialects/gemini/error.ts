/** Error bodies of Google's APIs. Source: google.rpc.Status and ai.google.dev/gemini-api/docs/troubleshooting. */

import { type ErrorKind, GatewayError } from "../../errors.ts";
import type { WireReply } from "../../transport/transport.ts";
import { kindOfStatus, retryAfterMs, tellsContentPolicy, tellsContextWindow } from "../error-kind.ts";
import { type Fields, fieldsOf, isFields, textOf } from "./json.ts";

/** google.rpc.Code words and their HTTP statuses, for errors without a number. */
const byWord: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  OUT_OF_RANGE: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ABORTED: 409,
  RESOURCE_EXHAUSTED: 429,
  CANCELLED: 499,
  INTERNAL: 500,
  UNKNOWN: 500,
  DATA_LOSS: 500,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

interface Told {
  readonly message: string;
  readonly code?: number;
  /** `INVALID_ARGUMENT` … */
  readonly word?: string;
  readonly details: readonly Fields[];
}

export function geminiError(reply: WireReply): GatewayError {
  const told = read(reply.body);
  const status = statusOf(reply, told);
  const kind = kindOf(status, told);
  const wait = retryDelayMs(told) ?? retryAfterMs(reply.headers, () => 0);
  const message = told.message || `The provider answered with status ${status} and no message.`;
  return new GatewayError(kind, message, {
    upstreamStatus: status,
    ...(keepsStatus(kind) && { status }),
    headers: reply.headers,
    ...(wait !== undefined && { retryAfterMs: wait }),
    ...(told.word && {
      providerFields: { code: told.code ?? status, status: told.word, ...(told.details.length > 0 && { details: told.details }) },
    }),
  });
}

/** A wrong key comes as a 400 and a spent quota as a 5xx at times: there the kind knows better. */
function keepsStatus(kind: ErrorKind): boolean {
  return kind !== "upstream_auth" && kind !== "rate_limit";
}

function kindOf(status: number, told: Told): ErrorKind {
  const { message, word } = told;
  if (
    status === 429 ||
    told.code === 429 ||
    word === "RESOURCE_EXHAUSTED" ||
    /quota exceeded|resource (has been )?exhausted/i.test(message)
  )
    return "rate_limit";
  if (/api key (not valid|expired)|invalid api key/i.test(message) || reasons(told).includes("API_KEY_INVALID")) return "upstream_auth";
  if (status < 500 && (tellsContextWindow(message) || /input token count .* exceeds/i.test(message))) return "context_window";
  if (status < 500 && tellsContentPolicy(message)) return "content_policy";
  return kindOfStatus(status);
}

function reasons({ details }: Told): unknown[] {
  return details.map((detail) => detail["reason"]);
}

/** An error inside a 200 (an event of a stream, or a body) brings its status along. */
function statusOf(reply: WireReply, { code, word }: Told): number {
  if (reply.status >= 400) return reply.status;
  if (code !== undefined && code >= 400 && code < 600) return code;
  return byWord[word ?? ""] ?? 500;
}

/** `streamGenerateContent` wraps its errors in a list. */
function read(body: unknown): Told {
  if (Array.isArray(body)) return read(body[0]);
  if (typeof body === "string") return { message: body.trim().slice(0, 4000), details: [] };
  const error = fieldsOf(body)["error"] ?? body;
  if (typeof error === "string") return { message: error, details: [] };
  const { message, code, status, details } = fieldsOf(error);
  return {
    message: textOf(message) ?? "",
    code: typeof code === "number" ? code : undefined,
    word: textOf(status),
    details: Array.isArray(details) ? details.filter(isFields) : [],
  };
}

/** google.rpc.RetryInfo: `"retryDelay": "34.07s"`. */
function retryDelayMs({ details }: Told): number | undefined {
  for (const detail of details) {
    const seconds = /^(\d+(?:\.\d+)?)s$/.exec(textOf(detail["retryDelay"]) ?? "")?.[1];
    if (seconds !== undefined) return Math.ceil(Number(seconds) * 1000);
  }
  return undefined;
}

/** Error bodies of OpenAI and of the servers that speak like it. Source: platform.openai.com/docs/guides/error-codes. */

import { type ErrorKind, errorKinds, GatewayError } from "../../errors.ts";
import type { WireReply } from "../../transport/transport.ts";
import {
  kindOfStatus,
  retryAfterMs,
  spokenWaitMs,
  tellsContentPolicy,
  tellsContextWindow,
  tellsRateLimit,
  tellsTimeout,
  tellsWrongKey,
} from "../error-kind.ts";

interface Told {
  readonly message: string;
  readonly type?: string;
  readonly param?: string | null;
  readonly code?: string | number | null;
  readonly more?: Record<string, unknown>;
}

/** Reads `{error:{…}}`, `{error:"…"}`, `{message}`, FastAPI's `{detail}`, plain text and HTML; never empty. */
export function openaiError(reply: WireReply): GatewayError {
  const told = read(reply.body);
  const status = reply.status >= 400 ? reply.status : statusInside(told);
  const message = told.message || `The provider answered with status ${status} and no message.`;
  const kind = kindOf(status, told);
  const wait = retryAfterMs(reply.headers, () => 0) ?? (kind === "rate_limit" ? spokenWaitMs(told.message) : undefined);
  return new GatewayError(kind, message, {
    status: saysMore.has(kind) ? errorKinds[kind].status : status,
    upstreamStatus: status,
    type: told.type,
    param: told.param,
    code: told.code,
    headers: reply.headers,
    ...(wait !== undefined && { retryAfterMs: wait }),
    ...(told.more && { providerFields: told.more }),
  });
}

/** Kinds that are known by words: a provider's status may say something else (a limit as 413, a wrong key as 400). */
const saysMore: ReadonlySet<ErrorKind> = new Set(["rate_limit", "upstream_auth", "context_window", "content_policy", "timeout"]);

function kindOf(status: number, told: Told): ErrorKind {
  const words = wordsOf(told);
  if (status === 429) return "rate_limit";
  if (status < 500) {
    if (tellsContextWindow(words) && told.param !== "user") return "context_window";
    // Before the words: a message about a missing model may speak of keys.
    if (told.code === "model_not_found") return "upstream_not_found";
    if (tellsContentPolicy(words)) return "content_policy";
    if (tellsWrongKey(words)) return "upstream_auth";
  }
  if (tellsRateLimit(words)) return "rate_limit";
  const kind = kindOfStatus(status);
  return kind !== "gateway_timeout" && tellsTimeout(words) ? "timeout" : kind;
}

/** An error inside a 200 (an event of a stream, or a body): its code may be a status. */
function statusInside(told: Told): number {
  const code = Number(told.code);
  if (code >= 400 && code < 600) return code;
  if (told.type === "invalid_request_error") return 400;
  if (told.type === "rate_limit_error" || told.code === "rate_limit_exceeded") return 429;
  const words = wordsOf(told);
  return tellsContextWindow(words) || tellsContentPolicy(words) || tellsWrongKey(words) ? 400 : 500;
}

function wordsOf({ code, type, message }: Told): string {
  return `${code ?? ""} ${type ?? ""} ${message}`;
}

function read(body: unknown): Told {
  if (typeof body === "string") return { message: plainText(body) };
  if (Array.isArray(body)) return read(body[0]);
  if (!isRecord(body)) return { message: "" };
  if (isRecord(body["error"])) return fields(body["error"]);
  if (typeof body["error"] === "string") return { ...fields(body), message: body["error"] };
  if (body["detail"] !== undefined) return { message: text(body["detail"]) };
  if (Array.isArray(body["errors"])) return { message: text(body["errors"]) };
  return fields(body);
}

function fields(from: Record<string, unknown>): Told {
  const { message, type, param, code: named, ...rest } = from;
  const code = named ?? rest["error_code"];
  delete rest["object"];
  return {
    message: text(message ?? rest["error"] ?? rest["detail"] ?? (Object.keys(rest).length > 0 ? rest : "")),
    type: typeof type === "string" ? type : undefined,
    param: typeof param === "string" ? param : null,
    code: typeof code === "string" || typeof code === "number" ? code : null,
    more: Object.keys(rest).length > 0 ? rest : undefined,
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);
}

/** An HTML page says little and at length: its title is enough. */
function plainText(body: string): string {
  const trimmed = body.trim();
  if (!/^<(!doctype|html)/i.test(trimmed)) return trimmed.slice(0, 4000);
  const title = /<title[^>]*>([^<]*)/i.exec(trimmed)?.[1]?.trim();
  return `The provider answered with an HTML page${title ? `: ${title}` : ""}.`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

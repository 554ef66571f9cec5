/** What AWS's runtimes answer when they refuse, told by the names of their exceptions, as the house's errors. */

import { type ErrorKind, GatewayError } from "../errors.ts";
import type { Headers, WireEvent, WireReply } from "../transport/transport.ts";
import { objectIn, textIn } from "./anthropic-messages/json.ts";
import { kindOfStatus, retryAfterMs, tellsContentPolicy, tellsContextWindow } from "./error-kind.ts";

interface Row {
  readonly status: number;
  readonly kind: ErrorKind;
}
const row = (status: number, kind: ErrorKind): Row => ({ status, kind });

const auth = row(401, "upstream_auth");
const throttled = row(429, "rate_limit");

/**
 * By name in lower case, without `exception`: streams and whole replies spell them differently.
 * Source: docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html and the errors of Converse, InvokeModel and InvokeEndpoint.
 */
const exceptions: Readonly<Record<string, Row>> = {
  accessdenied: row(403, "upstream_forbidden"),
  optinrequired: row(403, "upstream_forbidden"),
  notauthorized: row(403, "upstream_forbidden"),
  expiredtoken: auth,
  requestexpired: auth,
  unrecognizedclient: auth,
  invalidsignature: auth,
  signaturedoesnotmatch: auth,
  incompletesignature: auth,
  invalidclienttokenid: auth,
  missingauthenticationtoken: auth,
  throttling: throttled,
  toomanyrequests: throttled,
  servicequotaexceeded: throttled,
  provisionedthroughputexceeded: throttled,
  modelnotready: row(429, "unavailable"),
  modeltimeout: row(408, "timeout"),
  modelerror: row(424, "upstream_internal"),
  modelstreamerror: row(424, "upstream_internal"),
  internalserver: row(500, "upstream_internal"),
  internalfailure: row(500, "upstream_internal"),
  internalstreamfailure: row(500, "upstream_internal"),
  internaldependency: row(530, "upstream_internal"),
  serviceunavailable: row(503, "unavailable"),
  resourcenotfound: row(404, "upstream_not_found"),
  validation: row(400, "bad_request"),
  validationerror: row(400, "bad_request"),
  conflict: row(400, "bad_request"),
};

/** Words of these services that the common lists lack. */
const contextWindow = /expected maxLength:|input is too long|too many input tokens|prompt: length: 1/i;

export function awsError(reply: WireReply): GatewayError {
  const body = objectIn(reply.body);
  const name = nameIn(reply.headers, body);
  const inner = Number(body["OriginalStatusCode"]);
  // A container's own refusal comes wrapped in a ModelError; what it says counts.
  if (inner >= 400) return refusal({ name, status: inner, message: messageIn(body, reply.body, inner), headers: reply.headers });
  const known = exceptions[keyOf(name)];
  const status = reply.status >= 400 ? reply.status : (known?.status ?? 500);
  return refusal({ name, known, status, message: messageIn(body, reply.body, status), headers: reply.headers });
}

/** The failure that a frame of a stream tells; undefined for an ordinary event. */
export function awsFrameError(event: WireEvent): GatewayError | undefined {
  const kind = event.headers?.[":message-type"];
  if (kind === undefined || kind === "event") return undefined;
  const told = event.headers?.[":error-message"];
  const body = kind === "error" && typeof told === "string" ? { message: told } : jsonOf(event.data);
  return awsError({ status: 200, headers: { "x-amzn-errortype": event.name }, body });
}

interface Refused {
  readonly name: string | undefined;
  readonly known?: Row;
  readonly status: number;
  readonly message: string;
  readonly headers: Headers;
}

function refusal({ name, known, status, message, headers }: Refused): GatewayError {
  const kind = kindOf(known, status, message);
  // Where the name says more than the status (a quota as 400, wrong credentials as 403), the kind's own status is told.
  const plain = status < 500 && (!known || known.status === status) && kind !== "upstream_auth" && kind !== "unavailable";
  return new GatewayError(kind, message, {
    upstreamStatus: status,
    ...(plain && { status }),
    ...(name && { providerFields: { exception: name } }),
    headers,
    retryAfterMs: retryAfterMs(headers, () => 0),
  });
}

function kindOf(known: Row | undefined, status: number, message: string): ErrorKind {
  if (status < 500 && status !== 429 && (!known || known.kind === "bad_request")) {
    if (tellsContextWindow(message) || contextWindow.test(message)) return "context_window";
    if (tellsContentPolicy(message)) return "content_policy";
    if (/security token included in the request is (invalid|expired)/i.test(message)) return "upstream_auth";
  }
  return known?.kind ?? kindOfStatus(status);
}

/** `ThrottlingException:http://…`, `com.amazon.coral.service#ThrottlingException`. */
function nameIn(headers: Headers, body: Readonly<Record<string, unknown>>): string | undefined {
  const told = headers["x-amzn-errortype"] ?? body["__type"] ?? objectIn(body["Error"])["Code"] ?? body["ErrorCode"];
  if (typeof told !== "string" || told === "") return undefined;
  return told.split(":")[0]?.split("#").at(-1);
}

function keyOf(name: string | undefined): string {
  return name === undefined ? "" : name.toLowerCase().replace(/exception$/, "");
}

function messageIn(body: Readonly<Record<string, unknown>>, raw: unknown, status: number): string {
  const inner = body["error"];
  const found = [body["OriginalMessage"], body["message"], body["Message"], objectIn(inner)["message"], inner, raw].map(textIn);
  const message = found.find((each) => each !== undefined && each.trim() !== "");
  return message?.trim().slice(0, 2000) ?? `The provider answered with status ${status} and no message.`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

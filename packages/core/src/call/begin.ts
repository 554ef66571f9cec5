/** Reads a client's request into a call: the model, what the router must know, the request's own switches. */

import { Cancel } from "../cancel.ts";
import type { ClientSide, Inbound } from "../dialects/dialect.ts";
import { GatewayError } from "../errors.ts";
import type { Body } from "../transport/body.ts";
import type { Call } from "./call.ts";
import { readFields, routingFields } from "./gateway-fields.ts";

/** Throws bad_request that names the field. */
export function beginCall(id: string, client: ClientSide, at: Inbound): Call {
  const { model, stream, wantsUsage } = client.ask(at);
  const isPlain = !at.body.hasAny(readFields);
  const { body, headers } = at;
  const retries = (isPlain ? undefined : body.get("num_retries")) ?? headers["x-litellm-num-retries"];
  const timeout = (isPlain ? undefined : body.get("timeout")) ?? headers["x-litellm-timeout"];
  const streamTimeout = (isPlain ? undefined : body.get("stream_timeout")) ?? headers["x-litellm-stream-timeout"];
  return {
    id,
    client,
    at,
    stream,
    wantsUsage,
    isPlain,
    ask: {
      model,
      fallbacks: isPlain ? undefined : fallbacksOf(body),
      disableFallbacks: !isPlain && body.get("disable_fallbacks") === true,
      numRetries: retries === undefined || retries === null ? undefined : count("num_retries", retries),
    },
    timeoutMs: milliseconds("timeout", timeout),
    streamTimeoutMs: milliseconds("stream_timeout", streamTimeout),
    dropParams: isPlain ? undefined : flag("drop_params", body.get("drop_params")),
    additionalDrop: isPlain ? none : names("additional_drop_params", body),
    allowedParams: isPlain ? none : names("allowed_openai_params", body),
    extraHeaders: isPlain ? undefined : extraHeaders(body.get("extra_headers")),
    cancel: new Cancel(),
    attempts: [],
  };
}

/** `fallbacks` of a request: names, or objects with a model. */
function fallbacksOf(body: Body): readonly string[] | undefined {
  if (!body.has("fallbacks")) return undefined;
  const list = body.get("fallbacks");
  if (list === null || list === undefined) return undefined;
  if (!Array.isArray(list)) throw wrong("fallbacks", "a list of model names");
  return list.map((each: unknown) => {
    if (typeof each === "string") return each;
    const model = each !== null && typeof each === "object" ? (each as Record<string, unknown>)["model"] : undefined;
    if (typeof model !== "string") throw wrong("fallbacks", "a list of model names, or of objects with a model");
    const more = Object.keys(each as object).find((name) => name !== "model" && !routingFields.has(name));
    if (more !== undefined) throw wrong("fallbacks", `a list of models; '${more}' of an entry is not obeyed yet`);
    return model;
  });
}

/** Credentials and framing are the deployment's business. */
const ownHeaders =
  /^(authorization|proxy-.*|.*api-key|x-goog-.*|x-amz-.*|cookie|host|connection|content-.*|transfer-encoding|te|upgrade|expect)$/i;

function extraHeaders(given: unknown): Readonly<Record<string, string>> | undefined {
  if (given === null || given === undefined) return undefined;
  if (typeof given !== "object" || Array.isArray(given)) throw wrong("extra_headers", "an object of header names and texts");
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (ownHeaders.test(name))
      throw new GatewayError("bad_request", `'extra_headers' may not set '${name}': the gateway sets it itself.`, {
        param: "extra_headers",
      });
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || /[\r\n\0]/.test(String(value)))
      throw wrong("extra_headers", "an object of header names and texts");
    headers[name.toLowerCase()] = String(value);
  }
  return headers;
}

function names(field: string, body: Body): readonly string[] {
  if (!body.has(field)) return none;
  const list = body.get(field);
  if (list === null || list === undefined) return none;
  if (!Array.isArray(list) || list.some((each) => typeof each !== "string")) throw wrong(field, "a list of parameter names");
  return list as string[];
}

const none: readonly string[] = [];

function count(field: string, value: unknown): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0) throw wrong(field, "a whole number, 0 or more");
  return number;
}

function milliseconds(field: string, value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  const seconds = Number(value);
  if (!(seconds > 0)) throw wrong(field, "a number of seconds above 0");
  return seconds * 1000;
}

function flag(field: string, value: unknown): boolean | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "boolean") throw wrong(field, "true or false");
  return value;
}

function wrong(field: string, wanted: string): GatewayError {
  return new GatewayError("bad_request", `Invalid '${field}': it must be ${wanted}.`, { param: field });
}

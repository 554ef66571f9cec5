/** Node's request and response as the arrival and the reply that serve-call knows; nothing of Fastify runs on this path. */

import type { IncomingMessage, ServerResponse } from "node:http";
import { type Clock, GatewayError } from "tollgate/parts";
import type { Arrival, Reply } from "../serve-call.ts";
import type { LlmMatch } from "./llm-routes.ts";

export interface ExchangeLimits {
  readonly bodyBytes: number;
  /** How long body bytes may stop. */
  readonly bodySilenceMs: number;
}

const none: Readonly<Record<string, string>> = Object.freeze({});

export function arrivalOf(request: IncomingMessage, match: LlmMatch, search: string, limits: ExchangeLimits, clock: Clock): Arrival {
  return {
    client: match.client,
    headers: request.headers,
    params: match.params,
    query: search === "" ? none : Object.fromEntries(new URLSearchParams(search)),
    readBody: () => readBody(request, limits, clock),
  };
}

function readBody(request: IncomingMessage, limits: ExchangeLimits, clock: Clock): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const type = request.headers["content-type"];
    if (type !== undefined && !isJson(type)) return reject(wrongType(type));
    if (Number(request.headers["content-length"]) > limits.bodyBytes) return reject(tooLarge(limits.bodyBytes));
    const parts: Buffer[] = [];
    let length = 0;
    const silence = clock.after(limits.bodySilenceMs, () => reject(tooSlow(limits.bodySilenceMs)));
    request.on("data", (part: Buffer) => {
      length += part.length;
      if (length > limits.bodyBytes) {
        parts.length = 0;
        silence.cancel();
        reject(tooLarge(limits.bodyBytes));
        return;
      }
      parts.push(part);
      if (parts.length > 1) silence.refresh();
    });
    request.on("end", () => {
      silence.cancel();
      resolve(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, length));
    });
    request.on("error", () => {
      silence.cancel();
      reject(new GatewayError("client_gone", "The client closed the connection before its request was complete."));
    });
  });
}

function isJson(type: string): boolean {
  return type.startsWith("application/json") || /^(application\/[\w.+-]*\+json|\*\/\*)/i.test(type) || /^application\/json/i.test(type);
}

/** What is left of a request that is refused unread would be taken for the next one: then the connection ends with the answer. */
export function replyOf(request: IncomingMessage, response: ServerResponse): Reply {
  let gone: (() => void) | undefined;
  let whole = false;
  response.on("close", () => {
    if (!whole) gone?.();
  });
  return {
    send(status, headers, body) {
      whole = true;
      if (response.destroyed) return;
      const length = typeof body === "string" ? Buffer.byteLength(body) : body.length;
      const list = [...headers, "content-length", String(length)];
      if (!request.complete) list.push("connection", "close");
      response.writeHead(status, list);
      response.end(body);
    },
    begin(status, headers) {
      if (response.destroyed) return;
      response.writeHead(status, headers as string[]);
    },
    write: (text, encoding) => (response.destroyed ? true : response.write(text, encoding)),
    end() {
      whole = true;
      response.end();
    },
    onDrain: (task) => void response.on("drain", task),
    onGone(task) {
      if (response.destroyed) task();
      else gone = task;
    },
  };
}

function wrongType(type: string): GatewayError {
  return new GatewayError(
    "unsupported_media",
    `The content type ${type.slice(0, 100)} is not understood here. Send JSON with the header content-type: application/json.`,
  );
}

function tooLarge(limit: number): GatewayError {
  return new GatewayError(
    "too_large",
    `The request body is larger than ${Math.round(limit / 1_048_576)} MB. An administrator can raise general_settings.max_request_size_mb.`,
  );
}

function tooSlow(milliseconds: number): GatewayError {
  return new GatewayError("slow_client", `The request body stopped for ${milliseconds / 1000} s before it was complete.`);
}

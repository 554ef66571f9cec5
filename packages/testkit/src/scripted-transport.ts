/** A transport that answers from a list and remembers what it was asked. */

import {
  type Cancel,
  type Clock,
  GatewayError,
  type Headers,
  type InboundReply,
  type OutboundRequest,
  sleep,
  type Transport,
} from "tollgate/parts";
import { replyWith } from "../../core/src/transport/reply.ts";

/** One answer; the first of `json`, `text`, `sse`, `pieces` that is there is its body. */
export interface ScriptedReply {
  readonly status?: number;
  /** Names in lower case. */
  readonly headers?: Headers;
  readonly json?: unknown;
  readonly text?: string | Buffer;
  /** Each is the data of one event; objects are written as JSON. */
  readonly sse?: readonly (string | object)[];
  /** Raw pieces of a stream, poured one by one. */
  readonly pieces?: readonly (string | Buffer)[];
  /** The body breaks off with this error after what there is of it. */
  readonly breaks?: GatewayError;
  /** Before the head is there; needs a clock. */
  readonly delayMs?: number;
}

/** A GatewayError is thrown instead of an answer; a function may look at the request first. */
export type ScriptedStep = ScriptedReply | GatewayError | ((request: OutboundRequest, index: number) => ScriptedReply | GatewayError);

export interface SentRequest extends OutboundRequest {
  /** The body, parsed; the text where it is no JSON. */
  readonly json: unknown;
  readonly at: number;
  readonly cancel: Cancel;
}

export interface ScriptedTransport extends Transport {
  /** Everything that was sent, in order. */
  readonly sent: readonly SentRequest[];
  /** Adds answers to the end of the list. */
  script(...steps: readonly ScriptedStep[]): void;
  readonly closed: boolean;
}

export interface ScriptedOptions {
  readonly clock?: Clock;
  /** Answers when the list is at its end; without it such a request is an error. */
  readonly otherwise?: ScriptedStep;
}

export function scriptedTransport(steps: readonly ScriptedStep[] = [], options: ScriptedOptions = {}): ScriptedTransport {
  const left = [...steps];
  const sent: SentRequest[] = [];
  let closed = false;

  return {
    sent,
    get closed() {
      return closed;
    },
    script: (...more) => void left.push(...more),
    async send(request, cancel) {
      if (cancel.aborted) throw cancel.reason ?? new GatewayError("client_gone", "The call was cancelled before it was sent.");
      sent.push({ ...request, json: jsonOf(isWhole(request.body) ? request.body : undefined), at: options.clock?.now() ?? 0, cancel });
      const step = left.shift() ?? options.otherwise;
      if (!step) throw new Error(`Nothing is scripted for request ${sent.length}: ${request.method} ${request.origin}${request.path}`);
      const answer = typeof step === "function" ? step(request, sent.length - 1) : step;
      const delay = answer instanceof GatewayError ? undefined : answer.delayMs;
      if (delay !== undefined) await sleep(clockOf(options), delay, cancel);
      if (answer instanceof GatewayError) throw answer;
      return scriptedReply(answer);
    },
    async close() {
      closed = true;
    },
  };
}

/** An answer of the list as a transport would hand it over. */
export function scriptedReply(answer: ScriptedReply): InboundReply {
  const status = answer.status ?? 200;
  const pieces = answer.sse?.map(sseEvent) ?? answer.pieces;
  const type = answer.json !== undefined ? "application/json" : answer.sse ? "text/event-stream" : "text/plain";
  const headers = { "content-type": type, ...answer.headers };
  const body = answer.json === undefined ? answer.text : JSON.stringify(answer.json);
  return replyWith({ status, headers, error: answer.breaks, ...(answer.json === undefined && pieces ? { pieces } : { body }) });
}

/** One event of a stream, as bytes on the wire. */
export function sseEvent(data: string | object): string {
  return `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
}

function clockOf(options: ScriptedOptions): Clock {
  if (!options.clock) throw new Error("A scripted answer has a delay, but the transport was given no clock.");
  return options.clock;
}

function jsonOf(body: Buffer | string | undefined): unknown {
  if (body === undefined) return undefined;
  const text = body.toString();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function isWhole(body: OutboundRequest["body"]): body is Buffer | string | undefined {
  return body === undefined || typeof body === "string" || Buffer.isBuffer(body);
}

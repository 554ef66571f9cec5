/** The ten steps of one LLM call, as one function; no step knows the next. */

import {
  Body,
  type BuiltHouse,
  beginCall,
  type Call,
  type CallRecord,
  type ClientSide,
  describe,
  GatewayError,
  type Headers,
  type Opened,
  open,
} from "tollgate/parts";
import type { Access } from "./access/access.ts";
import { refuseClientRouting } from "./access/client-fields.ts";
import type { Admission, Ticket } from "./limits/admission.ts";

/** A request at the door: its head is known, its body is still outside. */
export interface Arrival {
  readonly client: ClientSide;
  readonly headers: Headers;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Reads the body; throws too_large, unsupported_media, slow_client. */
  readBody(): Promise<Buffer>;
}

/** The way back to the client. Each is called at most once, but for `write`. */
export interface Reply {
  /** Status, headers and whole body. */
  send(status: number, headers: string[], body: string | Buffer): void;
  /** The head of a stream. */
  begin(status: number, headers: string[]): void;
  write(text: string, encoding: "latin1" | "utf8"): boolean;
  end(): void;
  onDrain(task: () => void): void;
  /** The client left before the answer was whole. */
  onGone(task: () => void): void;
}

export interface CallParts {
  readonly house: BuiltHouse;
  readonly access: Access;
  readonly admission: Admission;
  readonly newCallId: () => string;
  readonly mockAllowed: boolean;
  /** True from the moment of a stop: new calls are refused. */
  readonly closing: () => boolean;
  /** Reply headers of an answer and of an error, as a flat list of names and values. */
  readonly headersOf: {
    answer(call: Call, opened: Opened, told: { costNano?: number; durationMs: number }): string[];
    error(id: string, call: Call | undefined, error: GatewayError): string[];
  };
  /** Told of our own failures, with what caused them. */
  readonly onBug: (callId: string, cause: unknown) => void;
  /** Observers: told, not awaited. */
  readonly onRecord: (record: CallRecord) => void;
}

export async function serveCall(arrival: Arrival, reply: Reply, parts: CallParts): Promise<void> {
  const { client } = arrival;
  const startedTicks = parts.house.clock.ticks();
  const id = callIdOf(arrival.headers) ?? parts.newCallId();
  let call: Call | undefined;
  let ticket: Ticket | undefined;
  try {
    if (parts.closing())
      throw new GatewayError("shutting_down", "The gateway is shutting down. Ask again: another instance, or this one when it is back.");
    const who = parts.access.who(arrival.headers);
    const body = Body.read(await arrival.readBody());
    call = readCall(id, arrival, body, parts);
    const admitted = parts.admission.admit(who, call);
    ticket = admitted instanceof Promise ? await admitted : admitted;
    watch(call, reply);
    const opened = await open(call, parts.house);
    answer({ call, opened, startedTicks, settle: ticket.settle }, reply, parts);
  } catch (thrown) {
    refuse({ id, client, call, ticket, error: GatewayError.from(thrown), startedTicks }, reply, parts);
  }
}

function readCall(id: string, arrival: Arrival, body: Body, parts: CallParts): Call {
  const { client, headers, params, query } = arrival;
  const call = beginCall(id, client, { headers, params, query, body });
  const { router } = parts.house;
  const overrides = refuseClientRouting(body, { deployments: () => router.routes.find(call.ask.model) ?? [] });
  const mocks = parts.mockAllowed ? mocksOf(body) : undefined;
  return overrides || mocks ? { ...call, overrides: { ...overrides, ...mocks } } : call;
}

/** `mock_response` and its kin in a request; ignored unless the config says that they may be obeyed. */
function mocksOf(body: Body): Readonly<Record<string, unknown>> | undefined {
  const given = ["mock_response", "mock_tool_calls"].filter((name) => body.shape(name) !== "missing");
  return given.length === 0 ? undefined : Object.fromEntries(given.map((name) => [name, body.get(name)]));
}

/** A client that goes away frees the provider at once. */
function watch(call: Call, reply: Reply): void {
  reply.onGone(() =>
    call.cancel.abort(new GatewayError("client_gone", "The client closed the connection before the answer was complete.")),
  );
}

interface Answering {
  readonly call: Call;
  readonly opened: Opened;
  readonly startedTicks: number;
  readonly settle: (record: CallRecord) => void;
}

function answer(at: Answering, reply: Reply, parts: CallParts): void {
  const { call, opened, startedTicks } = at;
  const told = opened.answer;
  const ticks = parts.house.clock.ticks();
  if (told.kind === "json") {
    const { outbound, usage } = told;
    const record = describe(
      call,
      { opened, usage, httpStatus: outbound.status, startedTicks, firstByteTicks: ticks, replyId: told.replyId },
      parts.house,
    );
    const headers = parts.headersOf.answer(call, opened, { costNano: record.costNano, durationMs: ticks - startedTicks });
    for (const name in outbound.headers) headers.push(name, outbound.headers[name] ?? "");
    reply.send(outbound.status, headers, outbound.body);
    finish(at, record, undefined, parts);
    return;
  }
  const headers = parts.headersOf.answer(call, opened, { durationMs: ticks - startedTicks });
  headers.push("content-type", "text/event-stream; charset=utf-8", "cache-control", "no-cache", "x-accel-buffering", "no");
  reply.begin(200, headers);
  reply.onDrain(() => told.relay.resume());
  told.relay.attach(reply, ({ error, usage, events }) => {
    const record = describe(call, { opened, usage, events, error, httpStatus: 200, startedTicks, firstByteTicks: ticks }, parts.house);
    finish(at, record, error, parts);
  });
}

function finish(at: Answering, record: CallRecord, error: GatewayError | undefined, parts: CallParts): void {
  at.opened.finish({ durationMs: record.durationMs, error });
  at.settle(record);
  parts.onRecord(record);
}

interface Refusing {
  readonly id: string;
  readonly client: ClientSide;
  readonly call: Call | undefined;
  readonly ticket: Ticket | undefined;
  readonly error: GatewayError;
  readonly startedTicks: number;
}

function refuse({ id, client, call, ticket, error, startedTicks }: Refusing, reply: Reply, parts: CallParts): void {
  if (error.kind === "internal") parts.onBug(id, error.cause ?? error);
  const outbound = client.error(error);
  const headers = parts.headersOf.error(id, call, error);
  for (const name in outbound.headers) headers.push(name, outbound.headers[name] ?? "");
  reply.send(outbound.status, headers, outbound.body);
  // Who was not let in leaves no row: strangers must not fill the books.
  if (!call) return;
  const record = describe(call, { error, httpStatus: outbound.status, startedTicks }, parts.house);
  ticket?.settle(record);
  parts.onRecord(record);
}

const CALL_ID = /^[\w.:-]{1,200}$/;

function callIdOf(headers: Headers): string | undefined {
  const own = headers["x-litellm-call-id"];
  return typeof own === "string" && CALL_ID.test(own) ? own : undefined;
}

/** The ten steps of one LLM call, as one function; no step knows the next. */

import {
  Body,
  type BuiltHouse,
  beginCall,
  type Call,
  type CallRecord,
  type ClientSide,
  describe,
  type FilePart,
  GatewayError,
  type Headers,
  type Opened,
  open,
} from "tollgate/parts";
import type { Access, Belongings } from "./access/access.ts";
import { refuseClientRouting } from "./access/client-fields.ts";
import type { Principal } from "./access/principal.ts";
import type { Admission, Ticket } from "./limits/admission.ts";
import { costsNothing } from "./limits/reach.ts";

/** A request at the door: its head is known, its body is still outside. */
export interface Arrival {
  readonly client: ClientSide;
  readonly headers: Headers;
  /** As it is documented: `/v1/chat/completions`. */
  readonly path: string;
  readonly ip: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Reads the body; throws too_large, unsupported_media, slow_client. */
  readBody(): Promise<Buffer | Form>;
}

/** A multipart request: its text fields as an object, its files apart. */
export interface Form {
  readonly body: Body;
  readonly files: ReadonlyMap<string, readonly FilePart[]>;
  /** The call is over: temporary files are removed. */
  close(): void;
}

/** The way back to the client. Each is called at most once, but for `write` and `bytes`. */
export interface Reply {
  /** Status, headers and whole body. */
  send(status: number, headers: string[], body: string | Buffer): void;
  /** The head of a stream. */
  begin(status: number, headers: string[]): void;
  write(text: string, encoding: "latin1" | "utf8"): boolean;
  bytes(part: Buffer): boolean;
  end(): void;
  /** What was sent is not whole: the connection says so, because bytes cannot. */
  breakOff(): void;
  onDrain(task: () => void): void;
  /** The client left before the answer was whole. */
  onGone(task: () => void): void;
}

/** A call that is over, and whose it was: what the books and all observers are told. */
export interface Finished {
  readonly record: CallRecord;
  readonly call: Call;
  readonly who: Principal;
  readonly belongings: Belongings;
  readonly ticket: Ticket | undefined;
  readonly path: string;
  readonly ip: string;
  /** What the client was sent, where answers are kept: a whole body, or the events of a stream. */
  readonly answer?: string | Buffer;
}

/** Notes what the client of a stream is sent. */
export interface Copy {
  readonly out: Pick<Reply, "write" | "bytes" | "end" | "breakOff">;
  readonly text: string;
  /** Notes what `finish` would send; the answer sends it. */
  last(finish: () => void): () => void;
}

export interface CallParts {
  readonly house: BuiltHouse;
  readonly access: Access;
  readonly admission: Admission;
  readonly newCallId: () => string;
  readonly mockAllowed: boolean;
  /** True from the moment of a stop: new calls are refused. */
  readonly closing: () => boolean;
  /** What the caller may use, put into the call: aliases, allowed models. Throws forbidden_model, bad_request. */
  readonly bound: (who: Principal, call: Call) => Call;
  /** Reply headers of an answer and of an error, as a flat list of names and values. */
  readonly headersOf: {
    answer(call: Call, opened: Opened, told: { costNano?: number; durationMs: number }): string[];
    error(id: string, call: Call | undefined, error: GatewayError): string[];
  };
  /** Told of our own failures, with what caused them. */
  readonly onBug: (callId: string, cause: unknown) => void;
  /** Only where answers are kept. */
  readonly copyOf?: (reply: Reply) => Copy;
  /** A stream begins, and what the books would say of it if it never ended; the answer is told of its end. */
  readonly onBegun?: (unended: () => Finished) => () => void;
  /** The books and the observers. The client gets the last of its answer only in `written`. */
  readonly onFinished: (finished: Finished, written: () => void) => void;
}

/** Filled step by step: what a refusal needs is there as far as the call came. */
interface Progress {
  readonly id: string;
  readonly arrival: Arrival;
  readonly startedTicks: number;
  who?: Principal;
  belongings: Belongings;
  form?: Form;
  call?: Call;
  ticket?: Ticket;
  answer?: string | Buffer;
}

const alone: Belongings = { tags: [], subjects: [] };

export async function serveCall(arrival: Arrival, reply: Reply, parts: CallParts): Promise<void> {
  const { access, admission, house } = parts;
  const startedTicks = house.clock.ticks();
  const at: Progress = { id: callIdOf(arrival.headers) ?? parts.newCallId(), arrival, startedTicks, belongings: alone };
  try {
    if (parts.closing())
      throw new GatewayError("shutting_down", "The gateway is shutting down. Ask again: another instance, or this one when it is back.");
    const known = access.who(arrival);
    const who = known instanceof Promise ? await known : known;
    at.who = who;
    const read = await arrival.readBody();
    if (!Buffer.isBuffer(read)) at.form = read;
    const call = readCall(at, Buffer.isBuffer(read) ? Body.read(read) : read.body, parts);
    at.call = call;
    const also = access.also(who, call);
    at.belongings = also instanceof Promise ? await also : also;
    const bound = parts.bound(who, call);
    at.call = bound;
    const admitted = admission.admit(who, bound, at.belongings.subjects);
    at.ticket = admitted instanceof Promise ? await admitted : admitted;
    if (at.ticket.outputLimit !== undefined) at.call = limited(bound, at.ticket.outputLimit);
    if (at.ticket.freeOnly) at.call = { ...at.call, ask: { ...at.call.ask, fits: costsNothing } };
    watch(at.call, reply);
    const opened = await open(at.call, house);
    answer({ ...at, who, call: at.call, ticket: at.ticket, opened }, reply, parts);
  } catch (thrown) {
    refuse(at, GatewayError.from(thrown), reply, parts);
  }
}

function readCall({ id, arrival, form }: Progress, body: Body, parts: CallParts): Call {
  const { client, headers, params, query } = arrival;
  const call = beginCall(id, client, { headers, params, query, body, ...(form && { files: form.files }) });
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

/** The same call with an answer of at most so many tokens: at the edge of a budget. */
function limited(call: Call, tokens: number): Call {
  const { body } = call.at;
  const name = body.has("max_completion_tokens") ? "max_completion_tokens" : "max_tokens";
  return { ...call, at: { ...call.at, body: Body.read(Buffer.from(body.patched({ set: { [name]: tokens } }))) } };
}

/** A client that goes away frees the provider at once. */
function watch(call: Call, reply: Reply): void {
  reply.onGone(() =>
    call.cancel.abort(new GatewayError("client_gone", "The client closed the connection before the answer was complete.")),
  );
}

interface Answering extends Progress {
  readonly who: Principal;
  readonly call: Call;
  readonly ticket: Ticket;
  readonly opened: Opened;
}

function answer(at: Answering, reply: Reply, parts: CallParts): void {
  const { call, opened, startedTicks, ticket } = at;
  const told = opened.answer;
  const ticks = parts.house.clock.ticks();
  if (told.kind === "json") {
    const { outbound, usage } = told;
    const record = describe(
      call,
      { opened, usage, httpStatus: outbound.status, startedTicks, firstByteTicks: ticks, replyId: told.replyId },
      parts.house,
    );
    if (parts.copyOf) at.answer = outbound.body;
    settle(at, record, undefined, parts, () => {
      const headers = parts.headersOf.answer(call, opened, { costNano: record.costNano, durationMs: ticks - startedTicks });
      addOwn(headers, ticket, record);
      for (const name in outbound.headers) headers.push(name, outbound.headers[name] ?? "");
      reply.send(outbound.status, headers, outbound.body);
    });
    return;
  }
  const headers = parts.headersOf.answer(call, opened, { durationMs: ticks - startedTicks });
  addOwn(headers, ticket, undefined);
  if (told.kind === "bytes") {
    headers.push("content-type", told.contentType);
    if (told.length !== undefined) headers.push("content-length", String(told.length));
  } else headers.push("content-type", "text/event-stream; charset=utf-8", "cache-control", "no-cache", "x-accel-buffering", "no");
  reply.begin(200, headers);
  reply.onDrain(() => told.relay.resume());
  const copy = told.kind === "stream" ? parts.copyOf?.(reply) : undefined;
  const over = parts.onBegun?.(() => finishedOf(at, at.who, call, unended(at, ticks, parts)));
  told.relay.attach(copy?.out ?? reply, ({ error, usage, events, replyId }, finish) => {
    over?.();
    const record = describe(
      call,
      { opened, usage, events, error, httpStatus: 200, startedTicks, firstByteTicks: ticks, replyId },
      parts.house,
    );
    const written = copy ? copy.last(finish) : finish;
    at.answer = copy?.text;
    settle(at, record, error, parts, written);
  });
}

/** What a stream costs that a crash cuts off: what was reserved for it. */
function unended({ call, opened, startedTicks, ticket }: Answering, firstByteTicks: number, { house }: CallParts): CallRecord {
  const record = describe(call, { opened, httpStatus: 200, startedTicks, firstByteTicks }, house);
  const { reservedNano } = ticket;
  return reservedNano === undefined ? record : { ...record, costNano: Math.max(reservedNano, record.costNano ?? 0) };
}

/** Limits get back what was not used, then the books have the call, then the client its end. */
function settle(at: Answering, record: CallRecord, error: GatewayError | undefined, parts: CallParts, written: () => void): void {
  const { inputTokens = 0, outputTokens = 0 } = record.usage;
  at.opened.finish({ durationMs: record.durationMs, error, tokens: inputTokens + outputTokens });
  at.ticket.settle(record);
  at.form?.close();
  parts.onFinished(finishedOf(at, at.who, at.call, record), written);
}

function finishedOf({ arrival, belongings, ticket, answer: sent }: Progress, who: Principal, call: Call, record: CallRecord): Finished {
  return { record, call, who, belongings, ticket, path: arrival.path, ip: arrival.ip, answer: sent };
}

function addOwn(headers: string[], ticket: Ticket, record: CallRecord | undefined): void {
  if (ticket.outputLimit !== undefined) headers.push("x-tollgate-output-limit", String(ticket.outputLimit));
  const own = ticket.headers?.(record);
  if (own) for (const each of own) headers.push(each);
}

function refuse(at: Progress, error: GatewayError, reply: Reply, parts: CallParts): void {
  const { arrival, call, who, ticket } = at;
  if (error.kind === "internal") parts.onBug(at.id, error.cause ?? error);
  const outbound = arrival.client.error(error);
  const send = (): void => {
    const headers = parts.headersOf.error(at.id, call, error);
    for (const name in outbound.headers) headers.push(name, outbound.headers[name] ?? "");
    reply.send(outbound.status, headers, outbound.body);
  };
  at.form?.close();
  // Who was not let in leaves no row: strangers must not fill the books.
  if (!call || !who) {
    send();
    return;
  }
  const record = describe(call, { error, httpStatus: outbound.status, startedTicks: at.startedTicks }, parts.house);
  ticket?.settle(record);
  parts.onFinished(finishedOf(at, who, call, record), send);
}

const CALL_ID = /^[\w.:-]{1,200}$/;

function callIdOf(headers: Headers): string | undefined {
  const own = headers["x-litellm-call-id"];
  return typeof own === "string" && CALL_ID.test(own) ? own : undefined;
}

/** The ten steps of one LLM call, as one function; no step knows the next. */

import {
  Body,
  type BuiltHouse,
  beginCall,
  type Call,
  type CallRecord,
  describe,
  GatewayError,
  type Headers,
  type Opened,
  type Outbound,
  open,
  unpacked,
} from "tollgate/parts";
import type { Access, Belongings } from "./access/access.ts";
import { refuseClientRouting } from "./access/client-fields.ts";
import type { Principal } from "./access/principal.ts";
import type { Arrival, Form, Reply } from "./exchange.ts";
import type { Admission, Ticket } from "./limits/admission.ts";
import { costsNothing } from "./limits/reach.ts";
import { headerLine, headerLines } from "./texts/header-lines.ts";

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
  /** Reply headers of an answer and of an error, as lines. */
  readonly headersOf: {
    answer(call: Call, opened: Opened, told: { costNano?: number; durationMs: number }): string;
    error(id: string, call: Call | undefined, error: GatewayError): string;
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

/** All members in one order, there or not: whoever is handed them meets one kind of object. */
export function callParts(parts: CallParts): CallParts {
  const { house, access, admission, newCallId, mockAllowed, closing, bound, headersOf, onBug, copyOf, onBegun, onFinished } = parts;
  return { house, access, admission, newCallId, mockAllowed, closing, bound, headersOf, onBug, copyOf, onBegun, onFinished };
}

/** Filled step by step: what a refusal needs is there as far as the call came. */
class Progress {
  readonly id: string;
  readonly arrival: Arrival;
  readonly startedTicks: number;
  who: Principal | undefined = undefined;
  belongings: Belongings = alone;
  form: Form | undefined = undefined;
  call: Call | undefined = undefined;
  ticket: Ticket | undefined = undefined;

  constructor(id: string, arrival: Arrival, startedTicks: number) {
    this.id = id;
    this.arrival = arrival;
    this.startedTicks = startedTicks;
  }
}

const alone: Belongings = { tags: [], subjects: [] };

export async function serveCall(arrival: Arrival, reply: Reply, parts: CallParts): Promise<void> {
  const { access, admission, house } = parts;
  const at = new Progress(callIdOf(arrival.headers) ?? parts.newCallId(), arrival, house.clock.ticks());
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
    const ticket = admitted instanceof Promise ? await admitted : admitted;
    at.ticket = ticket;
    const leave = withinTicket(bound, ticket);
    at.call = leave;
    watch(leave, reply);
    answer(new Answering(at, { who, call: leave, ticket, opened: await open(leave, house) }), reply, parts);
  } catch (thrown) {
    refuse(at, GatewayError.from(thrown), reply, parts);
  }
}

/** What the ticket allows is part of what is asked. */
function withinTicket(call: Call, { outputLimit, freeOnly }: Ticket): Call {
  const shorter = outputLimit === undefined ? call : limited(call, outputLimit);
  return freeOnly ? { ...shorter, ask: { ...shorter.ask, fits: costsNothing } } : shorter;
}

function readCall({ id, arrival, form }: Progress, body: Body, parts: CallParts): Call {
  const { client, headers, params, query } = arrival;
  const call = beginCall(id, client, { headers, params, query, body, ...(form && { files: form.files }) });
  if (call.isPlain) return call;
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

/** A call that has its answer. */
class Answering {
  readonly arrival: Arrival;
  readonly startedTicks: number;
  readonly belongings: Belongings;
  readonly form: Form | undefined;
  readonly who: Principal;
  readonly call: Call;
  readonly ticket: Ticket;
  readonly opened: Opened;
  answer: string | Buffer | undefined = undefined;

  constructor(
    { arrival, startedTicks, belongings, form }: Progress,
    { who, call, ticket, opened }: Pick<Answering, "who" | "call" | "ticket" | "opened">,
  ) {
    this.arrival = arrival;
    this.startedTicks = startedTicks;
    this.belongings = belongings;
    this.form = form;
    this.who = who;
    this.call = call;
    this.ticket = ticket;
    this.opened = opened;
  }
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
    if (parts.copyOf) at.answer = unpacked(outbound);
    settle(at, record, undefined, parts, () => {
      const lines = parts.headersOf.answer(call, opened, { costNano: record.costNano, durationMs: ticks - startedTicks });
      reply.send(outbound.status, lines + ownLines(ticket, record) + linesOf(outbound), outbound.body, outbound.encoding);
    });
    return;
  }
  const lines = parts.headersOf.answer(call, opened, { durationMs: ticks - startedTicks }) + ownLines(ticket, undefined);
  if (told.kind === "bytes") reply.begin(200, lines + headerLine("content-type", told.contentType), told.length);
  else reply.begin(200, lines + streamLines);
  reply.onDrain(() => told.relay.resume());
  const copy = told.kind === "stream" ? parts.copyOf?.(reply) : undefined;
  const over = parts.onBegun?.(() => finishedOf(at, unended(at, ticks, parts)));
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
  parts.onFinished(finishedOf(at, record), written);
}

type Ending = Pick<Answering, "arrival" | "belongings" | "who" | "call"> & Partial<Pick<Answering, "ticket" | "answer">>;

function finishedOf({ arrival, belongings, who, call, ticket, answer: sent }: Ending, record: CallRecord): Finished {
  return { record, call, who, belongings, ticket, path: arrival.path, ip: arrival.ip, answer: sent };
}

const streamLines = headerLines([
  ...["content-type", "text/event-stream; charset=utf-8"],
  ...["cache-control", "no-cache", "x-accel-buffering", "no"],
]);

function linesOf({ headers }: Outbound): string {
  let lines = "";
  for (const name in headers) lines += headerLine(name, headers[name] ?? "");
  return lines;
}

function ownLines(ticket: Ticket, record: CallRecord | undefined): string {
  const limit = ticket.outputLimit === undefined ? "" : `x-tollgate-output-limit: ${ticket.outputLimit}\r\n`;
  const own = ticket.headers?.(record);
  return own && own.length > 0 ? limit + headerLines(own) : limit;
}

function refuse(at: Progress, error: GatewayError, reply: Reply, parts: CallParts): void {
  const { arrival, call, who, ticket } = at;
  if (error.kind === "internal") parts.onBug(at.id, error.cause ?? error);
  const outbound = arrival.client.error(error);
  const send = (): void => reply.send(outbound.status, parts.headersOf.error(at.id, call, error) + linesOf(outbound), outbound.body);
  at.form?.close();
  // Who was not let in leaves no row: strangers must not fill the books.
  if (!call || !who) {
    send();
    return;
  }
  const record = describe(call, { error, httpStatus: outbound.status, startedTicks: at.startedTicks }, parts.house);
  ticket?.settle(record);
  parts.onFinished(finishedOf({ ...at, who, call }, record), send);
}

const CALL_ID = /^[\w.:-]{1,200}$/;

function callIdOf(headers: Headers): string | undefined {
  const own = headers["x-litellm-call-id"];
  return typeof own === "string" && CALL_ID.test(own) ? own : undefined;
}

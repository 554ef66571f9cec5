/** Node's request and response as the arrival and the reply that serve-call knows; nothing of Fastify runs on this path. */

import { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { Writable } from "node:stream";
import type { ClientSide, Headers } from "tollgate/parts";
import type { Arrival, Form, Reply } from "../exchange.ts";
import { headerList } from "../texts/header-lines.ts";
import { giveHead, type Heads, takesHead } from "./heads.ts";
import type { LlmMatch } from "./llm-routes.ts";
import { type BodyReader, isFormType } from "./request-body.ts";

type Encoding = "latin1" | "utf8";

const noFields = Object.freeze({});
const none: Readonly<Record<string, string>> = Object.freeze({});

export interface ExchangeTools {
  readonly bodies: BodyReader;
  readonly heads: Heads;
}

/** What the URL says. */
export interface Asked {
  readonly match: LlmMatch;
  /** Without its question mark. */
  readonly search: string;
}

/** One object for both ways: a closure less is a microsecond more. */
export class LlmExchange implements Arrival, Reply {
  readonly client: ClientSide;
  readonly params: Readonly<Record<string, string>>;
  readonly headers: Headers;
  readonly path: string;
  readonly #search: string;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #bodies: BodyReader;
  readonly #heads: Heads;
  #socket: Socket | undefined;
  #onDrain: (() => void) | undefined;
  #onGone: (() => void) | undefined;
  #whole = false;
  /** Node knows nothing of chunks any more. */
  #isFramed = false;

  constructor(request: IncomingMessage, response: ServerResponse, { match, search }: Asked, { bodies, heads }: ExchangeTools) {
    this.client = match.client;
    this.params = match.params;
    this.headers = request.headers;
    this.path = match.path;
    this.#search = search;
    this.#request = request;
    this.#response = response;
    this.#bodies = bodies;
    this.#heads = heads;
  }

  get query(): Readonly<Record<string, string>> {
    return this.#search === "" ? none : Object.fromEntries(new URLSearchParams(this.#search));
  }

  get ip(): string {
    return this.#request.socket.remoteAddress ?? "";
  }

  readBody(): Promise<Buffer | Form> {
    const { takes, formFields } = this.client;
    if (takes === "form" || (takes === "either" && isFormType(this.#request.headers["content-type"])))
      return this.#bodies.readForm(this.#request, formFields ?? noFields);
    return this.#bodies.read(this.#request);
  }

  send(status: number, lines: string, body: string | Buffer, encoding?: "latin1"): void {
    this.#whole = true;
    const response = this.#response;
    if (response.destroyed) return;
    const length = typeof body === "string" && encoding === undefined ? Buffer.byteLength(body) : body.length;
    if (!this.#takesHead()) {
      response.writeHead(status, this.#headList(lines, length));
      response.end(body, encoding ?? "utf8");
      return;
    }
    const head = this.#heads.of(status, lines, length);
    // A text with a letter for each byte is one text with its head, and one write.
    const isOne = typeof body === "string" && length === body.length;
    giveHead(response, status, isOne ? head + body : head);
    response.end(isOne ? undefined : body);
  }

  begin(status: number, lines: string, length?: number): void {
    const response = this.#response;
    if (response.destroyed) return;
    if (this.#takesHead()) {
      giveHead(response, status, this.#heads.of(status, lines, length));
      response.chunkedEncoding = length === undefined;
    } else response.writeHead(status, this.#headList(lines, length));
    this.#socket = frameable(response);
    if (this.#socket) return;
    // Head and first bytes leave in one packet: what is written in this turn goes out together.
    const { socket } = response;
    socket?.cork();
    response.flushHeaders();
    process.nextTick(() => socket?.uncork());
  }

  #takesHead(): boolean {
    return this.#request.complete && takesHead(this.#response);
  }

  /** What is left of a request that was refused unread would be taken for the next one: then the connection ends with the answer. */
  #headList(lines: string, length: number | undefined): string[] {
    const list = headerList(lines);
    if (length !== undefined) list.push("content-length", String(length));
    if (!this.#request.complete) list.push("connection", "close");
    return list;
  }

  /**
   * One piece of a stream. Node would write a chunk in four parts (size, line end, text, line end); put together before, it is
   * one write, which is most of what an event costs. Where the socket is not ours alone (pipelining, HTTP/1.0), Node does it.
   */
  write(text: string, encoding: Encoding): boolean {
    const response = this.#response;
    if (response.destroyed) return true;
    const socket = this.#socket;
    if (!socket) return response.write(text, encoding);
    const size = sizeOf(text, encoding);
    const ready = this.#framed(response, socket).write(chunkOf(text, size), wireOf(text, size));
    if (!ready && this.#onDrain) socket.once("drain", this.#onDrain);
    return ready;
  }

  /** Where chunks made here are written to: the first of them leaves as one text with the head, which Node still holds. */
  #framed(response: ServerResponse, socket: Socket): Writable {
    if (this.#isFramed) return socket;
    this.#isFramed = true;
    response.chunkedEncoding = false;
    return response;
  }

  /** One piece of a body that is no text. */
  bytes(part: Buffer): boolean {
    const response = this.#response;
    if (response.destroyed) return true;
    const ready = response.write(part);
    if (!ready && this.#socket && this.#onDrain) response.once("drain", this.#onDrain);
    return ready;
  }

  end(last = "", encoding: Encoding = "utf8"): void {
    this.#whole = true;
    const response = this.#response;
    const socket = this.#socket;
    if (response.destroyed) return;
    // Without a text the chunks, if there were any, were those of `bytes`, and Node's.
    if (!socket || (last === "" && !this.#isFramed)) {
      response.end(last, encoding);
      return;
    }
    const size = sizeOf(last, encoding);
    const rest = last === "" ? lastChunk : chunkOf(last, size) + lastChunk;
    this.#framed(response, socket).write(rest, wireOf(last, size));
    response.end();
  }

  /** Nothing but the connection can say that a body is not whole. */
  breakOff(): void {
    this.#whole = true;
    this.#response.destroy();
  }

  onDrain(task: () => void): void {
    this.#onDrain = task;
    if (!this.#socket) this.#response.on("drain", task);
  }

  onGone(task: () => void): void {
    if (this.#response.destroyed) task();
    else this.#onGone = task;
  }

  /** The connection is done with this exchange. */
  closed(): void {
    if (!this.#whole) this.#onGone?.();
  }
}

/** The socket, where this response alone writes to it and its body is chunked; `inject` has none that is real. */
function frameable({ chunkedEncoding, socket }: ServerResponse): Socket | undefined {
  return chunkedEncoding && socket instanceof Socket ? socket : undefined;
}

const lastChunk = "0\r\n\r\n";

function chunkOf(text: string, size: number): string {
  return `${size.toString(16)}\r\n${text}\r\n`;
}

/** In bytes. */
function sizeOf(text: string, encoding: Encoding): number {
  return encoding === "latin1" ? text.length : Buffer.byteLength(text);
}

/** A text with a byte for each letter is copied; another must be encoded. */
function wireOf(text: string, size: number): Encoding {
  return size === text.length ? "latin1" : "utf8";
}

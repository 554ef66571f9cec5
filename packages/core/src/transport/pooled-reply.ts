/** One request on its way through a pool: what undici reports, handed out as a reply. */

import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import type { Cancel, Cancellable } from "../cancel.ts";
import { GatewayError } from "../errors.ts";
import { soon } from "../soon.ts";
import { decompress, encodingOf, pourDecompressed } from "./decompress.ts";
import { failureOf, proxyRefusal, tooLarge } from "./failures.ts";
import type { Flow, Headers, InboundReply, Sink } from "./transport.ts";
import type { Way } from "./way.ts";

/** So much may wait for whoever takes the body; then the upstream is paused. */
const WAITING_BYTES = 64 * 1024;

interface Reader {
  readonly limit: number;
  readonly resolve: (whole: Buffer) => void;
  readonly reject: (error: GatewayError) => void;
}

/** Made once per request, with as few closures as can be. */
export class PooledReply implements InboundReply, Dispatcher.DispatchHandler, Cancellable {
  status = 0;
  headers: Headers = {};
  readonly #way: Way;
  readonly #resolve: (reply: InboundReply) => void;
  readonly #reject: (error: GatewayError) => void;
  readonly #cancel: Cancel;
  #controller: Dispatcher.DispatchController | undefined;
  #encoding: string | undefined;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #reader: Reader | undefined;
  #sink: Sink | undefined;
  /** Undici was told to wait. */
  #paused = false;
  /** The sink wants nothing for now. */
  #held = false;
  /** No more comes from below. */
  #over = false;
  #error: GatewayError | undefined;
  /** The body was handed over to its end, or was given up. */
  #settled = false;

  constructor(way: Way, cancel: Cancel, resolve: (reply: InboundReply) => void, reject: (error: GatewayError) => void) {
    this.#way = way;
    this.#resolve = resolve;
    this.#reject = reject;
    way.inFlight += 1;
    this.#cancel = cancel;
    cancel.tell(this);
  }

  cancelled(reason: Error): void {
    this.#stop(cancelled(reason));
  }

  /** Cancelled before it was sent. */
  get over(): boolean {
    return this.#over;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over) controller.abort(this.#error ?? givenUp);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    if (status === 407 && this.#way.proxied) {
      this.#stop(proxyRefusal(status, this.#way.place));
      return;
    }
    this.status = status;
    this.headers = headers;
    if (headers["content-encoding"] !== undefined) this.#unwrap(headers);
    this.#resolve(this);
  }

  onResponseData(controller: Dispatcher.DispatchController, bytes: Buffer): void {
    if (this.#over) return;
    if (this.#sink && !this.#held && this.#waiting.length === 0) {
      if (!this.#give(this.#sink, bytes)) this.#pause(controller);
      return;
    }
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#reader) {
      if (this.#waitingBytes > this.#reader.limit) this.#stop(tooLarge(this.#reader.limit));
    } else if (this.#waitingBytes >= WAITING_BYTES) {
      this.#pause(controller);
    }
  }

  onResponseEnd(): void {
    this.#finish(undefined);
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: unknown): void {
    this.#finish(this.#over ? undefined : failureOf(error, this.#way.place));
  }

  read(limit: number): Buffer | Promise<Buffer> {
    if (this.#over && this.#encoding === undefined && this.#error === undefined && this.#waitingBytes <= limit) return this.#whole();
    const whole = new Promise<Buffer>((resolve, reject) => {
      this.#reader = { limit, resolve, reject };
      if (this.#over) return this.#settle();
      if (this.#waitingBytes > limit || Number(this.headers["content-length"]) > limit) return this.#stop(tooLarge(limit));
      this.#resume();
    });
    const encoding = this.#encoding;
    return encoding === undefined ? whole : whole.then((bytes) => decompress(bytes, encoding, limit));
  }

  /** Small bodies come with their heads. */
  #whole(): Buffer {
    this.#settled = true;
    this.#cancel.leaveOut(this);
    return wholeOf(this.#waiting);
  }

  pour(sink: Sink): Flow {
    const encoding = this.#encoding;
    if (encoding === undefined) return this.#pour(sink);
    return pourDecompressed(encoding, { pour: (raw) => this.#pour(raw), stop: (error) => this.#stop(error) }, sink);
  }

  discard(): void {
    this.#stop(givenUp);
  }

  #pour(sink: Sink): Flow {
    this.#sink = sink;
    // Later, so that the caller has its Flow before the first byte comes.
    soon(() => this.#flush());
    return { resume: () => this.#flush() };
  }

  /** Hands over what waits, then lets more come. */
  #flush(): void {
    const sink = this.#sink;
    if (!sink || this.#settled) return;
    this.#held = false;
    while (this.#waiting.length > 0) {
      const bytes = this.#waiting.shift();
      if (!bytes) continue;
      this.#waitingBytes -= bytes.length;
      if (!this.#give(sink, bytes)) break;
    }
    if (this.#over) this.#settle();
    else if (!this.#held) this.#resume();
  }

  /** Whatever the sink throws ends the body with that error. */
  #give(sink: Sink, bytes: Buffer): boolean {
    try {
      this.#held = !sink.data(bytes);
    } catch (thrown) {
      this.#stop(GatewayError.from(thrown));
    }
    return !this.#held;
  }

  #pause(controller: Dispatcher.DispatchController): void {
    this.#paused = true;
    controller.pause();
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    // Later: undici's parser must not be entered from within another reply's callback.
    soon(() => {
      if (!this.#paused) this.#controller?.resume();
    });
  }

  /** Ends it from our side; the socket is closed, so that the provider stops working for us. */
  #stop(error: GatewayError): void {
    if (this.#settled) return;
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (!this.#over) {
      this.#finish(error);
      this.#controller?.abort(error);
      return;
    }
    this.#error = error;
    this.#settle();
  }

  #finish(error: GatewayError | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#error = error;
    this.#way.inFlight -= 1;
    this.#settle();
  }

  /** Tells whoever waits that it is over, once they have all that came. */
  #settle(): void {
    if (this.#settled) return;
    const error = this.#error;
    if (this.status === 0) {
      if (error) this.#reject(error);
    } else if (this.#reader) {
      if (error) this.#reader.reject(error);
      else this.#reader.resolve(wholeOf(this.#waiting));
    } else if (this.#sink && this.#waiting.length === 0) {
      this.#sink.end(error);
    } else {
      return;
    }
    this.#settled = true;
    this.#cancel.leaveOut(this);
  }

  /** What is handed out is no longer encoded, nor that long. */
  #unwrap(headers: IncomingHttpHeaders): void {
    this.#encoding = encodingOf(headers["content-encoding"]);
    if (this.#encoding === undefined) return;
    const { "content-encoding": _encoding, "content-length": _length, ...rest } = headers;
    this.headers = rest;
  }
}

const givenUp = new GatewayError("client_gone", "The answer was not wanted any more.");

function wholeOf(pieces: readonly Buffer[]): Buffer {
  const only = pieces[0];
  return pieces.length === 1 && only ? only : Buffer.concat(pieces);
}

function cancelled(reason: Error): GatewayError {
  if (reason instanceof GatewayError) return reason;
  return new GatewayError("client_gone", "The call was cancelled before its answer was complete.", { cause: reason });
}

/** Bytes of any kind on their way to one client: held back until the first are there, then pushed as they come. */

import type { Buffer } from "node:buffer";
import type { Cancel, Cancellable } from "../cancel.ts";
import type { Alarm } from "../clock.ts";
import { GatewayError } from "../errors.ts";
import type { Flow, InboundReply, Sink } from "../transport/transport.ts";
import type { Usage } from "../usage.ts";
import type { Silence } from "./silence.ts";
import type { OnEnd, StreamEnd } from "./stream-relay.ts";

/** Where the bytes go. */
export interface BytesOut {
  /** False: wait for `resume` of the relay. */
  bytes(part: Buffer): boolean;
  end(): void;
  /** What was sent is not whole: the connection says so, because bytes cannot. */
  breakOff(): void;
}

/** More than this before anybody reads pauses the provider. */
const HELD_BACK = 1_048_576;

interface Alarms {
  readonly silence: Silence;
  /** For the whole. */
  readonly total: Alarm;
}

export class BytesRelay implements Sink, Cancellable {
  readonly #cancel: Cancel;
  readonly #alarms: Alarms;
  readonly #usageOf: (length: number) => Usage | undefined;
  #flow: Flow | undefined;
  #out: BytesOut | undefined;
  #held: Buffer[] = [];
  #length = 0;
  #over = false;
  #ending: StreamEnd | undefined;
  #onHead: ((error?: GatewayError) => void) | undefined;
  #onEnd: OnEnd | undefined;
  /** Bytes, where the reply says so; the part that completes them waits for the end. */
  #whole = Number.NaN;
  #last: Buffer | undefined;

  /** `usageOf` is asked once, with the number of bytes that came. */
  constructor(cancel: Cancel, alarms: Alarms, usageOf: (length: number) => Usage | undefined) {
    this.#cancel = cancel;
    this.#alarms = alarms;
    this.#usageOf = usageOf;
  }

  /** Resolves when the first bytes are there, throws when there will be none. */
  begin(reply: InboundReply): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#onHead = (error) => (error ? reject(error) : resolve());
      this.#cancel.tell(this);
      if (reply.headers["content-encoding"] === undefined) this.#whole = Number(reply.headers["content-length"]);
      this.#flow = reply.pour(this);
    });
  }

  cancelled(reason: Error): void {
    this.#fail(GatewayError.from(reason));
  }

  attach(out: BytesOut, onEnd: OnEnd): void {
    this.#out = out;
    const held = this.#held;
    this.#held = [];
    let ready = true;
    for (const part of held) ready = out.bytes(part);
    if (this.#ending) {
      this.#finish(this.#ending, out, onEnd);
      return;
    }
    this.#onEnd = onEnd;
    if (ready && this.#length >= HELD_BACK) this.#flow?.resume();
  }

  resume(): void {
    this.#flow?.resume();
  }

  data(bytes: Buffer): boolean {
    if (this.#over) return true;
    this.#alarms.silence.heard = true;
    const first = this.#length === 0;
    this.#length += bytes.length;
    if (this.#out && this.#length === this.#whole) {
      this.#last = bytes;
      return true;
    }
    if (this.#out) return this.#out.bytes(bytes);
    this.#held.push(bytes);
    if (first) this.#onHead?.();
    return this.#length < HELD_BACK;
  }

  end(error?: GatewayError): void {
    if (this.#over) return;
    if (error) this.#fail(error);
    else if (this.#length === 0) this.#fail(new GatewayError("bad_reply", "The provider answered 200, but its body is empty. Ask again."));
    else this.#settle({ usage: this.#usageOf(this.#length), events: 0 });
  }

  #fail(error: GatewayError): void {
    if (this.#over) return;
    if (this.#length > 0) this.#settle({ error, usage: this.#usageOf(this.#length), events: 0 });
    else {
      this.#close();
      this.#onHead?.(error);
    }
    this.#cancel.abort(error);
  }

  #close(): void {
    this.#over = true;
    this.#alarms.silence.cancel();
    this.#alarms.total.cancel();
  }

  #settle(end: StreamEnd): void {
    this.#close();
    if (this.#out && this.#onEnd) this.#finish(end, this.#out, this.#onEnd);
    else this.#ending = end;
  }

  #finish(end: StreamEnd, out: BytesOut, onEnd: OnEnd): void {
    onEnd(end, () => {
      if (this.#last) out.bytes(this.#last);
      if (end.error) out.breakOff();
      else out.end();
    });
  }
}

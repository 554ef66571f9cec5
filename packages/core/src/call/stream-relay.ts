/** One stream on its way to one client: holds the head back until it is known to be good, then pushes as it comes. */

import type { Cancel, Cancellable } from "../cancel.ts";
import type { Alarm } from "../clock.ts";
import type { ClientSide } from "../dialects/dialect.ts";
import { GatewayError } from "../errors.ts";
import { soon } from "../soon.ts";
import type { Flow, InboundReply, Sink } from "../transport/transport.ts";
import type { Usage } from "../usage.ts";
import type { Passage } from "./passage.ts";
import type { Silence } from "./silence.ts";

/** Where a relay writes: the client's response, or the library's iterator. */
export interface Out {
  /** False: wait for `resume` of the relay. */
  write(text: string, encoding: "latin1" | "utf8"): boolean;
  /** `last`, which may be empty, is the last there is. */
  end(last: string, encoding: "latin1" | "utf8"): void;
}

export interface StreamEnd {
  readonly error?: GatewayError;
  readonly usage: Usage | undefined;
  readonly events: number;
  readonly replyId?: string;
}

/** Called once. The client has its last piece, and the end, only when `finish` is called: whatever must be kept first can be. */
export type OnEnd = (end: StreamEnd, finish: () => void) => void;

/** A stream whose head is known to be good. */
export interface Relay {
  /** What was held back goes out, the rest follows as it comes. */
  attach(out: Out, onEnd: OnEnd): void;
  /** The client took what it was given. */
  resume(): void;
}

/** More than this before anybody reads pauses the provider. */
const HELD_BACK = 1_048_576;

export class StreamRelay implements Sink, Relay, Cancellable {
  readonly #passage: Passage;
  readonly #client: ClientSide;
  readonly #cancel: Cancel;
  readonly #silence: Silence;
  /** For the whole. */
  readonly #total: Alarm;
  #flow: Flow | undefined;
  #out: Out | undefined;
  #held: string[] = [];
  #heldLength = 0;
  #started = false;
  #over = false;
  #ending: StreamEnd | undefined;
  /** The terminator came, but not yet the end of the body: silence still ends who says no more. */
  #ended = false;
  #onHead: ((error?: GatewayError) => void) | undefined;
  #onEnd: OnEnd | undefined;
  /** What leaves when this read is done, or with the end if that comes first: each write to a client costs as much as several events. */
  #last = "";
  /** The client took what it was last given. */
  #ready = true;

  constructor(passage: Passage, client: ClientSide, cancel: Cancel, silence: Silence, total: Alarm) {
    this.#passage = passage;
    this.#client = client;
    this.#cancel = cancel;
    this.#silence = silence;
    this.#total = total;
  }

  /** Takes the reply's body; resolves when the first text for the client is there, throws when there will be none. */
  begin(reply: InboundReply): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#onHead = (error) => (error ? reject(error) : resolve());
      this.#cancel.tell(this);
      this.#flow = reply.pour(this);
    });
  }

  cancelled(reason: Error): void {
    this.#fail(GatewayError.from(reason));
  }

  attach(out: Out, onEnd: OnEnd): void {
    this.#out = out;
    const held = this.#held.length === 1 ? (this.#held[0] ?? "") : this.#held.join("");
    this.#held = [];
    const ready = held === "" || out.write(held, this.#passage.encoding);
    if (this.#ending) {
      this.#finish(this.#ending, out, onEnd);
      return;
    }
    this.#onEnd = onEnd;
    if (ready && this.#heldLength >= HELD_BACK) this.#flow?.resume();
  }

  resume(): void {
    this.#ready = true;
    this.#flow?.resume();
  }

  data(bytes: Buffer): boolean {
    if (this.#over) return true;
    this.#silence.heard = true;
    const text = this.#passage.push(bytes);
    if (this.#passage.ended) {
      this.#last += text;
      this.#ended = true;
      this.end();
      return true;
    }
    const ready = text === "" || this.#write(text);
    if (this.#passage.failure) this.#fail(this.#passage.failure);
    return ready;
  }

  end(error?: GatewayError): void {
    if (this.#over) {
      this.#silence.cancel();
      return;
    }
    const rest = this.#passage.end();
    const { failure } = this.#passage;
    if (!failure) {
      this.#last += rest;
      this.#close();
    } else if (error) {
      // Whatever broke the connection: a stream that already said how it ended is whole.
      this.#fail(this.#started ? brokenBy(error) : error);
    } else {
      if (rest !== "") this.#write(rest);
      this.#fail(failure);
    }
  }

  #write(text: string): boolean {
    if (this.#out) {
      if (this.#last === "" && this.#passage.isContent) return this.#out.write(text, this.#passage.encoding);
      if (this.#last === "") soon(() => this.#leave());
      this.#last += text;
      return this.#ready;
    }
    this.#held.push(text);
    this.#heldLength += text.length;
    if (!this.#started) {
      this.#started = true;
      this.#onHead?.();
    }
    return this.#heldLength < HELD_BACK;
  }

  /** All of the read that brought it was handed out. */
  #leave(): void {
    if (this.#over || !this.#out) return;
    const text = this.#last;
    this.#last = "";
    try {
      this.#ready = this.#out.write(text, this.#passage.encoding);
    } catch (thrown) {
      this.#fail(GatewayError.from(thrown));
    }
  }

  #close(): void {
    this.#over = true;
    if (!this.#ended) this.#silence.cancel();
    this.#total.cancel();
    this.#settle({ usage: this.#passage.usage, events: this.#passage.events, replyId: this.#passage.replyId });
    if (this.#started) return;
    this.#started = true;
    this.#onHead?.();
  }

  #fail(error: GatewayError): void {
    if (this.#over) return;
    this.#over = true;
    this.#silence.cancel();
    this.#total.cancel();
    const told = this.#started ? error : notBegun(error);
    this.#cancel.abort(told);
    if (!this.#started) this.#onHead?.(told);
    else this.#settle({ error, usage: this.#passage.usage, events: this.#passage.events, replyId: this.#passage.replyId });
  }

  #settle(end: StreamEnd): void {
    if (this.#out && this.#onEnd) this.#finish(end, this.#out, this.#onEnd);
    else this.#ending = end;
  }

  #finish(end: StreamEnd, out: Out, onEnd: OnEnd): void {
    onEnd(end, () => {
      const { encoding } = this.#passage;
      if (!end.error || end.error.kind === "client_gone") {
        out.end(this.#last, encoding);
        return;
      }
      if (this.#last !== "") out.write(this.#last, encoding);
      out.end(this.#client.streamError(end.error), "utf8");
    });
  }
}

/** Before its first event a stream may still be replaced by another. */
function notBegun(error: GatewayError): GatewayError {
  if (error.kind !== "stream_broken") return error;
  return new GatewayError("bad_reply", "The provider answered 200, but its stream ended before its first event.", error.detail);
}

function brokenBy(error: GatewayError): GatewayError {
  if (error.kind !== "connection") return error;
  return new GatewayError("stream_broken", `The provider's stream broke off before the answer was complete: ${error.message}`, {
    ...error.detail,
    cause: error,
  });
}

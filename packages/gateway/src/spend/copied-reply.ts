/** Notes what the client of a stream is sent: for the books, where answers are kept. */

import type { Reply } from "../exchange.ts";
import type { Copy } from "../serve-call.ts";

/** Bytes; more of an answer is not kept. */
const MOST = 2 * 1024 * 1024;

type Sent = (reply: Reply) => void;

export function copyOf(reply: Reply): Copy {
  return new Copied(reply);
}

class Copied implements Copy {
  readonly #reply: Reply;
  readonly #parts: Buffer[] = [];
  #length = 0;
  /** What waits until the books have the call. */
  #held: Sent[] | undefined;
  readonly out: Copy["out"];

  constructor(reply: Reply) {
    this.#reply = reply;
    this.out = {
      write: (text, encoding) => this.#write(text, encoding),
      bytes: (part) => reply.bytes(part),
      end: (last = "", encoding) => {
        if (last !== "") this.#note(last, encoding);
        this.#send((to) => to.end(last, encoding));
      },
      breakOff: () => this.#send((to) => to.breakOff()),
    };
  }

  get text(): string {
    return Buffer.concat(this.#parts).toString("utf8");
  }

  last(finish: () => void): () => void {
    const held: Sent[] = [];
    this.#held = held;
    finish();
    return () => {
      for (const send of held) send(this.#reply);
    };
  }

  #write(text: string, encoding: "latin1" | "utf8"): boolean {
    this.#note(text, encoding);
    if (!this.#held) return this.#reply.write(text, encoding);
    this.#held.push((to) => void to.write(text, encoding));
    return true;
  }

  #note(text: string, encoding?: "latin1" | "utf8"): void {
    if (this.#length >= MOST) return;
    const part = Buffer.from(text, encoding);
    this.#parts.push(part);
    this.#length += part.length;
  }

  #send(send: Sent): void {
    if (this.#held) this.#held.push(send);
    else send(this.#reply);
  }
}

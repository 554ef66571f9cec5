/** A request whose body goes from the parser straight to whoever takes it: a small one needs no stream with its events and ticks. */

import { IncomingMessage } from "node:http";

export interface BodyTaker {
  data(part: Buffer): void;
  end(): void;
  /** The connection is gone; also told after the end. */
  gone(): void;
}

/** For `createServer`. Without a taker it is the stream that it always was. */
export class Incoming extends IncomingMessage {
  #taker: BodyTaker | undefined;

  /** False where bytes came already, or somebody else reads them: then only the stream has them all. */
  gives(taker: BodyTaker): boolean {
    if (this.complete || this.destroyed || this.readableLength > 0 || this.readableFlowing !== null) return false;
    this.#taker = taker;
    return true;
  }

  /** What the parser calls with each part, and with null at the end. */
  override push(part: Buffer | null, encoding?: BufferEncoding): boolean {
    const taker = this.#taker;
    if (!taker) return super.push(part, encoding);
    if (part === null) taker.end();
    else taker.data(part);
    return true;
  }

  /** Nothing is left to flow; Node asks for it once the answer is out. */
  override resume(): this {
    return this.#taker ? this : super.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#taker?.gone();
    super._destroy(error, done);
  }

  // The types call it a property, so it cannot be overridden as the accessor that it is.
  static {
    const { get } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(IncomingMessage.prototype), "readableEnded") ?? {};
    Object.defineProperty(Incoming.prototype, "readableEnded", {
      get(this: Incoming): boolean {
        return this.#taker ? this.complete : get?.call(this) === true;
      },
    });
  }
}

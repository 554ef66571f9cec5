/** Server-sent events: cuts a stream into events, or only into blocks of whole events. */

import { GatewayError } from "../errors.ts";
import type { EventSplitter, WireEvent } from "./transport.ts";

/** No provider sends an event this large; whoever does would fill our memory. */
export const MAX_EVENT_BYTES = 16 * 1024 * 1024;

const LF = 0x0a;
const CR = 0x0d;
const BYTE_ORDER_MARK = 0xfeff;

export function sseSplitter(): EventSplitter {
  return new SseSplitter();
}

/** Bytes are decoded only up to a line's end, so that no character is ever torn. */
class SseSplitter implements EventSplitter {
  readonly #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #begun = false;
  /** The last line ended in CR; a LF that comes next belongs to it. */
  #afterCr = false;
  #name: string | undefined;
  #data: string | undefined;

  push(bytes: Buffer, emit: (event: WireEvent) => void): void {
    if (bytes.length === 0) return;
    const end = Math.max(bytes.lastIndexOf(LF), bytes.lastIndexOf(CR)) + 1;
    if (end === 0) {
      this.#wait(bytes);
      return;
    }
    const text = this.#decode(end === bytes.length ? bytes : bytes.subarray(0, end));
    if (end < bytes.length) this.#wait(bytes.subarray(end));
    this.#lines(text, emit);
    if (this.#data !== undefined && this.#data.length > MAX_EVENT_BYTES) throw tooLarge();
  }

  end(emit: (event: WireEvent) => void): void {
    if (this.#waitingBytes > 0) this.#lines(`${this.#decode(Buffer.alloc(0))}\n`, emit);
    this.#dispatch(emit);
  }

  #wait(bytes: Buffer): void {
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes + (this.#data?.length ?? 0) > MAX_EVENT_BYTES) throw tooLarge();
    this.#waiting.push(bytes);
  }

  #decode(bytes: Buffer): string {
    let whole = bytes;
    if (this.#waitingBytes > 0) {
      this.#waiting.push(bytes);
      whole = Buffer.concat(this.#waiting);
      this.#waiting.length = 0;
      this.#waitingBytes = 0;
    }
    let text = whole.toString("utf8");
    if (!this.#begun) {
      this.#begun = true;
      if (text.charCodeAt(0) === BYTE_ORDER_MARK) text = text.slice(1);
    }
    if (this.#afterCr && text.charCodeAt(0) === LF) text = text.slice(1);
    this.#afterCr = text.length > 0 ? text.charCodeAt(text.length - 1) === CR : false;
    return text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
  }

  #lines(text: string, emit: (event: WireEvent) => void): void {
    let at = 0;
    for (;;) {
      const end = text.indexOf("\n", at);
      if (end < 0) return;
      if (end === at) this.#dispatch(emit);
      else this.#line(text, at, end);
      at = end + 1;
    }
  }

  #line(text: string, from: number, to: number): void {
    if (text.startsWith("data:", from)) {
      const value = text.slice(valueFrom(text, from + 5, to), to);
      this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
    } else if (text.startsWith("event:", from)) {
      this.#name = text.slice(valueFrom(text, from + 6, to), to);
    } else if (to - from === 4 && text.startsWith("data", from)) {
      this.#data = this.#data === undefined ? "" : `${this.#data}\n`;
    }
    // Comments, `id`, `retry` and what nobody knows are not for us.
  }

  /** As the standard has it, an event without a data line is none. */
  #dispatch(emit: (event: WireEvent) => void): void {
    const data = this.#data;
    const name = this.#name;
    this.#data = undefined;
    this.#name = undefined;
    if (data === undefined) return;
    emit(name === undefined || name === "" ? { data } : { name, data });
  }
}

function valueFrom(text: string, at: number, to: number): number {
  return at < to && text.charCodeAt(at) === 0x20 ? at + 1 : at;
}

function tooLarge(): GatewayError {
  return new GatewayError("bad_reply", "The provider sent a single event of more than 16 MB. Ask for less in one answer.");
}

/** Cuts bytes where events end without looking into them: what hands-off streams need. */
export interface BlockCutter {
  /** The longest prefix of all that waits and these bytes that ends on an event's border; undefined: no border yet. */
  push(bytes: Buffer): Buffer | undefined;
  /** What waits for its border, which it will never get; empties the cutter. */
  rest(): Buffer;
}

export function createBlockCutter(): BlockCutter {
  return new Cutter(endOfLastBlock, 3);
}

/** The cutter of any framing whose borders are a few bytes long. */
export class Cutter implements BlockCutter {
  readonly #waiting: Buffer[] = [];
  #waitingBytes = 0;
  readonly #lastBorder: (bytes: Buffer) => number;
  readonly #borderBytes: number;

  constructor(lastBorder: (bytes: Buffer) => number, borderBytes: number) {
    this.#lastBorder = lastBorder;
    this.#borderBytes = borderBytes;
  }

  push(bytes: Buffer): Buffer | undefined {
    let end = this.#lastBorder(bytes);
    if (bytes.length === 0) return undefined;
    if (this.#waitingBytes === 0 && end === bytes.length) return bytes;
    if (end === 0 && this.#waitingBytes > 0) end = this.#borderAcross(bytes);
    if (end === 0) {
      this.#wait(bytes);
      return undefined;
    }
    const head = end === bytes.length ? bytes : bytes.subarray(0, end);
    const block = this.#waitingBytes > 0 ? Buffer.concat([...this.#waiting, head]) : head;
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
    if (end < bytes.length) this.#wait(bytes.subarray(end));
    return block;
  }

  rest(): Buffer {
    const rest = this.#waiting.length === 1 ? this.#waiting[0] : Buffer.concat(this.#waiting);
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
    return rest ?? Buffer.alloc(0);
  }

  #wait(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes > MAX_EVENT_BYTES) throw tooLarge();
    this.#waiting.push(bytes);
  }

  /** A border of which a part waits already: its end within `bytes`, or 0. */
  #borderAcross(bytes: Buffer): number {
    const tail: Buffer[] = [];
    let length = 0;
    for (let at = this.#waiting.length - 1; at >= 0 && length < this.#borderBytes; at -= 1) {
      const piece = this.#waiting[at]?.subarray(-this.#borderBytes) ?? Buffer.alloc(0);
      tail.unshift(piece);
      length += piece.length;
    }
    return Math.max(0, this.#lastBorder(Buffer.concat([...tail, bytes.subarray(0, this.#borderBytes)])) - length);
  }
}

/** What reads of most providers end with: whole events, and `\n` as their lines' end. */
export function endsBlock(bytes: Buffer): boolean {
  const { length } = bytes;
  return length >= 2 && bytes[length - 1] === LF && bytes[length - 2] === LF;
}

/** After the last empty line; 0 when there is none. */
function endOfLastBlock(bytes: Buffer): number {
  const length = bytes.length;
  if (endsBlock(bytes)) return length;
  if (length >= 3 && bytes[length - 1] === LF && bytes[length - 2] === CR && bytes[length - 3] === LF) return length;
  const plain = bytes.lastIndexOf("\n\n") + 1;
  const mixed = bytes.lastIndexOf("\n\r\n") + 1;
  const old = bytes.lastIndexOf("\r\r") + 1;
  const end = Math.max(plain && plain + 1, mixed && mixed + 2, old && old + 1);
  return bytes[end - 1] === CR && bytes[end] === LF ? end + 1 : end;
}

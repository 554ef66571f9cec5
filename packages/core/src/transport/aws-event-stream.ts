/** AWS's binary event stream (`application/vnd.amazon.eventstream`): cuts a body into its frames and checks that none was damaged. */

import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import { GatewayError } from "../errors.ts";
import { MAX_EVENT_BYTES } from "./sse.ts";
import type { EventSplitter, WireEvent } from "./transport.ts";

/** Two lengths and their checksum. Source: smithy.io/2.0/aws/amazon-eventstream.html. */
const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;
const LEAST_BYTES = PRELUDE_BYTES + CHECKSUM_BYTES;

/** One frame, taken apart. The payload is a view of the bytes that came. */
export interface AwsFrame {
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Buffer;
}

/** Events carry their `:event-type` as name; exceptions and errors come as events, too, told apart by `:message-type`. */
export function awsEventStreamSplitter(): EventSplitter {
  const cutter = new AwsFrameCutter();
  return {
    push: (bytes, emit) => cutter.push(bytes, (frame) => emit(eventOf(frame))),
    end: () => cutter.end(),
  };
}

/** What a frame tells, as any other event. */
export function eventOf({ headers, payload }: AwsFrame): WireEvent {
  const name = headers[":event-type"] ?? headers[":exception-type"] ?? headers[":error-code"];
  return name === undefined ? { headers, data: payload.toString() } : { name, headers, data: payload.toString() };
}

/** Collects bytes until a frame is whole. A decoder belongs to one stream. */
export class AwsFrameCutter {
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** Length of the frame that is being waited for, once its prelude is there. */
  #needed = PRELUDE_BYTES;

  push(bytes: Buffer, emit: (frame: AwsFrame) => void): void {
    if (bytes.length === 0) return;
    if (this.#waitingBytes + bytes.length < this.#needed) {
      this.#wait(bytes);
      return;
    }
    const all = this.#waitingBytes === 0 ? bytes : Buffer.concat([...this.#waiting, bytes]);
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#needed = PRELUDE_BYTES;
    let at = 0;
    while (all.length - at >= PRELUDE_BYTES) {
      const length = lengthOf(all, at);
      if (all.length - at < length) {
        this.#needed = length;
        break;
      }
      emit(frameIn(all.subarray(at, at + length)));
      at += length;
    }
    if (at < all.length) this.#wait(all.subarray(at));
  }

  end(): void {
    if (this.#waitingBytes > 0) throw damaged("ended in the middle of a frame");
  }

  #wait(bytes: Buffer): void {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
  }
}

/** Checks the prelude, so that a damaged length is never waited for. */
function lengthOf(bytes: Buffer, at: number): number {
  if (crc32(bytes.subarray(at, at + 8)) !== bytes.readUInt32BE(at + 8)) throw damaged("has a frame whose prelude is damaged (CRC)");
  const length = bytes.readUInt32BE(at);
  const headers = bytes.readUInt32BE(at + 4);
  if (length > MAX_EVENT_BYTES) {
    throw new GatewayError("bad_reply", "The provider sent a single event of more than 16 MB. Ask for less in one answer.");
  }
  if (length < LEAST_BYTES + headers) throw damaged("has a frame of an impossible length");
  return length;
}

function frameIn(frame: Buffer): AwsFrame {
  const end = frame.length - CHECKSUM_BYTES;
  if (crc32(frame.subarray(0, end)) !== frame.readUInt32BE(end)) throw damaged("has a frame that is damaged (CRC)");
  const payloadAt = PRELUDE_BYTES + frame.readUInt32BE(4);
  if (payloadAt > end) throw damaged("has headers of an impossible length");
  return { headers: headersIn(frame, PRELUDE_BYTES, payloadAt), payload: frame.subarray(payloadAt, end) };
}

/** Bytes that a value of each type takes; texts and byte arrays (6, 7) tell their length themselves. */
const sizes: Readonly<Record<number, number>> = { 0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16 };
const BYTES = 6;
const TEXT = 7;

/** Texts only: no service of AWS's that we call sends others, so those are stepped over. */
function headersIn(frame: Buffer, from: number, to: number): Record<string, string> {
  const headers: Record<string, string> = {};
  let at = from;
  while (at < to) {
    const nameTo = at + 1 + frame.readUInt8(at);
    const name = frame.toString("latin1", at + 1, nameTo);
    const type = frame.readUInt8(nameTo);
    at = nameTo + 1;
    const told = type === TEXT || type === BYTES;
    const size = told ? frame.readUInt16BE(at) : sizes[type];
    if (size === undefined) throw damaged("has a header of an unknown type");
    if (told) at += 2;
    if (type === TEXT) headers[name] = frame.toString("utf8", at, at + size);
    at += size;
  }
  if (at !== to) throw damaged("has headers of an impossible length");
  return headers;
}

function damaged(how: string): GatewayError {
  return new GatewayError("stream_broken", `The provider's stream ${how}. Ask again.`);
}

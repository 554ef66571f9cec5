/** One JSON value a line (NDJSON): cuts a stream into its lines. */

import { GatewayError } from "../errors.ts";
import { type BlockCutter, Cutter, MAX_EVENT_BYTES } from "./sse.ts";
import type { EventSplitter, WireEvent } from "./transport.ts";

const LF = 0x0a;

export function jsonLinesSplitter(): EventSplitter {
  const waiting: Buffer[] = [];
  let waitingBytes = 0;

  const wait = (bytes: Buffer): void => {
    waitingBytes += bytes.length;
    if (waitingBytes > MAX_EVENT_BYTES) {
      throw new GatewayError("bad_reply", "The provider sent a single line of more than 16 MB. Ask for less in one answer.");
    }
    waiting.push(bytes);
  };
  const decode = (bytes: Buffer): string => {
    if (waitingBytes === 0) return bytes.toString("utf8");
    const text = Buffer.concat([...waiting, bytes]).toString("utf8");
    waiting.length = 0;
    waitingBytes = 0;
    return text;
  };
  const lines = (text: string, emit: (event: WireEvent) => void): void => {
    for (const line of text.split("\n")) {
      const data = line.trim();
      if (data !== "") emit({ data });
    }
  };

  return {
    push(bytes, emit) {
      const end = bytes.lastIndexOf(LF) + 1;
      // Decoded only up to a line's end, so that no character is ever torn.
      const text = end > 0 ? decode(bytes.subarray(0, end)) : "";
      if (end < bytes.length) wait(bytes.subarray(end));
      lines(text, emit);
    },
    end(emit) {
      lines(decode(Buffer.alloc(0)), emit);
    },
  };
}

/** Cuts bytes where lines end without looking into them. */
export function createLineCutter(): BlockCutter {
  return new Cutter((bytes) => bytes.lastIndexOf(LF) + 1, 1);
}

/** A relayed stream as the async iterable that users of the library read. */

import { Buffer } from "node:buffer";
import type { Relay } from "./call/stream-relay.ts";
import type { Cancel } from "./cancel.ts";
import { GatewayError } from "./errors.ts";
import type { ChatChunk } from "./hub/chat.ts";
import { sseSplitter } from "./transport/sse.ts";

/** More chunks than this unread pause the provider. */
const WAITING = 64;

/** Leaving the loop early ends the call. */
export function chunksOf(relay: Relay, cancel: Cancel, onEnd: (error?: GatewayError) => void): AsyncIterable<ChatChunk> {
  return { [Symbol.asyncIterator]: () => read(relay, cancel, onEnd) };
}

async function* read(relay: Relay, cancel: Cancel, onEnd: (error?: GatewayError) => void): AsyncGenerator<ChatChunk> {
  const waiting: ChatChunk[] = [];
  const splitter = sseSplitter();
  let over = false;
  let failure: GatewayError | undefined;
  let wake: (() => void) | undefined;
  const out = {
    write(text: string, encoding: "latin1" | "utf8") {
      splitter.push(Buffer.from(text, encoding), ({ data }) => {
        if (data === "[DONE]") return;
        const chunk = JSON.parse(data) as ChatChunk & { error?: unknown };
        if (chunk.error === undefined) waiting.push(chunk);
      });
      wake?.();
      return waiting.length < WAITING;
    },
    end(last: string, encoding: "latin1" | "utf8") {
      if (last !== "") out.write(last, encoding);
    },
  };
  relay.attach(out, ({ error }, finish) => {
    finish();
    over = true;
    failure = error;
    onEnd(error);
    wake?.();
  });
  try {
    for (;;) {
      const chunk = waiting.shift();
      if (chunk) {
        if (waiting.length === WAITING / 2) relay.resume();
        yield chunk;
      } else if (over) {
        if (failure) throw failure;
        return;
      } else {
        relay.resume();
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = undefined;
      }
    }
  } finally {
    if (!over) cancel.abort(new GatewayError("client_gone", "The stream was left before its end."));
  }
}

/** A reply that no network sent: for demo answers, `mock_response` and tests. */

import type { GatewayError } from "../errors.ts";
import { tooLarge } from "./failures.ts";
import type { Flow, Headers, InboundReply, Sink } from "./transport.ts";

export interface MadeUpReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers?: Headers;
  readonly body?: string | Buffer;
  /** Instead of `body`: poured one per turn of the event loop. */
  readonly pieces?: readonly (string | Buffer)[];
  /** The body breaks off with this error after its last piece. */
  readonly error?: GatewayError;
}

export function replyWith(made: MadeUpReply): InboundReply {
  const pieces = (made.pieces ?? (made.body === undefined ? [] : [made.body])).map(bytesOf).filter((piece) => piece.length > 0);
  return {
    status: made.status,
    headers: made.headers ?? {},
    async read(limit) {
      if (made.error) throw made.error;
      const whole = pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
      if (whole.length > limit) throw tooLarge(limit);
      return whole;
    },
    pour: (sink) => pour(pieces, sink, made.error),
    discard() {},
  };
}

function bytesOf(piece: string | Buffer): Buffer {
  return typeof piece === "string" ? Buffer.from(piece) : piece;
}

function pour(pieces: readonly Buffer[], sink: Sink, error: GatewayError | undefined): Flow {
  let at = 0;
  let planned = false;
  let ended = false;

  const plan = (): void => {
    if (planned || ended) return;
    planned = true;
    setImmediate(next);
  };
  const next = (): void => {
    planned = false;
    const piece = pieces[at];
    if (piece === undefined) {
      ended = true;
      sink.end(error);
      return;
    }
    at += 1;
    if (sink.data(piece)) plan();
  };

  plan();
  return { resume: plan };
}

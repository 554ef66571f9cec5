/** What happens to a stream's bytes between provider and client: passed on hands off, or translated. */

import { GatewayError } from "../errors.ts";
import type { Usage } from "../usage.ts";

export interface Passage {
  /** How the text that comes out is to be written: hands off it stands for bytes. */
  readonly encoding: "latin1" | "utf8";
  /** Text for the client, "" for nothing. */
  push(bytes: Buffer): string;
  /** The body ended; an end before the answer was complete is a failure. */
  end(): string;
  /** What was pushed last is nothing but content. False: nobody knows, or the end may come with it. */
  readonly isContent: boolean;
  /** The terminator came: nothing that counts follows. */
  readonly ended: boolean;
  /** The error that an event told, or a bad event; what came before it was still given out. */
  readonly failure: GatewayError | undefined;
  readonly usage: Usage | undefined;
  /** The id that the answer carries. */
  readonly replyId: string | undefined;
  /** Events that carried content; the measure where a stream told no usage. */
  readonly events: number;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function brokenStream(): GatewayError {
  return new GatewayError("stream_broken", "The provider's stream ended before the answer was complete. Ask again.");
}

/** Which splitter cuts a stream into events, by how the stream is framed. */

import { GatewayError } from "../errors.ts";
import { awsEventStreamSplitter } from "./aws-event-stream.ts";
import { awsPayloadPartsSplitter } from "./aws-payload-parts.ts";
import { jsonLinesSplitter } from "./json-lines.ts";
import { sseSplitter } from "./sse.ts";
import type { EventSplitter } from "./transport.ts";

/** The names are those of the dialects' `Framing`. A row more is all that a new framing takes. */
export const splitters = {
  sse: sseSplitter,
  "json-lines": jsonLinesSplitter,
  "aws-event-stream": awsEventStreamSplitter,
  "aws-payload-parts": awsPayloadPartsSplitter,
} satisfies Readonly<Record<string, () => EventSplitter>>;

export function splitterFor(framing = "sse"): EventSplitter {
  const make = (splitters as Readonly<Record<string, () => EventSplitter>>)[framing];
  if (!make) throw new GatewayError("internal", `No splitter for streams framed as ${framing}.`);
  return make();
}

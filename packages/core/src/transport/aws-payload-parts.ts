/** AWS frames that hold a container's own stream in pieces, cut anywhere: unwraps them and cuts what is inside into its own events. */

import { Buffer } from "node:buffer";
import { AwsFrameCutter, eventOf } from "./aws-event-stream.ts";
import { jsonLinesSplitter } from "./json-lines.ts";
import { sseSplitter } from "./sse.ts";
import type { EventSplitter } from "./transport.ts";

const PART = "PayloadPart";
const LF = Buffer.from("\n");
const OPEN = 0x7b;

/** Exceptions come as events with their headers. Source: docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointWithResponseStream.html. */
export function awsPayloadPartsSplitter(): EventSplitter {
  const frames = new AwsFrameCutter();
  let inner: EventSplitter | undefined;
  return {
    push(bytes, emit) {
      frames.push(bytes, (frame) => {
        const { headers, payload } = frame;
        if (headers[":event-type"] !== PART) emit(eventOf(frame));
        else if (payload.length > 0) {
          inner ??= splitterFor(payload);
          inner.push(payload, emit);
        }
      });
    },
    end(emit) {
      frames.end();
      // A container may leave the last line without its end.
      inner?.push(LF, emit);
      inner?.end(emit);
    },
  };
}

/** Some containers write server-sent events, others one JSON object a line. */
function splitterFor(first: Buffer): EventSplitter {
  return first[0] === OPEN ? jsonLinesSplitter() : sseSplitter();
}

/** Takes the family's own events out of InvokeModelWithResponseStream's frames, for whichever decoder reads them. */

import type { ChatChunk } from "../../hub/chat.ts";
import { chatUsage } from "../../hub/chat-usage.ts";
import type { WireEvent } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import { objectIn, parsed, textIn } from "../anthropic-messages/json.ts";
import { awsFrameError } from "../aws-error.ts";
import type { StreamDecoder } from "../dialect.ts";
import { metricsIn } from "./text-family.ts";

/**
 * `named`: the inner JSON has one member, whose name is the event's (Nova). The counts of the last frame stand in where the
 * family's own events tell none.
 */
export function unwrapping(inner: StreamDecoder<ChatChunk>, named = false): StreamDecoder<ChatChunk> {
  let counted: Usage | undefined;
  let last: ChatChunk | undefined;
  return {
    push(event, emit) {
      const failure = awsFrameError(event);
      if (failure) throw failure;
      const data = jsonIn(event);
      if (data.includes(METRICS)) counted = metricsIn(objectIn(parsed(data)));
      for (const each of named ? namedEvents(data) : [{ data }]) {
        inner.push(each, (chunk) => {
          last = chunk;
          emit(chunk);
        });
      }
    },
    end(emit) {
      inner.end(emit);
      if (!inner.usage && counted && last) emit({ ...last, choices: [], usage: chatUsage(counted) });
    },
    get usage() {
      return inner.usage ?? counted;
    },
    get complete() {
      return inner.complete;
    },
  };
}

const METRICS = "amazon-bedrock-invocationMetrics";

function jsonIn(event: WireEvent): string {
  const bytes = textIn(objectIn(parsed(event.data))["bytes"]);
  return bytes === undefined ? event.data : Buffer.from(bytes, "base64").toString("utf8");
}

function namedEvents(data: string): WireEvent[] {
  return Object.entries(objectIn(parsed(data)))
    .filter(([name]) => name !== METRICS)
    .map(([name, value]) => ({ name, data: JSON.stringify(value) }));
}

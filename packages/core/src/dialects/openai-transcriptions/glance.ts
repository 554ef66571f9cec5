/** Looks at the events of sound that is written down or spoken while it streams; the last one tells what it used. */

import type { Usage } from "../../usage.ts";
import type { Glance } from "../dialect.ts";
import { openaiError } from "../openai-chat/error.ts";
import { usageOfAudio } from "./usage.ts";

/** `last` is the type of the event that ends the stream. Sources: platform.openai.com/docs/api-reference/audio/*-event. */
export function audioGlance(last: string): Glance {
  let usage: Usage | undefined;
  let complete = false;
  return {
    push({ data }) {
      // Sound comes in long events, most of which need no look.
      if (!data.includes(last) && !data.includes('"error"')) return data === "[DONE]" ? "end" : "pass";
      const event = parsed(data);
      if (event["error"] || event["type"] === "error") return openaiError({ status: 200, headers: {}, body: event });
      if (event["type"] === last) {
        complete = true;
        usage = usageOfAudio(event);
      }
      return "pass";
    },
    get usage() {
      return usage;
    },
    get complete() {
      return complete;
    },
  };
}

function parsed(data: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(data);
    return value !== null && typeof value === "object" ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

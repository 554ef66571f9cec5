/** Looks at events of streamGenerateContent as they pass: usage, the end, errors. */

import type { Usage } from "../../usage.ts";
import type { Glance } from "../dialect.ts";
import { geminiError } from "./error.ts";
import { eventReader } from "./event-reader.ts";
import { usageOf } from "./usage.ts";

export function geminiGlance(): Glance {
  const read = eventReader();
  let usage: Usage | undefined;
  let complete = false;
  return {
    get usage() {
      return usage;
    },
    get complete() {
      return complete;
    },
    push(event) {
      const body = read(event);
      if (!body) return "pass";
      if (body.error) return geminiError({ status: 200, headers: {}, body });
      usage = usageOf(body.usageMetadata, body.candidates) ?? usage;
      if (body.promptFeedback?.blockReason || body.candidates?.some(({ finishReason }) => finishReason)) complete = true;
      return "pass";
    },
  };
}

/** Looks at Ollama's lines as they pass. No client speaks this dialect to us yet, so nothing is changed. */

import type { Usage } from "../../usage.ts";
import type { Glance } from "../dialect.ts";
import { noAnswer } from "./error.ts";
import { lineOf } from "./stream.ts";
import { ollamaUsage } from "./usage.ts";

export function ollamaGlance(): Glance {
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
      const line = lineOf(event);
      if (!line) return "pass";
      if (line.error !== undefined) return noAnswer(line);
      if (line.done) {
        complete = true;
        usage = ollamaUsage(line);
      }
      return "pass";
    },
  };
}

/** Looks at text completion events as they pass, and puts those in order that have the shape of chat. */

import type { Glance } from "../dialect.ts";
import { isPlainChunk, openaiGlance, parseChunk } from "../openai-chat/glance.ts";
import { type TextChoice, textOfChoice } from "./wire.ts";

export function textGlance(): Glance {
  const inner = openaiGlance();
  return {
    get usage() {
      return inner.usage;
    },
    get complete() {
      return inner.complete;
    },
    push(event) {
      const seen = inner.push(event);
      if (seen instanceof Error || seen === "end" || seen === "usage") return seen;
      const data = typeof seen === "string" ? event.data : seen.data;
      return isOfChat(data) ? { data: asText(data) } : seen;
    },
  };
}

/** In doubt false. */
export function isPlainText(event: string, from: number): boolean {
  return event.indexOf('"text":', from) > 0 && isPlainChunk(event, from);
}

function isOfChat(data: string): boolean {
  return data.includes('"delta"');
}

function asText(data: string): string {
  const chunk = parseChunk({ data });
  if (!chunk?.choices) return data;
  const choices = (chunk.choices as TextChoice[]).map((choice) => {
    if (choice.delta === undefined) return choice;
    const { delta: _, ...rest } = choice;
    return { ...rest, text: textOfChoice(choice) };
  });
  return JSON.stringify({ ...chunk, object: "text_completion", choices });
}

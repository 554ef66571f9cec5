/** Looks at chat and text completion chunks as they pass: usage, the end, errors, untidy finish reasons. */

import { usageOfChat } from "../../hub/chat-usage.ts";
import { finishReasonOf, isFinishReason } from "../../hub/finish-reason.ts";
import type { WireEvent } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import type { Glance } from "../dialect.ts";
import { openaiError } from "./error.ts";

interface Chunk {
  choices?: { finish_reason?: unknown }[];
  usage?: unknown;
  error?: unknown;
  x_groq?: { usage?: unknown };
  [name: string]: unknown;
}

export function openaiGlance(): Glance {
  return new ChatGlance();
}

/** A class, because an object literal with two getters is slow in V8, and one is made for each stream. */
class ChatGlance implements Glance {
  usage: Usage | undefined = undefined;
  complete = false;

  push(event: WireEvent): ReturnType<Glance["push"]> {
    if (event.data === "[DONE]") {
      this.complete = true;
      return "end";
    }
    const chunk = parseChunk(event);
    if (!chunk) return "pass";
    if (isErrorChunk(chunk, event)) return openaiError({ status: 200, headers: {}, body: chunk });
    this.usage = usageOfChat(chunk.usage ?? chunk.x_groq?.usage) ?? this.usage;
    if (!chunk.choices || chunk.choices.length === 0) return chunk.usage ? "usage" : "pass";
    let untidy = false;
    for (const choice of chunk.choices) {
      if (typeof choice.finish_reason !== "string") continue;
      if (choice.finish_reason === "") {
        choice.finish_reason = null;
        untidy = true;
        continue;
      }
      this.complete = true;
      if (isFinishReason(choice.finish_reason)) continue;
      choice.finish_reason = finishReasonOf(choice.finish_reason);
      untidy = true;
    }
    return untidy ? { data: JSON.stringify(chunk) } : "pass";
  }
}

/** Nothing but content: no usage, no finish reason, no error. In doubt false. Works on one event's text from `from` on. */
export function isPlainChunk(event: string, from: number): boolean {
  return (
    event.indexOf('"finish_reason":null', from) > 0 &&
    event.indexOf('"usage":{', from) < 0 &&
    event.indexOf('"error"', from) < 0 &&
    event.indexOf('"finish_reason":"', from) < 0
  );
}

/** `{error}`, or an event or object that is called one. */
export function isErrorChunk(chunk: Chunk, event: WireEvent): boolean {
  if (chunk.error !== undefined && chunk.error !== null) return true;
  return event.name === "error" || (chunk["object"] === "error" && chunk.choices === undefined);
}

/** Events that are no JSON object pass as they are: a server's ping, a comment in disguise. */
export function parseChunk(event: WireEvent): Chunk | undefined {
  try {
    const chunk: unknown = JSON.parse(event.data);
    return chunk !== null && typeof chunk === "object" ? (chunk as Chunk) : undefined;
  } catch {
    return undefined;
  }
}

/** Calls feature extraction at Hugging Face, at its inference endpoints and at text-embeddings-inference. Source: huggingface.co/docs/inference-providers/tasks/feature-extraction. */

import type { WireReply } from "../../transport/transport.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { embedResponse, noVectors, textsOf } from "../embed-list.ts";
import { noGlance } from "../no-glance.ts";
import { openaiError } from "../openai-chat/error.ts";

export const huggingfaceEmbed: ProviderSide<"embed"> = {
  operation: "embed",
  dialect: "huggingface-embed",
  path: () => "/",
  // A list, which only the translator reads.
  returns: "text",
  patch: () => ({}),
  request,
  response: (reply, context) => embedResponse(vectorsOf(reply), context, undefined),
  glance: noGlance,
  replyPatch: () => ({}),
  usage: () => undefined,
  error: openaiError,
};

/** `input_type` names the task, of which this is the one that embeds. */
const translated = new Set("model input dimensions encoding_format user metadata input_type".split(" "));

function request({ asked }: TranslateContext<"embed">): Record<string, unknown> {
  const own = Object.entries(asked).filter(([name, value]) => !translated.has(name) && value !== null && value !== undefined);
  return { inputs: textsOf(asked.input), ...Object.fromEntries(own) };
}

function vectorsOf({ body }: WireReply): number[][] {
  const told: unknown = typeof body === "string" ? parsed(body) : body;
  const list = Array.isArray(told) ? told : (told as { embeddings?: unknown } | undefined)?.embeddings;
  if (!Array.isArray(list) || list.length === 0) throw noVectors();
  return list.map(pooled);
}

/** Some models answer a vector for each token: the text's is their mean. */
function pooled(entry: unknown): number[] {
  if (!Array.isArray(entry)) throw noVectors();
  if (typeof entry[0] === "number") return entry as number[];
  const inner = entry.length === 1 ? (entry[0] as unknown) : undefined;
  if (Array.isArray(inner)) return pooled(inner);
  const rows = entry.map(pooled);
  return (rows[0] ?? []).map((_, at) => rows.reduce((sum, row) => sum + (row[at] ?? 0), 0) / rows.length);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What embedding dialects share: the texts of a request, and vectors as OpenAI's list. */

import { GatewayError } from "../errors.ts";
import type { EmbedResponse } from "../hub/embed.ts";
import type { TranslateContext } from "./dialect.ts";

type Vector = readonly number[] | string;

/** A text alone is a list of one. Throws for token numbers, which only OpenAI's own wire takes. */
export function textsOf(input: unknown): string[] {
  const entries: readonly unknown[] = Array.isArray(input) ? input : [input];
  return entries.map((entry) => {
    if (typeof entry === "string") return entry;
    throw new GatewayError("bad_request", "This model embeds texts, not token numbers. Send input as a text or a list of texts.", {
      param: "input",
    });
  });
}

export function embedResponse(
  vectors: readonly Vector[],
  { asked, publicModel }: TranslateContext<"embed">,
  tokens: number | undefined,
): EmbedResponse {
  const pack = asked.encoding_format === "base64";
  return {
    object: "list",
    data: vectors.map((vector, index) => ({ object: "embedding", index, embedding: formOf(vector, pack) })),
    model: publicModel,
    ...(tokens !== undefined && { usage: { prompt_tokens: tokens, total_tokens: tokens } }),
  };
}

function formOf(vector: Vector, pack: boolean): number[] | string {
  if (typeof vector === "string") return vector;
  return pack ? packed(vector) : [...vector];
}

/** OpenAI's clients ask for base64 by default and unpack 32-bit floats. */
function packed(values: readonly number[]): string {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) bytes.writeFloatLE(value, at * 4);
  return bytes.toString("base64");
}

/** A list of lists of numbers, or undefined. */
export function matrixOf(value: unknown): number[][] | undefined {
  if (!Array.isArray(value) || value.length === 0 || !value.every(Array.isArray)) return undefined;
  return value as number[][];
}

/** A 200 without vectors. */
export function noVectors(): GatewayError {
  return new GatewayError("bad_reply", "The provider answered 200, but its body holds no embeddings. Check api_base and the model.");
}

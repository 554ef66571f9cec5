/** A reply of batchEmbedContents → the hub's embeddings. */

import { GatewayError } from "../../errors.ts";
import type { EmbedResponse } from "../../hub/embed.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { TranslateContext } from "../dialect.ts";
import { geminiError } from "../gemini/error.ts";
import { isFields } from "../gemini/json.ts";
import { embedUsage } from "./usage.ts";
import type { EmbedReply } from "./wire.ts";

export function geminiEmbedResponse(reply: WireReply, { asked, publicModel }: TranslateContext<"embed">): EmbedResponse {
  const vectors = vectorsOf(reply);
  const tokens = embedUsage(reply)?.inputTokens;
  return {
    object: "list",
    data: vectors.map((values, index) => ({
      object: "embedding",
      index,
      embedding: asked.encoding_format === "base64" ? packed(values) : values,
    })),
    model: publicModel,
    ...(tokens !== undefined && { usage: { prompt_tokens: tokens, total_tokens: tokens } }),
  };
}

export function vectorsOf(reply: WireReply): number[][] {
  const { body } = reply;
  if (isFields(body) && body["error"]) throw geminiError(reply);
  const told = body as EmbedReply | undefined;
  const list = Array.isArray(told?.embeddings) ? told.embeddings : told?.embedding ? [told.embedding] : undefined;
  if (!list) throw new GatewayError("bad_reply", "The provider answered 200, but its body holds no embeddings. Check api_base.");
  return list.map(({ values }) => values ?? []);
}

/** Google knows no base64; OpenAI's clients ask for it by default and unpack 32-bit floats. */
function packed(values: readonly number[]): string {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) bytes.writeFloatLE(value, at * 4);
  return bytes.toString("base64");
}

/** Calls an embedding model behind Triton's infer: texts as one tensor in, vectors as one tensor out. */

import type { WireReply } from "../../transport/transport.ts";
import type { ProviderSide } from "../dialect.ts";
import { embedResponse, noVectors, textsOf } from "../embed-list.ts";
import { noGlance } from "../no-glance.ts";
import { openaiError } from "../openai-chat/error.ts";
import type { InferReply, Tensor } from "../triton-infer/wire.ts";

export const tritonEmbed: ProviderSide<"embed"> = {
  operation: "embed",
  dialect: "triton-embed",
  path: () => "/infer",
  patch: () => ({}),
  request({ asked }) {
    const texts = textsOf(asked.input);
    return { inputs: [{ name: "input_text", shape: [texts.length], datatype: "BYTES", data: texts }] };
  },
  response: (reply, context) => embedResponse(vectorsOf(reply), context, undefined),
  glance: noGlance,
  replyPatch: () => ({}),
  usage: () => undefined,
  error: openaiError,
};

function vectorsOf({ body }: WireReply): number[][] {
  const outputs = (body as InferReply | null)?.outputs;
  if (!Array.isArray(outputs)) throw noVectors();
  return outputs.flatMap(rowsOf);
}

/** The last dimension is the vector's. */
function rowsOf({ shape = [], data = [] }: Tensor): number[][] {
  const width = shape.at(-1) || data.length;
  const rows: number[][] = [];
  for (let at = 0; at < data.length; at += width) rows.push(data.slice(at, at + width).map(Number));
  return rows;
}

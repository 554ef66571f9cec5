/** Calls a provider in OpenAI's embeddings: the hub's own shape, so that almost nothing is translated. */

import { GatewayError } from "../../errors.ts";
import { usageOfChat } from "../../hub/chat-usage.ts";
import type { EmbedResponse } from "../../hub/embed.ts";
import type { Patch } from "../../transport/body.ts";
import type { ProviderSide } from "../dialect.ts";
import { openaiError } from "../openai-chat/error.ts";

export const openaiEmbeddings: ProviderSide<"embed"> = {
  operation: "embed",
  dialect: "openai-embeddings",
  path: () => "/embeddings",
  patch: ({ model }) => ({ set: { model } }),
  request: ({ asked, model }) => ({ ...asked, model }),
  response: (reply, context) => {
    const body = recordOf(reply.body);
    return { ...body, ...tidyEmbeddings(body, context).set } as unknown as EmbedResponse;
  },
  // Embeddings come whole: there is no stream to look at.
  glance: () => ({ push: () => "pass", usage: undefined, complete: true }),
  replyPatch: tidyEmbeddings,
  usage: (reply) => usageOfChat(recordOf(reply.body)["usage"]),
  error: openaiError,
};

/** The public model name always; `object` and the entries only where servers leave something out. */
function tidyEmbeddings(body: Readonly<Record<string, unknown>>, { publicModel }: { publicModel: string }): Patch {
  const data = body["data"];
  if (!Array.isArray(data)) throw notEmbeddings(body);
  const entries = data as Record<string, unknown>[];
  const set: Record<string, unknown> = { model: publicModel };
  if (body["object"] !== "list") set["object"] = "list";
  if (!entries.every((entry, at) => entry["object"] === "embedding" && (entry["index"] === at || typeof entry["index"] === "number"))) {
    set["data"] = entries.map((entry, index) => ({ index, ...entry, object: "embedding" }));
  }
  return { set };
}

function notEmbeddings(body: Readonly<Record<string, unknown>>): GatewayError {
  if (body["error"]) return openaiError({ status: 200, headers: {}, body });
  return new GatewayError(
    "bad_reply",
    "The provider answered 200, but its body holds no embeddings (it has no list 'data'). Check api_base.",
  );
}

function recordOf(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === "object" ? (value as Record<string, unknown>) : {};
}

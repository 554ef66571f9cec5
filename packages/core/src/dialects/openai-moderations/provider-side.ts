/** Calls a provider in OpenAI's moderations, which are the hub's own shape. Source: platform.openai.com/docs/api-reference/moderations. */

import { GatewayError } from "../../errors.ts";
import { usageOfChat } from "../../hub/chat-usage.ts";
import type { ModerateResponse } from "../../hub/moderate.ts";
import type { Patch } from "../../transport/body.ts";
import type { ProviderSide } from "../dialect.ts";
import { noGlance } from "../no-glance.ts";
import { openaiError } from "../openai-chat/error.ts";

export const openaiModerations: ProviderSide<"moderate"> = {
  operation: "moderate",
  dialect: "openai-moderations",
  path: () => "/moderations",
  patch: ({ model }) => ({ set: { model } }),
  request: ({ asked, model }) => ({ ...asked, model }),
  response: (reply, context) => {
    const body = recordOf(reply.body);
    return { ...body, ...tidyModeration(body, context).set } as unknown as ModerateResponse;
  },
  glance: noGlance,
  replyPatch: tidyModeration,
  usage: (reply) => usageOfChat(recordOf(reply.body)["usage"]),
  error: openaiError,
};

/** The public model name always; an id only where there is none. `flagged` where a server leaves it to be seen from the categories. */
function tidyModeration(
  body: Readonly<Record<string, unknown>>,
  { publicModel, newId }: { readonly publicModel: string; readonly newId: () => string },
): Patch {
  const results = body["results"];
  if (!Array.isArray(results)) throw notJudged(body);
  const set: Record<string, unknown> = { model: publicModel };
  if (typeof body["id"] !== "string") set["id"] = `modr-${newId()}`;
  const list = results.map(recordOf);
  if (list.some((result) => typeof result["flagged"] !== "boolean")) {
    set["results"] = list.map((result) => ({ ...result, flagged: Object.values(recordOf(result["categories"])).includes(true) }));
  }
  return { set };
}

function notJudged(body: Readonly<Record<string, unknown>>): GatewayError {
  if (body["error"]) return openaiError({ status: 200, headers: {}, body });
  return new GatewayError(
    "bad_reply",
    "The provider answered 200, but its body judges nothing (it has no list 'results'). Check api_base.",
  );
}

function recordOf(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === "object" ? (value as Record<string, unknown>) : {};
}

/** Calls a provider in Mistral's OCR, which is the hub's own shape. Source: docs.mistral.ai/api/#tag/ocr. */

import { GatewayError } from "../../errors.ts";
import type { OcrResponse } from "../../hub/ocr.ts";
import type { Patch } from "../../transport/body.ts";
import type { ProviderSide } from "../dialect.ts";
import { noGlance } from "../no-glance.ts";
import { openaiError } from "../openai-chat/error.ts";

export const mistralOcr: ProviderSide<"ocr"> = {
  operation: "ocr",
  dialect: "mistral-ocr",
  path: () => "/ocr",
  patch: ({ model }) => ({ set: { model } }),
  request: ({ asked, model }) => ({ ...asked, model }),
  response: (reply, context) => {
    const body = recordOf(reply.body);
    return { ...body, ...tidyPages(body, context).set } as unknown as OcrResponse;
  },
  glance: noGlance,
  replyPatch: tidyPages,
  usage: ({ body }) => {
    const told = recordOf(recordOf(body)["usage_info"])["pages_processed"];
    const pages = recordOf(body)["pages"];
    const count = typeof told === "number" ? told : Array.isArray(pages) ? pages.length : undefined;
    return count === undefined ? undefined : { units: { pages: count } };
  },
  error: openaiError,
};

/** The public model name, and `object`, by which LiteLLM's clients know the shape. */
function tidyPages(body: Readonly<Record<string, unknown>>, { publicModel }: { readonly publicModel: string }): Patch {
  if (!Array.isArray(body["pages"])) throw noPages(body);
  return { set: { model: publicModel, ...(body["object"] === undefined && { object: "ocr" }) } };
}

function noPages(body: Readonly<Record<string, unknown>>): GatewayError {
  if (body["error"]) return openaiError({ status: 200, headers: {}, body });
  return new GatewayError("bad_reply", "The provider answered 200, but its body holds no pages (it has no list 'pages'). Check api_base.");
}

function recordOf(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === "object" ? (value as Record<string, unknown>) : {};
}

/** Gemini's chat as Vertex AI takes it: another path, and the tier of service in a header instead of the body. */

import type { ProviderSide } from "../dialects/dialect.ts";
import { gemini, generateMethod } from "../dialects/gemini/provider-side.ts";

/** Source: docs.cloud.google.com/vertex-ai/generative-ai/docs/priority-paygo and …/flex-paygo; the usual tier has no header. */
const tierHeaders: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  auto: Object.freeze({ "x-vertex-ai-llm-shared-request-type": "priority" }),
  priority: Object.freeze({ "x-vertex-ai-llm-shared-request-type": "priority" }),
  flex: Object.freeze({ "x-vertex-ai-llm-shared-request-type": "flex" }),
};
const noHeaders = Object.freeze({});

/** `resource` is the path up to the method. */
export function vertexGemini(resource: string): ProviderSide<"chat"> {
  return {
    ...gemini,
    path: ({ stream }) => `${resource}:${generateMethod(stream)}`,
    headers: ({ asked }) => tierHeaders[asked.service_tier ?? ""] ?? noHeaders,
    request(context) {
      const { serviceTier: _, ...wire } = gemini.request(context);
      return wire;
    },
  };
}

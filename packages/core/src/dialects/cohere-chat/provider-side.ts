/** Calls Cohere's /v2/chat. */

import type { ProviderSide } from "../dialect.ts";
import { noGlance } from "../no-glance.ts";
import { cohereError } from "./error.ts";
import { cohereRequest } from "./request.ts";
import { chatOfCohere } from "./response.ts";
import { cohereDecoder } from "./stream.ts";
import { cohereUsage } from "./usage.ts";

export const cohereChat: ProviderSide<"chat"> = {
  operation: "chat",
  dialect: "cohere-chat",
  framing: "sse",
  path: () => "/v2/chat",
  patch: ({ model }) => ({ set: { model } }),
  request: cohereRequest,
  response: chatOfCohere,
  stream: cohereDecoder,
  glance: noGlance,
  replyPatch: () => ({}),
  usage: ({ body }) => cohereUsage((body as { usage?: unknown } | null)?.usage),
  error: cohereError,
};

/** Calls a provider in Google's generateContent. */

import type { ProviderSide } from "../dialect.ts";
import { geminiError } from "./error.ts";
import { geminiGlance } from "./glance.ts";
import { addressesToFetch } from "./media.ts";
import { geminiRequest } from "./request.ts";
import { answerOf, geminiResponse } from "./response.ts";
import { geminiDecoder } from "./stream.ts";
import { usageOf } from "./usage.ts";
import type { GenerateReply } from "./wire.ts";

export const gemini: ProviderSide<"chat"> = {
  operation: "chat",
  dialect: "gemini",
  framing: "sse",
  path: ({ model, stream }) => `/${modelPath(model)}:${generateMethod(stream)}`,
  // The model stands in the path; some clients name it in the body, too.
  patch: () => ({ remove: ["model"] }),
  fetches: addressesToFetch,
  request: geminiRequest,
  response: geminiResponse,
  stream: geminiDecoder,
  glance: geminiGlance,
  replyPatch: (body) => {
    answerOf({ status: 200, headers: {}, body });
    return {};
  },
  usage: (reply) => {
    const body = reply.body as GenerateReply | undefined;
    return usageOf(body?.usageMetadata, body?.candidates, reply.headers);
  },
  error: geminiError,
};

/** Also for addresses of another form that end in the same method. */
export function generateMethod(stream: boolean): string {
  return stream ? "streamGenerateContent?alt=sse" : "generateContent";
}

/** `models/` is what nearly all are; tuned ones say what they are. */
export function modelPath(model: string): string {
  return /^(models|tunedModels)\//.test(model) ? model : `models/${model}`;
}

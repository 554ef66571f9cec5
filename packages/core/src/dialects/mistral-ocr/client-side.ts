/** A client calls us in Mistral's OCR. */

import type { OcrRequest } from "../../hub/ocr.ts";
import type { ClientSide } from "../dialect.ts";
import { missing, modelOf, wrong } from "../openai-chat/client-side.ts";
import { openaiErrorReply } from "../openai-chat/error-body.ts";
import { streamError } from "../openai-chat/stream.ts";

export const mistralOcrClient: ClientSide<"ocr"> = {
  operation: "ocr",
  dialect: "mistral-ocr",
  framing: "sse",
  ask: (at) => {
    const model = modelOf(at);
    const document = at.body.shape("document");
    if (document === "missing") throw missing("document");
    if (document !== "object") throw wrong("document", "an object with type and document_url or image_url");
    return { model, stream: false, wantsUsage: false };
  },
  request: (at) => ({ ...at.body.json, model: modelOf(at) }) as OcrRequest,
  response: (hub) => ({ status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(hub) }),
  error: openaiErrorReply,
  streamError,
};

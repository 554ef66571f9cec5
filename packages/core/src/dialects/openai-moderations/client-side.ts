/** A client calls us in OpenAI's moderations. */

import type { ModerateRequest } from "../../hub/moderate.ts";
import type { ClientSide, Inbound } from "../dialect.ts";
import { missing, modelOf, wrong } from "../openai-chat/client-side.ts";
import { openaiErrorReply } from "../openai-chat/error-body.ts";
import { streamError } from "../openai-chat/stream.ts";

/** OpenAI's own default, which its clients rely on. */
const DEFAULT_MODEL = "omni-moderation-latest";

export const openaiModerationsClient: ClientSide<"moderate"> = {
  operation: "moderate",
  dialect: "openai-moderations",
  framing: "sse",
  ask: (at) => {
    const input = at.body.shape("input");
    if (input === "missing") throw missing("input");
    if (input === "boolean" || input === "number" || input === "object") throw wrong("input", "a text or a list of texts or parts");
    return { model: modelFor(at), stream: false, wantsUsage: false };
  },
  request: (at) => ({ ...at.body.json, model: modelFor(at) }) as ModerateRequest,
  response: (hub) => ({ status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(hub) }),
  error: openaiErrorReply,
  streamError,
};

function modelFor(at: Inbound): string {
  return at.params["model"] === undefined && at.body.shape("model") === "missing" ? DEFAULT_MODEL : modelOf(at);
}

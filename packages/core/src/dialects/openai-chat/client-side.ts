/** A client calls us in OpenAI's chat completions. */

import { GatewayError } from "../../errors.ts";
import type { ChatRequest } from "../../hub/chat.ts";
import type { ClientSide, Inbound } from "../dialect.ts";
import { openaiErrorReply } from "./error-body.ts";
import { chunkEncoder, streamError, terminator } from "./stream.ts";

export const openaiChatClient: ClientSide<"chat"> = {
  operation: "chat",
  dialect: "openai-chat",
  framing: "sse",
  ask: (at) => {
    const model = modelOf(at);
    const shape = at.body.shape("messages");
    if (shape === "missing") throw missing("messages");
    if (shape === "empty list") throw wrong("messages", "a list with at least one message");
    if (shape !== "list") throw wrong("messages", "a list of messages");
    return { model, stream: streamOf(at), wantsUsage: wantsUsage(at) };
  },
  request: (at) => at.body.json as unknown as ChatRequest,
  response: (hub) => ({ status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(hub) }),
  stream: (_, { wantsUsage: wanted }) => chunkEncoder(wanted),
  error: openaiErrorReply,
  terminator,
  streamError,
};

/** The model of the path (`/engines/{model}/…`), else of the body. */
export function modelOf(at: Inbound): string {
  const model = at.params["model"] ?? at.body.get("model");
  if (model === undefined || model === null || model === "") throw missing("model");
  if (typeof model !== "string") throw wrong("model", "a text");
  return model;
}

export function streamOf(at: Inbound): boolean {
  const shape = at.body.shape("stream");
  if (shape === "missing") return false;
  if (shape !== "boolean") throw wrong("stream", "true or false");
  return at.body.get("stream") === true;
}

export function wantsUsage(at: Inbound): boolean {
  if (at.body.shape("stream_options") !== "object") return false;
  const options = at.body.get("stream_options");
  return options !== null && typeof options === "object" && (options as Record<string, unknown>)["include_usage"] === true;
}

export function missing(name: string): GatewayError {
  return new GatewayError("bad_request", `Missing required parameter: '${name}'.`, { param: name });
}

export function wrong(name: string, wanted: string): GatewayError {
  return new GatewayError("bad_request", `Invalid '${name}': it must be ${wanted}.`, { param: name });
}

/** How we call a model over Bedrock's Converse API. */

import { objectIn, textIn } from "../anthropic-messages/json.ts";
import { awsError } from "../aws-error.ts";
import { modelPath } from "../aws-path.ts";
import type { ProviderSide } from "../dialect.ts";
import { translatedOnly } from "../translated-only.ts";
import { addressesIn } from "./parts.ts";
import { converseRequest } from "./request.ts";
import { converseBody, converseResponse } from "./response.ts";
import { ConverseDecoder } from "./stream.ts";
import { usageOf } from "./usage.ts";

export const bedrockConverse: ProviderSide<"chat"> = {
  ...translatedOnly,
  operation: "chat",
  dialect: "bedrock-converse",
  framing: "aws-event-stream",
  path: ({ model, stream, settings }) => `${modelPath(model, settings)}/${stream ? "converse-stream" : "converse"}`,
  fetches: addressesIn,
  request: converseRequest,
  response: converseResponse,
  stream: (context) => new ConverseDecoder(context),
  replyPatch: (body) => {
    converseBody({ status: 200, headers: {}, body });
    return {};
  },
  usage: (reply) => {
    const body = objectIn(reply.body);
    return usageOf(body["usage"], textIn(objectIn(body["serviceTier"])["type"]));
  },
  error: awsError,
};

/** How we ask a Bedrock model for embeddings, over InvokeModel. */

import { awsError } from "../aws-error.ts";
import { modelPath } from "../aws-path.ts";
import type { ProviderSide } from "../dialect.ts";
import { translatedOnly } from "../translated-only.ts";
import { bedrockEmbedRequest } from "./request.ts";
import { bedrockEmbedResponse } from "./response.ts";
import { embedUsage } from "./usage.ts";

export const bedrockEmbed: ProviderSide<"embed"> = {
  ...translatedOnly,
  operation: "embed",
  dialect: "bedrock-embed",
  path: ({ model, settings }) => `${modelPath(model, settings)}/invoke`,
  request: bedrockEmbedRequest,
  response: bedrockEmbedResponse,
  usage: embedUsage,
  error: awsError,
};

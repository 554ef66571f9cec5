/** How we ask a SageMaker endpoint for text: the format of Hugging Face's containers. Source: docs.aws.amazon.com/sagemaker/latest/dg/large-model-inference-container-docs.html and huggingface.co/docs/text-generation-inference. */

import { awsError } from "../aws-error.ts";
import type { ProviderSide } from "../dialect.ts";
import { sagemakerHeaders, sagemakerPath } from "../sagemaker-endpoint.ts";
import { translatedOnly } from "../translated-only.ts";
import { sagemakerTextRequest } from "./request.ts";
import { sagemakerTextResponse, sagemakerTextUsage } from "./response.ts";
import { SagemakerTextDecoder } from "./stream.ts";

export const sagemakerText: ProviderSide<"chat"> = {
  ...translatedOnly,
  operation: "chat",
  dialect: "sagemaker-text",
  framing: "aws-payload-parts",
  path: sagemakerPath,
  headers: sagemakerHeaders,
  request: sagemakerTextRequest,
  response: sagemakerTextResponse,
  stream: (context) => new SagemakerTextDecoder(context),
  usage: sagemakerTextUsage,
  error: awsError,
};

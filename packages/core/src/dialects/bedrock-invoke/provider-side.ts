/** How we call a model over Bedrock's InvokeModel: one path, and the body of whoever made the model. */

import { awsError } from "../aws-error.ts";
import { modelPath } from "../aws-path.ts";
import type { ProviderSide } from "../dialect.ts";
import { translatedOnly } from "../translated-only.ts";
import { type InvokeFamily, invokeFamilyOf } from "./families.ts";
import { sideOf } from "./sides.ts";
import { invokeUsage } from "./usage.ts";

/** `family`: for imported models, whose name tells nothing. */
export function bedrockInvokeAs(family?: InvokeFamily): ProviderSide<"chat"> {
  return {
    ...translatedOnly,
    operation: "chat",
    dialect: "bedrock-invoke",
    framing: "aws-event-stream",
    path: ({ model, stream, settings }) => `${modelPath(model, settings)}/${stream ? "invoke-with-response-stream" : "invoke"}`,
    fetches: (asked, model) => sideOf(family ?? invokeFamilyOf({ model, facts: {}, settings: { model } })).fetches(asked),
    request: (context) => sideOf(family ?? invokeFamilyOf(context)).request(context),
    response: (reply, context) => sideOf(family ?? invokeFamilyOf(context)).response(reply, context),
    stream: (context) => sideOf(family ?? invokeFamilyOf(context)).stream(context),
    usage: invokeUsage,
    error: awsError,
  };
}

export const bedrockInvoke = bedrockInvokeAs();

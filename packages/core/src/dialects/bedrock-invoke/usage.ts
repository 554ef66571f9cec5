/** What a reply of InvokeModel says about tokens: in its body where the family tells, else in its headers. */

import { usageOfChat } from "../../hub/chat-usage.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import { isObject, objectIn } from "../anthropic-messages/json.ts";
import { usageOf as messagesUsage } from "../anthropic-messages/usage.ts";
import { usageOf as converseUsage } from "../bedrock-converse/usage.ts";
import { textFamilies } from "./text-families.ts";
import { countsOf } from "./text-family.ts";
import { headerCount } from "./text-reply.ts";

/** The shape tells whose it is, so that nobody must remember who was asked. */
export function invokeUsage(reply: WireReply): Usage | undefined {
  const body = objectIn(reply.body);
  const { usage } = body;
  if (isObject(usage)) {
    if (usage["input_tokens"] !== undefined) return messagesUsage(usage);
    if (usage["inputTokens"] !== undefined) return converseUsage(usage);
    return usageOfChat(usage);
  }
  for (const family of Object.values(textFamilies)) {
    const told = family.read(body);
    const counts = told && countsOf(told);
    if (counts) return counts;
  }
  return countsOf({ input: headerCount(reply.headers, "input"), output: headerCount(reply.headers, "output") });
}

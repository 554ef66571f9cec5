/** What an embedding call used: Titan tells it in its body, the others in a header. */

import type { WireReply } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import { objectIn, objectsIn } from "../anthropic-messages/json.ts";

export function embedUsage({ body, headers }: WireReply): Usage | undefined {
  const whole = objectIn(body);
  const replies = Array.isArray(whole["each"]) ? objectsIn(whole["each"]) : [whole];
  const counts = replies.map((each) => each["inputTextTokenCount"]).filter((each) => typeof each === "number");
  if (counts.length > 0) return { inputTokens: counts.reduce((sum, each) => sum + each, 0) };
  const told = Number(headers["x-amzn-bedrock-input-token-count"] ?? Number.NaN);
  return Number.isFinite(told) ? { inputTokens: told } : undefined;
}

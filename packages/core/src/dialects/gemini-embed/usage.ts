/** What an embedding call used; only the newer models say so. */

import type { WireReply } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import type { EmbedReply } from "./wire.ts";

export function embedUsage(reply: WireReply): Usage | undefined {
  const told = (reply.body as EmbedReply | undefined)?.usageMetadata;
  const tokens = told?.promptTokenCount ?? told?.totalTokenCount;
  return tokens === undefined ? undefined : { inputTokens: tokens };
}

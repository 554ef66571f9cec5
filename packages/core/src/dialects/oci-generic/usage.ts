/** Oracle's counts. */

import type { WireReply } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import type { OciReply, OciUsage } from "./wire.ts";

export function ociUsage(told: OciUsage | undefined): Usage | undefined {
  if (!told || (told.promptTokens === undefined && told.completionTokens === undefined)) return undefined;
  const cached = told.promptTokensDetails?.cachedTokens;
  const reasoning = told.completionTokensDetails?.reasoningTokens;
  return {
    ...(told.promptTokens !== undefined && { inputTokens: told.promptTokens }),
    ...(told.completionTokens !== undefined && { outputTokens: told.completionTokens }),
    ...(typeof cached === "number" && { cacheReadTokens: cached }),
    ...(typeof reasoning === "number" && { reasoningTokens: reasoning }),
  };
}

export function usageOfReply({ body }: WireReply): Usage | undefined {
  return ociUsage((body as OciReply | null)?.chatResponse?.usage);
}

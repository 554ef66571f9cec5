/** The hands-off half of a provider side whose dialect no client speaks: it is never asked. */

import type { ProviderSide } from "./dialect.ts";
import { noGlance } from "./no-glance.ts";

export const translatedOnly: Pick<ProviderSide, "patch" | "glance" | "replyPatch"> = {
  patch: () => ({}),
  glance: noGlance,
  replyPatch: () => ({}),
};

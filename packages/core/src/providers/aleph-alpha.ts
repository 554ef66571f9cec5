/** Aleph Alpha: one completion endpoint. */

import { alephAlpha } from "../dialects/aleph-alpha/provider-side.ts";
import { keyAuth } from "./auth/key.ts";
import { supportedParameters } from "./parameters.ts";
import type { Provider } from "./provider.ts";

const NAME = "aleph_alpha";

export const alephAlphaProvider: Provider = {
  name: NAME,
  title: "Aleph Alpha",
  docs: "https://docs.aleph-alpha.com",
  auth: keyAuth({ env: ["ALEPH_ALPHA_API_KEY", "ALEPHALPHA_API_KEY"] }),
  baseEnv: ["ALEPH_ALPHA_API_BASE"],
  serve: (model, settings, facts) => ({
    model,
    baseUrl: settings.api_base ?? "https://api.aleph-alpha.com",
    supports: { chat: supportedParameters(NAME, "chat", model, facts) },
    sides: { chat: [alephAlpha] },
  }),
};

/** Deepgram: listens, and speaks with models that are called Aura. */

import { deepgramListen } from "../dialects/deepgram-listen/provider-side.ts";
import { deepgramSpeak } from "../dialects/deepgram-speak/provider-side.ts";
import { keyAuth } from "./auth/key.ts";
import { mediaWords } from "./media-parameters.ts";
import type { Provider } from "./provider.ts";

export const deepgram: Provider = {
  name: "deepgram",
  title: "Deepgram",
  docs: "https://developers.deepgram.com/reference",
  auth: keyAuth({ env: ["DEEPGRAM_API_KEY"], scheme: "Token " }),
  baseEnv: ["DEEPGRAM_API_BASE"],
  serve: (model, settings) => ({
    model,
    baseUrl: baseOf(settings.api_base),
    supports: { transcribe: mediaWords.heard, speak: mediaWords.spoken },
    sides: { transcribe: [deepgramListen], speak: [deepgramSpeak] },
  }),
};

/** People write the host, the version or the whole address. */
function baseOf(base = "https://api.deepgram.com/v1"): string {
  const bare = base.replace(/\/+$/, "").replace(/\/(listen|speak)$/, "");
  return /\/v\d+$/.test(bare) ? bare : `${bare}/v1`;
}

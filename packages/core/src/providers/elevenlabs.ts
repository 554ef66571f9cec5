/** ElevenLabs: speaks and listens. */

import { elevenlabsSpeech } from "../dialects/elevenlabs-speech/provider-side.ts";
import { elevenlabsTranscribe } from "../dialects/elevenlabs-transcribe/provider-side.ts";
import { keyAuth } from "./auth/key.ts";
import { mediaWords } from "./media-parameters.ts";
import type { Provider } from "./provider.ts";

export const elevenlabs: Provider = {
  name: "elevenlabs",
  title: "ElevenLabs",
  docs: "https://elevenlabs.io/docs/api-reference",
  auth: keyAuth({ env: ["ELEVENLABS_API_KEY"], header: "xi-api-key" }),
  baseEnv: ["ELEVENLABS_API_BASE"],
  serve: (model, settings) => ({
    model,
    baseUrl: (settings.api_base ?? "https://api.elevenlabs.io").replace(/\/+$/, "").replace(/\/v1$/, ""),
    supports: { speak: mediaWords.spoken, transcribe: mediaWords.heardWarm },
    sides: { speak: [elevenlabsSpeech], transcribe: [elevenlabsTranscribe] },
  }),
};

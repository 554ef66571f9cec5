/** What a model id means at Azure's speech resource, which speaks no OpenAI: one host speaks, another listens. */

import { azureSpeech } from "../dialects/azure-speech/provider-side.ts";
import { azureTranscribe } from "../dialects/azure-transcribe/provider-side.ts";
import type { ModelFacts } from "../hub/model-facts.ts";
import { mediaWords } from "./media-parameters.ts";
import type { Service, Settings } from "./provider.ts";

export const speechKeyHeader = "ocp-apim-subscription-key";

export function speechResource(model: string, settings: Settings, facts: ModelFacts): Service {
  const listens = facts.mode === "audio_transcription" || /stt|transcri/i.test(model);
  return {
    model,
    baseUrl: listens ? listenBase(settings) : speakBase(settings),
    addressHint: "litellm_params.api_base, for example https://eastus.tts.speech.microsoft.com",
    supports: { speak: mediaWords.spoken, transcribe: mediaWords.heard },
    sides: listens ? { transcribe: [azureTranscribe] } : { speak: [azureSpeech] },
  };
}

/** People write the region's host of speech or of the resource; a resource with a name of its own has both below it. */
function speakBase(settings: Settings): string {
  const base = written(settings);
  if (/\.cognitiveservices\.azure\.com$/.test(base)) return `${base}/tts`;
  return base.replace(".api.cognitive.microsoft.com", ".tts.speech.microsoft.com");
}

function listenBase(settings: Settings): string {
  return written(settings).replace(/\.(tts|stt)\.speech\.microsoft\.com$/, ".api.cognitive.microsoft.com");
}

function written({ api_base, region }: Settings): string {
  const known = typeof region === "string" && region !== "" ? `https://${region}.tts.speech.microsoft.com` : "";
  return (api_base ?? known).replace(/\/+$/, "").replace(/(\/tts)?\/cognitiveservices\/v1$/, "");
}

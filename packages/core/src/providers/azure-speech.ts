/** Azure Speech under a name of its own; `azure/speech/<model>` is the same. */

import { keyAuth } from "./auth/key.ts";
import { speechKeyHeader, speechResource } from "./azure-speech-resource.ts";
import type { Provider } from "./provider.ts";

export const azureSpeech: Provider = {
  name: "azure_speech",
  title: "Azure Speech",
  docs: "https://learn.microsoft.com/azure/ai-services/speech-service",
  auth: keyAuth({ env: ["AZURE_SPEECH_API_KEY", "AZURE_SPEECH_KEY", "AZURE_TTS_API_KEY"], header: speechKeyHeader }),
  baseEnv: ["AZURE_SPEECH_API_BASE"],
  settingsEnv: { region: ["AZURE_SPEECH_REGION"] },
  serve: speechResource,
};

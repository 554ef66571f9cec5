/** Google AI Studio: Gemini by API key. */

import type { ProviderSide } from "../dialects/dialect.ts";
import { gemini } from "../dialects/gemini/provider-side.ts";
import { geminiEmbed } from "../dialects/gemini-embed/provider-side.ts";
import { geminiImage, geminiImageEdit } from "../dialects/gemini-image/provider-side.ts";
import { geminiSpeech } from "../dialects/gemini-speech/provider-side.ts";
import { geminiTranscribe, geminiTranslate } from "../dialects/gemini-transcribe/provider-side.ts";
import { imagen, imagenEdit } from "../dialects/imagen/provider-side.ts";
import type { Operation } from "../hub/operations.ts";
import { keyAuth } from "./auth/key.ts";
import { geminiChatParameters, geminiMediaParameters, samplingRefusals } from "./gemini-parameters.ts";
import { supportedParameters } from "./parameters.ts";
import type { Auth, Provider, Service } from "./provider.ts";

const NAME = "gemini";
const ORIGIN = "https://generativelanguage.googleapis.com";
const VERSION = "/v1beta";

const byKey = keyAuth({ env: ["GOOGLE_API_KEY", "GEMINI_API_KEY"], header: "x-goog-api-key" });

/** Keys go into a header of Google's own; an OAuth token looks different and goes where tokens go. */
const auth: Auth = {
  env: byKey.env,
  connect: (settings, tools) =>
    settings.api_key?.startsWith("ya29.") ? { headers: { authorization: `Bearer ${settings.api_key}` } } : byKey.connect(settings, tools),
};

export const geminiProvider: Provider = {
  name: NAME,
  title: "Google AI Studio (Gemini)",
  docs: "https://ai.google.dev/api",
  auth,
  baseEnv: ["GEMINI_API_BASE"],
  serve: (model, settings, facts) => {
    const { baseUrl, named } = baseOf(settings.api_base);
    return {
      model,
      baseUrl,
      supports: {
        ...geminiMediaParameters,
        chat: geminiChatParameters(NAME, model, facts),
        embed: supportedParameters(NAME, "embed", model, facts),
      },
      ...samplingRefusals(facts),
      sides: named === undefined ? sidesOf(model) : sidesAt(named, model),
    };
  },
};

/** Imagen is asked in another format than Gemini, and for images only; the rest of a Gemini model's abilities is told by Google. */
function sidesOf(model: string): Service["sides"] {
  if (model.startsWith("imagen")) return { image: [imagen], editImage: [imagenEdit] };
  return {
    chat: [gemini],
    embed: [geminiEmbed],
    image: [geminiImage],
    editImage: [geminiImageEdit],
    speak: [geminiSpeech],
    transcribe: [geminiTranscribe],
    translate: [geminiTranslate],
  };
}

/** An address may stop before the version, or go on to the model and even its method: all are brought to the same place. */
function baseOf(apiBase: string | undefined): { baseUrl: string; named?: string } {
  if (!apiBase) return { baseUrl: ORIGIN + VERSION };
  const base = apiBase.replace(/(\/models)?\/*$/, "");
  if (base === ORIGIN) return { baseUrl: ORIGIN + VERSION };
  const found = /^(.*?)\/((?:models|tunedModels)\/[^/:?]+)(?::\w+)?(\?.*)?$/.exec(base);
  return found ? { baseUrl: `${found[1]}${found[3] ?? ""}`, named: found[2] } : { baseUrl: base };
}

/** The same sides, asked at the model that the address names. */
function sidesAt(named: string, model: string): Service["sides"] {
  const at = <O extends Operation>(side: ProviderSide<O>): ProviderSide<O> => ({
    ...side,
    path: (asked) => side.path({ ...asked, model: named }),
  });
  const sides = sidesOf(model);
  return {
    chat: sides.chat?.map(at),
    embed: sides.embed?.map(at),
    image: sides.image?.map(at),
    editImage: sides.editImage?.map(at),
    speak: sides.speak?.map(at),
    transcribe: sides.transcribe?.map(at),
    translate: sides.translate?.map(at),
  };
}

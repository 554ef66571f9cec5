/** Google AI Studio: Gemini by API key. */

import { gemini } from "../dialects/gemini/provider-side.ts";
import { geminiEmbed } from "../dialects/gemini-embed/provider-side.ts";
import type { ModelFacts } from "../hub/model-facts.ts";
import { keyAuth } from "./auth/key.ts";
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
    const supports = { chat: chatParameters(model, facts), embed: supportedParameters(NAME, "embed", model, facts) };
    return {
      model,
      baseUrl,
      supports,
      ...refusals(facts),
      sides: named === undefined ? { chat: [gemini], embed: [geminiEmbed] } : sidesAt(named),
    };
  },
};

/** An address may stop before the version, or go on to the model and even its method: all are brought to the same place. */
function baseOf(apiBase: string | undefined): { baseUrl: string; named?: string } {
  if (!apiBase) return { baseUrl: ORIGIN + VERSION };
  const base = apiBase.replace(/(\/models)?\/*$/, "");
  if (base === ORIGIN) return { baseUrl: ORIGIN + VERSION };
  const found = /^(.*?)\/((?:models|tunedModels)\/[^/:?]+)(?::\w+)?(\?.*)?$/.exec(base);
  return found ? { baseUrl: `${found[1]}${found[3] ?? ""}`, named: found[2] } : { baseUrl: base };
}

function sidesAt(named: string): Service["sides"] {
  return {
    chat: [{ ...gemini, path: (at) => gemini.path({ ...at, model: named }) }],
    embed: [{ ...geminiEmbed, path: (at) => geminiEmbed.path({ ...at, model: named }) }],
  };
}

/** Beyond the common list: what our translation turns into something that Google knows. */
function chatParameters(model: string, facts: ModelFacts): ReadonlySet<string> | undefined {
  const words = supportedParameters(NAME, "chat", model, facts);
  if (!words) return undefined;
  const calls = facts.supports_function_calling === false ? [] : ["function_call"];
  const speaks =
    facts.mode === undefined || facts.mode === "audio_speech" || facts["supports_audio_output"] === true || /tts|audio/.test(model);
  return new Set([...words, "top_logprobs", ...calls, ...(speaks ? ["audio"] : [])]);
}

/** Newer models choose their sampling themselves. */
function refusals(facts: ModelFacts): Pick<Service, "refuses"> {
  if (facts.supports_sampling_params !== false) return {};
  return { refuses: (asked) => ["temperature", "top_p", "top_k"].filter((name) => asked[name] !== undefined && asked[name] !== null) };
}

/** Azure OpenAI: OpenAI's wire behind a deployment's own address and a dated API version. */

import type { ModelFacts } from "../hub/model-facts.ts";
import { azureAdEnv, azureAuth } from "./auth/azure-ad.ts";
import { azureAddress } from "./azure-address.ts";
import { speechKeyHeader, speechResource } from "./azure-speech-resource.ts";
import { modelFamily } from "./model-family.ts";
import { familyQuirks, familyRefusals } from "./openai-rules.ts";
import { openaiSides, withQuery } from "./openai-sides.ts";
import { supportedParameters } from "./parameters.ts";
import type { Auth, Provider, Quirks, Service, Settings } from "./provider.ts";
import { fieldsOf, quirks } from "./quirks.ts";

const NAME = "azure";
const auth = azureAuth(["AZURE_API_KEY", "AZURE_OPENAI_API_KEY"]);
/** `azure/speech/<model>`: Azure's own voices, whose resource knows keys by another header. */
const speech = /(^|\/)speech\//;
const authWithSpeech: Auth = {
  env: auth.env,
  connect: (settings, tools) =>
    settings.api_key && speech.test(settings.model) ? { headers: { [speechKeyHeader]: settings.api_key } } : auth.connect(settings, tools),
};
const baseEnv = ["AZURE_API_BASE", "AZURE_OPENAI_ENDPOINT"];
const settingsEnv = { ...azureAdEnv, api_version: ["AZURE_API_VERSION", "OPENAI_API_VERSION"] };
const beside = ["embed", "image", "edit", "speak", "transcribe", "translate"] as const;
const docs = "https://learn.microsoft.com/azure/ai-foundry/openai/reference";

export const azure: Provider = {
  name: NAME,
  title: "Azure OpenAI",
  docs,
  auth: authWithSpeech,
  baseEnv,
  settingsEnv,
  serve(named, settings, facts) {
    if (named.startsWith("speech/")) return speechResource(named.slice("speech/".length), settings, facts);
    const deployment = named.replace(/^(o_series|gpt5_series)\//, "");
    // A deployment's name says what its owner likes; `base_model` says what it is.
    const model = realModel(facts, settings) ?? named;
    const family = modelFamily(model, { anywhere: true });
    const { baseUrl, query, version } = azureAddress(settings, deployment);
    return {
      model: deployment,
      baseUrl,
      supports: { chat: supportedParameters(NAME, "chat", model, facts) },
      refuses: both(familyRefusals(family, facts, model), tooNewFor(version)),
      quirks: quirks(familyQuirks(family, facts, model), toolChoiceAlone),
      sides: withQuery(openaiSides([facts.mode === "completion" ? "text" : "chat", ...beside]), query),
    };
  },
};

export const azureText: Provider = {
  name: "azure_text",
  title: "Azure OpenAI (text completions)",
  docs,
  auth,
  baseEnv,
  settingsEnv,
  serve(deployment, settings, facts) {
    const { baseUrl, query } = azureAddress(settings, deployment);
    return {
      model: deployment,
      baseUrl,
      supports: { chat: supportedParameters("azure_text", "chat", deployment, facts) },
      sides: withQuery(openaiSides(["text"]), query),
    };
  },
};

function realModel(facts: ModelFacts, settings: Settings): string | undefined {
  const base = facts["base_model"] ?? settings["base_model"];
  return typeof base === "string" ? base.replace(/^azure\//, "") : undefined;
}

/** Azure refuses a tool_choice where no tools are. */
const toolChoiceAlone: Quirks = {
  rules: [(wire) => (wire["tool_choice"] !== undefined && !hasTools(wire["tools"]) ? { remove: ["tool_choice"] } : undefined)],
};

function hasTools(tools: unknown): boolean {
  return Array.isArray(tools) && tools.length > 0;
}

/** Source: learn.microsoft.com/azure/ai-services/openai/api-version-deprecation. Versions without a date are current. */
function tooNewFor(version: string): Service["refuses"] {
  if (!/^\d{4}-\d\d/.test(version) || version >= "2024-08") return undefined;
  return (asked) => {
    const refused: string[] = [];
    const { tool_choice: choice } = asked;
    if (choice && (version < "2023-12" || (choice === "required" && version < "2024-06"))) refused.push("tool_choice");
    if (fieldsOf(asked["response_format"])["type"] === "json_schema") refused.push("response_format");
    return refused;
  };
}

function both(first: Service["refuses"], second: Service["refuses"]): Service["refuses"] {
  return first && second ? (asked) => [...first(asked), ...second(asked)] : (first ?? second);
}

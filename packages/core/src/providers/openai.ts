/** OpenAI itself, and any server that is named as `openai/<model>` with an address of its own. */

import { openaiImageEdits } from "../dialects/openai-images/provider-side.ts";
import { keyAuth } from "./auth/key.ts";
import { modelFamily } from "./model-family.ts";
import { familyQuirks, familyRefusals } from "./openai-rules.ts";
import { openaiSides } from "./openai-sides.ts";
import { supportedParameters } from "./parameters.ts";
import type { Provider, Settings } from "./provider.ts";

const NAME = "openai";
const BASE_URL = "https://api.openai.com/v1";
const beside = ["embed", "image", "edit", "vary", "speak", "transcribe", "translate", "moderate"] as const;

export const openai: Provider = {
  name: NAME,
  title: "OpenAI",
  docs: "https://platform.openai.com/docs/api-reference",
  auth: keyAuth({ env: ["OPENAI_API_KEY"] }),
  baseEnv: ["OPENAI_BASE_URL", "OPENAI_API_BASE"],
  settingsEnv: { organization: ["OPENAI_ORGANIZATION", "OPENAI_ORG_ID"], project: ["OPENAI_PROJECT_ID"] },
  serve: (model, settings, facts) => {
    const family = modelFamily(model);
    return {
      model,
      baseUrl: settings.api_base ?? BASE_URL,
      supports: { chat: supportedParameters(NAME, "chat", model, facts), embed: supportedParameters(NAME, "embed", model, facts) },
      refuses: familyRefusals(family, facts, model),
      quirks: familyQuirks(family, facts, model),
      // Chat models are asked as chat even by clients of text completions: they have no other address.
      sides: {
        ...openaiSides([facts.mode === "completion" ? "text" : "chat", ...beside]),
        // Images by address or id go up as JSON; only OpenAI itself takes an edit so.
        editImage: [{ ...openaiImageEdits, alsoJson: true }],
      },
      headers: accountHeaders(settings),
    };
  },
};

/** Whose account pays, where a key belongs to several. */
function accountHeaders(settings: Settings): Record<string, string> {
  const { organization, project } = settings;
  return {
    ...(typeof organization === "string" && organization !== "" && { "openai-organization": organization }),
    ...(typeof project === "string" && project !== "" && { "openai-project": project }),
  };
}

/** Mistral's platform and its code host: OpenAI's wire with narrower messages, and answers that may be lists of parts. */

import { mistralOcr } from "../dialects/mistral-ocr/provider-side.ts";
import { compatible } from "./compatible.ts";
import { mistralQuirks } from "./mistral-quirks.ts";
import type { Provider } from "./provider.ts";

const BASE_URL = "https://api.mistral.ai/v1";

const withV1 = (base: string): string => (/\/v1(\/|$)/.test(base) ? base : `${base.replace(/\/+$/, "")}/v1`);

export const mistral: Provider = compatible({
  name: "mistral",
  title: "Mistral AI",
  base: ({ api_base }) => (api_base ? withV1(api_base) : BASE_URL),
  key: ["MISTRAL_AZURE_API_KEY", "MISTRAL_API_KEY"],
  baseEnv: ["MISTRAL_API_BASE", "MISTRAL_AZURE_API_BASE"],
  does: ["chat", "embed", "speak", "transcribe", "moderate"],
  sides: { ocr: [mistralOcr] },
  quirks: mistralQuirks,
  docs: "https://docs.mistral.ai/api",
});

export const codestral: Provider = compatible({
  name: "codestral",
  title: "Codestral",
  base: "https://codestral.mistral.ai/v1",
  quirks: mistralQuirks,
});

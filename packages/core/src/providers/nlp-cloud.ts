/** NLP Cloud: text generation on GPUs, one path a model. */

import { nlpCloud } from "../dialects/nlp-cloud/provider-side.ts";
import { keyAuth } from "./auth/key.ts";
import { supportedParameters } from "./parameters.ts";
import type { Provider } from "./provider.ts";

const NAME = "nlp_cloud";

export const nlpCloudProvider: Provider = {
  name: NAME,
  title: "NLP Cloud",
  docs: "https://docs.nlpcloud.com/#text-generation",
  auth: keyAuth({ env: ["NLP_CLOUD_API_KEY"], scheme: "Token " }),
  baseEnv: ["NLP_CLOUD_API_BASE"],
  serve: (model, settings, facts) => ({
    model,
    baseUrl: settings.api_base ?? "https://api.nlpcloud.io/v1/gpu",
    supports: { chat: supportedParameters(NAME, "chat", model, facts) },
    sides: { chat: [nlpCloud] },
  }),
};

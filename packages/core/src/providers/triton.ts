/** NVIDIA Triton: a server of one's own, whose models are asked by the generate extension or by tensors. */

import { tritonEmbed } from "../dialects/triton-embed/provider-side.ts";
import { tritonGenerate } from "../dialects/triton-generate/provider-side.ts";
import { tritonInfer } from "../dialects/triton-infer/provider-side.ts";
import { keyAuth } from "./auth/key.ts";
import { supportedParameters } from "./parameters.ts";
import type { Provider, Settings } from "./provider.ts";

const NAME = "triton";
const ENDPOINT = /\/(generate|generate_stream|infer)\/?$/;

export const triton: Provider = {
  name: NAME,
  title: "NVIDIA Triton",
  docs: "https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/protocol/extension_generate.html",
  auth: keyAuth({ env: ["TRITON_API_KEY"], optional: true }),
  baseEnv: ["TRITON_API_BASE"],
  serve: (model, settings, facts) => ({
    model,
    baseUrl: baseOf(settings, model),
    supports: {
      chat: supportedParameters(NAME, "chat", model, facts),
      embed: supportedParameters(NAME, "embed", model, facts),
    },
    // Whoever writes the address of infer has a model that takes tensors.
    sides: { chat: [/\/infer\/?$/.test(settings.api_base ?? "") ? tritonInfer : tritonGenerate], embed: [tritonEmbed] },
  }),
};

/** The endpoint of a model, or the server alone. */
function baseOf({ api_base }: Settings, model: string): string {
  if (!api_base) return "";
  const bare = api_base.replace(ENDPOINT, "").replace(/\/+$/, "");
  return bare.includes("/v2/models/") ? bare : `${bare.replace(/\/v2$/, "")}/v2/models/${encodeURIComponent(model)}`;
}

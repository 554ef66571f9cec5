/** Oracle Cloud's generative AI service: signed requests, two chat formats. */

import { ociCohere } from "../dialects/oci-cohere/provider-side.ts";
import { ociEmbed } from "../dialects/oci-embed/provider-side.ts";
import { ociGeneric } from "../dialects/oci-generic/provider-side.ts";
import { ociAuth, ociEnv } from "./auth/oci.ts";
import { supportedParameters } from "./parameters.ts";
import type { Provider, Service } from "./provider.ts";

const NAME = "oci";

/** Cohere's models on Oracle decide for themselves whether they call a tool. */
const ownChoice: Service["refuses"] = ({ tool_choice: choice }) => (choice && choice !== "auto" ? ["tool_choice"] : []);

export const oci: Provider = {
  name: NAME,
  title: "Oracle Cloud",
  docs: "https://docs.oracle.com/en-us/iaas/api/#/en/generative-ai-inference",
  auth: ociAuth,
  baseEnv: ["OCI_API_BASE"],
  settingsEnv: ociEnv,
  serve(model, settings, facts) {
    const region = typeof settings["oci_region"] === "string" ? settings["oci_region"] : "us-ashburn-1";
    const isCohere = model.startsWith("cohere.");
    return {
      model,
      baseUrl: settings.api_base ?? `https://inference.generativeai.${region}.oci.oraclecloud.com`,
      supports: { chat: supportedParameters(NAME, "chat", model, facts), embed: supportedParameters(NAME, "embed", model, facts) },
      refuses: isCohere ? ownChoice : undefined,
      sides: { chat: [isCohere ? ociCohere : ociGeneric], embed: [ociEmbed] },
    };
  },
};

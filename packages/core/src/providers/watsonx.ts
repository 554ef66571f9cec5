/** IBM watsonx.ai: chat in OpenAI's wire under a path, a version and a project of its own; text generation, embeddings and reranking in IBM's. Source: cloud.ibm.com/apidocs/watsonx-ai. */

import type { ProviderSide } from "../dialects/dialect.ts";
import { openaiChat } from "../dialects/openai-chat/provider-side.ts";
import { watsonxEmbed } from "../dialects/watsonx-embed/provider-side.ts";
import { watsonxGenerate } from "../dialects/watsonx-generate/provider-side.ts";
import { watsonxRerank } from "../dialects/watsonx-rerank/provider-side.ts";
import { GatewayError } from "../errors.ts";
import type { Operation } from "../hub/operations.ts";
import { ibmAuth, ibmEnv } from "./auth/ibm-iam.ts";
import { errorList } from "./error-list.ts";
import { supportedParameters } from "./parameters.ts";
import type { Provider, Quirks, Settings } from "./provider.ts";
import { developerAsSystem, type Fields, fieldsOf, noStreamOptions, oldTokenLimit, quirks, toolRule } from "./quirks.ts";

const VERSION = "2024-03-13";
const DEPLOYMENT = /^deployment\//;

const settingsEnv = {
  ...ibmEnv,
  project_id: ["WATSONX_PROJECT_ID", "WX_PROJECT_ID"],
  space_id: ["WATSONX_DEPLOYMENT_SPACE_ID", "WATSONX_SPACE_ID", "WX_SPACE_ID"],
  region_name: ["WATSONX_REGION", "WX_REGION"],
  api_version: ["WATSONX_API_VERSION", "WX_API_VERSION"],
};

const chat: ProviderSide<"chat"> = { ...openaiChat, path: ({ stream }) => `/ml/v1/text/chat${stream ? "_stream" : ""}` };

/** "May", "must" and "must not" have a member of their own; a named tool stays. */
const toolChoice: Quirks = { rules: [({ tool_choice: choice }) => (typeof choice === "string" ? moved(choice) : undefined)] };
const moved = (choice: string) => ({ remove: ["tool_choice"], set: { tool_choice_option: choice } });

const plainTools: Quirks = {
  rules: [
    toolRule((tool) => {
      const { strict, ...described } = fieldsOf(tool["function"]);
      const parameters = fieldsOf(described["parameters"]);
      if (strict === undefined && !("additionalProperties" in parameters)) return tool;
      const { additionalProperties: _, ...schema } = parameters;
      return { ...tool, function: { ...described, ...(described["parameters"] !== undefined && { parameters: schema }) } };
    }),
  ],
};

/** Chunks lack what OpenAI's clients look at, so they are made anew. */
const chunksMadeAnew: Quirks = { chunk: ({ data }) => ({ data }) };

function watsonxNamed(name: string, title: string, side: ProviderSide<"chat">, own: Quirks | undefined): Provider {
  return {
    name,
    title,
    docs: "https://cloud.ibm.com/apidocs/watsonx-ai",
    auth: ibmAuth,
    baseEnv: ["WATSONX_URL", "WATSONX_API_BASE", "WX_URL", "WML_URL"],
    settingsEnv,
    serve(model, settings, facts) {
      const at = <O extends Operation>(each: ProviderSide<O>): ProviderSide<O> => ({
        ...each,
        path: (to) => `${pathOf(each.path(to), model)}?version=${encodeURIComponent(settings.api_version ?? VERSION)}`,
      });
      return {
        model,
        baseUrl: baseOf(settings),
        addressHint: "litellm_params.api_base (or WATSONX_URL in the environment), or region_name (WATSONX_REGION)",
        supports: { chat: supportedParameters(name, "chat", model, facts), embed: supportedParameters(name, "embed", model, facts) },
        quirks: quirks(own, errorList, whose(model, settings)),
        sides: { chat: [at(side)], embed: [at(watsonxEmbed)], rerank: [at(watsonxRerank)] },
      };
    },
  };
}

export const watsonx = watsonxNamed(
  "watsonx",
  "IBM watsonx.ai",
  chat,
  quirks(developerAsSystem, noStreamOptions, oldTokenLimit, toolChoice, plainTools, chunksMadeAnew),
);
export const watsonxText = watsonxNamed("watsonx_text", "IBM watsonx.ai (text)", watsonxGenerate, undefined);

function baseOf({ api_base, region_name, watsonx_region_name = region_name }: Settings): string {
  if (api_base) return api_base;
  return typeof watsonx_region_name === "string" ? `https://${watsonx_region_name}.ml.cloud.ibm.com` : "";
}

/** `deployment/<id>` has a path of its own. */
function pathOf(path: string, model: string): string {
  return DEPLOYMENT.test(model)
    ? path.replace("/ml/v1/", `/ml/v1/deployments/${encodeURIComponent(model.replace(DEPLOYMENT, ""))}/`)
    : path;
}

/** Whose account pays: a deployment knows, a model must be told. */
function whose(model: string, settings: Settings): Quirks {
  if (DEPLOYMENT.test(model)) return { drop: ["model", "model_id"] };
  const told: Fields = {};
  if (settings["project_id"]) told["project_id"] = settings["project_id"];
  else if (settings["space_id"]) told["space_id"] = settings["space_id"];
  const known: NonNullable<Quirks["rules"]>[number] = (wire) => {
    if (wire["project_id"] || wire["space_id"]) return undefined;
    throw new GatewayError(
      "bad_request",
      `watsonx.ai needs to know whose ${model} is called. Set litellm_params.project_id (WATSONX_PROJECT_ID) or space_id (WATSONX_DEPLOYMENT_SPACE_ID).`,
    );
  };
  return { drop: ["model"], force: { ...told, model_id: model }, rules: [known] };
}

/** Amazon Bedrock: Converse where it can be, InvokeModel where it must be; embeddings, images and reranking beside. */

import { familyOf } from "../dialects/bedrock-converse/family.ts";
import { bedrockConverse } from "../dialects/bedrock-converse/provider-side.ts";
import { bedrockEmbed } from "../dialects/bedrock-embed/provider-side.ts";
import { bedrockEditImage, bedrockImage } from "../dialects/bedrock-image/provider-side.ts";
import { invokeFamilyOf } from "../dialects/bedrock-invoke/families.ts";
import { bedrockInvokeAs } from "../dialects/bedrock-invoke/provider-side.ts";
import { bedrockRerank } from "../dialects/bedrock-rerank/provider-side.ts";
import { GatewayError } from "../errors.ts";
import type { ModelFacts } from "../hub/model-facts.ts";
import { awsAuth } from "./auth/aws.ts";
import { awsAddress, awsAddressHint, awsEnv, regionOf } from "./auth/aws-settings.ts";
import { embedOneByOne } from "./bedrock-embed-many.ts";
import { arnOf, type BedrockModel, bareId, bedrockModel } from "./bedrock-model.ts";
import { converseParameters, invokeParameters } from "./bedrock-parameters.ts";
import { supportedParameters } from "./parameters.ts";
import type { Provider, Service, Settings } from "./provider.ts";

const NAME = "bedrock";
const BEARER = "aws_bearer_token";

export const bedrock: Provider = {
  name: NAME,
  title: "Amazon Bedrock",
  docs: "https://docs.aws.amazon.com/bedrock/latest/APIReference",
  auth: awsAuth({ service: NAME, bearer: BEARER }),
  settingsEnv: {
    ...awsEnv,
    [BEARER]: ["AWS_BEARER_TOKEN_BEDROCK"],
    aws_bedrock_runtime_endpoint: ["AWS_BEDROCK_RUNTIME_ENDPOINT"],
  },
  serve(named, settings, facts) {
    const model = bedrockModel(named, facts);
    if (model.asks) throw notBuilt(model.asks, named);
    return {
      model: model.route === "rerank" ? arnOf(model.id, regionOf(settings)) : model.id,
      baseUrl: addressOf(model, settings),
      addressHint: awsAddressHint,
      ...chatOf(model, settings, facts),
      exchange: embedOneByOne,
    };
  },
};

function addressOf({ route }: BedrockModel, settings: Settings): string {
  const told = settings.api_base ?? settings["aws_bedrock_runtime_endpoint"];
  if (typeof told === "string" && told !== "") return told;
  return awsAddress(route === "rerank" ? "bedrock-agent-runtime" : "bedrock-runtime", regionOf(settings));
}

const others: Service["sides"] = { embed: [bedrockEmbed], image: [bedrockImage], editImage: [bedrockEditImage], rerank: [bedrockRerank] };
const words = (list: string): ReadonlySet<string> => new Set(list.split(" "));
const otherWords: Service["supports"] = {
  embed: words("dimensions encoding_format"),
  image: words("n quality response_format size"),
  editImage: words("mask n quality response_format size"),
  rerank: words("max_tokens_per_doc return_documents top_n"),
};

function chatOf(model: BedrockModel, settings: Settings, facts: ModelFacts): Pick<Service, "sides" | "supports" | "refuses"> {
  const named = { model: bareId(model.id), facts, settings };
  if (model.route === "invoke") {
    const family = invokeFamilyOf({ ...named, template: model.template });
    // Settled here: an ARN or base_model may hide the name that the dialect would go by.
    const chat = bedrockInvokeAs(family);
    const taken = family === "claude" ? supportedParameters("anthropic", "chat", named.model, facts) : invokeParameters(family, facts);
    return { sides: { ...others, chat: [chat] }, supports: { ...otherWords, ...(taken && { chat: taken }) } };
  }
  return {
    sides: { ...others, chat: [bedrockConverse] },
    supports: { ...otherWords, chat: converseParameters(familyOf(named), facts, named.model) },
    refuses: facts.supports_sampling_params === false ? refusedSampling : undefined,
  };
}

/** The newest models choose for themselves; 1 is what they would do anyway. */
function refusedSampling(asked: Readonly<Record<string, unknown>>): string[] {
  return ["temperature", "top_p"].filter((name) => asked[name] !== undefined && asked[name] !== null && asked[name] !== 1);
}

function notBuilt(route: string, named: string): GatewayError {
  return new GatewayError(
    "not_implemented",
    `Bedrock's ${route} API is known but not built, so bedrock/${named} cannot be called. Take a model of the Converse or Invoke API.`,
    { provider: NAME, model: named },
  );
}

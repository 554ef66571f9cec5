/** Amazon SageMaker: endpoints of one's own, by the format that their containers speak. */

import { awsError, awsFrameError } from "../dialects/aws-error.ts";
import type { ProviderSide, StreamDecoder } from "../dialects/dialect.ts";
import { openaiChat } from "../dialects/openai-chat/provider-side.ts";
import { sagemakerEmbed } from "../dialects/sagemaker-embed/provider-side.ts";
import { sagemakerHeaders, sagemakerPath } from "../dialects/sagemaker-endpoint.ts";
import { sagemakerText } from "../dialects/sagemaker-text/provider-side.ts";
import type { ChatChunk } from "../hub/chat.ts";
import { awsAuth } from "./auth/aws.ts";
import { awsAddress, awsAddressHint, awsEnv, regionOf } from "./auth/aws-settings.ts";
import { supportedParameters } from "./parameters.ts";
import type { Provider, Service, Settings } from "./provider.ts";

const docs = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html";
const auth = awsAuth({ service: "sagemaker" });
const NAME = "sagemaker";

/** OpenAI's wire behind AWS's address, in AWS's frames. */
const chatSide: ProviderSide<"chat"> = {
  ...openaiChat,
  framing: "aws-payload-parts",
  path: sagemakerPath,
  headers: sagemakerHeaders,
  stream: (context) => withExceptions(openaiChat.stream?.(context)),
  error: (reply) => (reply.headers["x-amzn-errortype"] === undefined ? openaiChat.error(reply) : awsError(reply)),
};

/** Frames may tell a failure of AWS's own between the container's events. */
function withExceptions(inner: StreamDecoder<ChatChunk> | undefined): StreamDecoder<ChatChunk> {
  if (!inner) throw new TypeError("This dialect has no stream.");
  return {
    push(event, emit) {
      const failure = awsFrameError(event);
      if (failure) throw failure;
      inner.push(event, emit);
    },
    end: (emit) => inner.end(emit),
    get usage() {
      return inner.usage;
    },
    get complete() {
      return inner.complete;
    },
  };
}

function endpoint(model: string, settings: Settings): Pick<Service, "model" | "baseUrl" | "addressHint"> {
  const told = settings.api_base ?? settings["sagemaker_base_url"];
  const base = typeof told === "string" && told !== "" ? told : awsAddress("runtime.sagemaker", regionOf(settings));
  return { model, baseUrl: base, addressHint: awsAddressHint };
}

export const sagemaker: Provider = {
  name: NAME,
  title: "Amazon SageMaker",
  docs,
  auth,
  settingsEnv: awsEnv,
  serve: (model, settings, facts) => ({
    ...endpoint(model, settings),
    supports: { chat: supportedParameters(NAME, "chat", model, facts) },
    sides: { chat: [sagemakerText], embed: [sagemakerEmbed] },
  }),
};

const chatRow = (name: string, title: string): Provider => ({
  name,
  title,
  docs,
  auth,
  settingsEnv: awsEnv,
  serve: (model, settings, facts) => ({
    ...endpoint(model, settings),
    supports: { chat: supportedParameters(name, "chat", model, facts) },
    sides: { chat: [chatSide], embed: [sagemakerEmbed] },
  }),
});

export const sagemakerChat = chatRow("sagemaker_chat", "Amazon SageMaker (chat)");
export const sagemakerNova = chatRow("sagemaker_nova", "Amazon SageMaker (Nova)");

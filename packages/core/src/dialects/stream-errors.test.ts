/** Errors that come as an event of a stream that began well: each dialect tells them in its own way. */

import { describe, expect, it } from "vitest";
import { encodeAwsEvents } from "../../../testkit/src/aws-events.ts";
import type { GatewayError } from "../errors.ts";
import { splitters } from "../transport/splitters.ts";
import type { WireEvent } from "../transport/transport.ts";
import { anthropicMessages } from "./anthropic-messages/provider-side.ts";
import { bedrockConverse } from "./bedrock-converse/provider-side.ts";
import { bedrockInvoke } from "./bedrock-invoke/provider-side.ts";
import { cohereChat } from "./cohere-chat/provider-side.ts";
import type { ProviderSide } from "./dialect.ts";
import { gemini } from "./gemini/provider-side.ts";
import { ollamaChat } from "./ollama-chat/provider-side.ts";
import { ollamaGenerate } from "./ollama-generate/provider-side.ts";
import { openaiChat } from "./openai-chat/provider-side.ts";
import { openaiCompletions } from "./openai-completions/provider-side.ts";
import { replicateChat } from "./replicate-prediction/provider-side.ts";
import { sagemakerText } from "./sagemaker-text/provider-side.ts";
import { sapOrchestration } from "./sap-orchestration/provider-side.ts";
import { tgiGenerate } from "./tgi-generate/provider-side.ts";
import { tritonGenerate } from "./triton-generate/provider-side.ts";
import { watsonxGenerate } from "./watsonx-generate/provider-side.ts";

const context = {
  asked: { model: "public", messages: [] },
  model: "wire-model",
  publicModel: "public",
  facts: {},
  settings: { model: "wire-model" },
  dropParams: false,
  fetched: new Map(),
  now: 1_790_000_000,
  newId: () => "1",
};

const data = (body: unknown, name?: string): WireEvent => ({ data: JSON.stringify(body), ...(name !== undefined && { name }) });

function awsException(name: string, message: string): WireEvent {
  const events: WireEvent[] = [];
  splitters["aws-event-stream"]().push(encodeAwsEvents([{ exception: name, json: { message } }]), (event) => void events.push(event));
  return events[0] ?? { data: "" };
}

function failureOf(side: ProviderSide<"chat">, event: WireEvent): GatewayError {
  const decoder = side.stream?.(context);
  try {
    decoder?.push(event, () => {});
  } catch (error) {
    expect(decoder?.complete).toBe(false);
    return error as GatewayError;
  }
  throw new Error("The event was taken for a good one.");
}

describe("an error event", () => {
  it.each<[string, ProviderSide<"chat">, WireEvent, string, string]>([
    ["OpenAI's {error} with a status", openaiChat, data({ error: { message: "Busy.", code: 503 } }), "unavailable", "Busy."],
    ["OpenAI's {error} with a type", openaiChat, data({ error: { message: "No.", type: "invalid_request_error" } }), "bad_request", "No."],
    ["an event that is called error", openaiChat, data({ message: "Crashed." }, "error"), "upstream_internal", "Crashed."],
    ["an object that is called error", openaiChat, data({ object: "error", message: "Too long.", code: 400 }), "bad_request", "Too long."],
    ["text completions", openaiCompletions, data({ object: "error", message: "Busy.", code: 503 }), "unavailable", "Busy."],
    [
      "Anthropic's",
      anthropicMessages,
      data({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } }, "error"),
      "upstream_internal",
      "Overloaded",
    ],
    [
      "Anthropic's limit",
      anthropicMessages,
      data({ type: "error", error: { type: "rate_limit_error", message: "Slow." } }, "error"),
      "rate_limit",
      "Slow.",
    ],
    ["Google's", gemini, data({ error: { code: 503, status: "UNAVAILABLE", message: "Overloaded." } }), "unavailable", "Overloaded."],
    [
      "Google's in a list",
      gemini,
      data([{ error: { code: 429, status: "RESOURCE_EXHAUSTED", message: "Quota." } }]),
      "rate_limit",
      "Quota.",
    ],
    ["Cohere's bare body", cohereChat, data({ message: "too many tokens: 9" }), "context_window", "too many tokens"],
    [
      "Cohere's last event",
      cohereChat,
      data({ type: "message-end", delta: { finish_reason: "ERROR", error: "Broke." } }),
      "upstream_internal",
      "Broke.",
    ],
    ["Ollama's line", ollamaChat, data({ error: "an error was encountered while running the model" }), "upstream_internal", "an error was"],
    ["Ollama's line of a completion", ollamaGenerate, data({ error: "model runner stopped" }), "upstream_internal", "model runner"],
    ["Bedrock's throttling", bedrockConverse, awsException("throttlingException", "Slow down."), "rate_limit", "Slow down."],
    ["Bedrock's failure", bedrockConverse, awsException("internalServerException", "Broke."), "upstream_internal", "Broke."],
    [
      "Bedrock's refusal",
      bedrockConverse,
      awsException("validationException", "Input is too long for requested model."),
      "context_window",
      "too long",
    ],
    ["Bedrock's model", bedrockInvoke, awsException("modelStreamErrorException", "Broke."), "upstream_internal", "Broke."],
    ["SageMaker's model", sagemakerText, awsException("ModelStreamError", "Broke."), "upstream_internal", "Broke."],
    [
      "TGI's",
      tgiGenerate,
      data({ error: "Request failed during generation", error_type: "generation" }),
      "upstream_internal",
      "Request failed",
    ],
    ["Triton's", tritonGenerate, data({ error: "stopped" }), "upstream_internal", "stopped"],
    [
      "watsonx's",
      watsonxGenerate,
      data({ errors: [{ code: "internal", message: "Broke." }], status_code: 500 }),
      "upstream_internal",
      "Broke.",
    ],
    ["SAP's", sapOrchestration, data({ error: { code: 503, message: "Busy." } }), "unavailable", "Busy."],
    ["Replicate's", replicateChat, { name: "error", data: JSON.stringify({ detail: "Broke." }) }, "upstream_internal", "Broke."],
    ["Replicate's call-off", replicateChat, { name: "done", data: '{"reason":"canceled"}' }, "upstream_internal", "cancel"],
  ])("%s is told as what it is", (_, side, event, kind, words) => {
    expect(failureOf(side, event)).toMatchObject({ kind, message: expect.stringContaining(words) });
  });
});

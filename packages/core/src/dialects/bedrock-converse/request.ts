/** A hub chat request as a Converse request. */

import type { ChatRequest } from "../../hub/chat.ts";
import { type AnswerFormat, answerFormat } from "../anthropic-messages/answer-format.ts";
import { objectIn, present, textIn } from "../anthropic-messages/json.ts";
import { type ToolNames, toolNames } from "../anthropic-messages/tool-names.ts";
import type { TranslateContext } from "../dialect.ts";
import { besideFields, betaFields, ownMembers } from "./additional.ts";
import { wireMessages } from "./messages.ts";
import { offeredTools, parallelChoice } from "./tools.ts";
import type { ConverseRequest, JsonObject } from "./wire.ts";

const LONGEST_NAME = 64;

/** Names of tools as this wire takes them. */
export function namesFor(asked: ChatRequest): ToolNames {
  return toolNames(asked, LONGEST_NAME);
}

export function converseRequest(context: TranslateContext<"chat">): ConverseRequest {
  const { asked } = context;
  const names = namesFor(asked);
  const { system, messages } = wireMessages(context, names);
  const inference = inferenceConfig(context);
  const { fields, thinking } = besideFields(context, inference.maxTokens);
  const format = answerFormat(context);
  const { toolConfig, hosted } = offeredTools(context, names, { format, thinking });
  const parallel = toolConfig && parallelChoice(context, toolConfig.toolChoice);
  const beside: JsonObject = { ...fields, ...(hosted.length > 0 && { tools: hosted }), ...(parallel && { tool_choice: parallel }) };
  const all = { ...beside, ...betaFields(context, beside) };
  return present<ConverseRequest>({
    messages,
    system: system.length > 0 ? system : undefined,
    inferenceConfig: Object.keys(inference).length > 0 ? inference : undefined,
    toolConfig,
    outputConfig: format?.by === "schema" ? outputConfig(asked, format) : asked["outputConfig"],
    additionalModelRequestFields: Object.keys(all).length > 0 ? all : undefined,
    serviceTier: serviceTier(asked),
    ...Object.fromEntries(ownMembers.map((name) => [name, asked[name]])),
  });
}

function inferenceConfig({ asked, facts }: TranslateContext<"chat">): NonNullable<ConverseRequest["inferenceConfig"]> {
  const most = asked.max_completion_tokens ?? asked.max_tokens;
  // The newest models choose for themselves; what they refuse was dropped or refused before.
  const samples = facts.supports_sampling_params !== false;
  return present({
    maxTokens: typeof most === "number" ? Math.max(1, Math.round(most)) : undefined,
    temperature: samples ? (asked.temperature ?? undefined) : undefined,
    topP: samples ? (asked.top_p ?? undefined) : undefined,
    stopSequences: stopSequences(asked),
  });
}

/** Empty ones are refused by the wire. */
function stopSequences(asked: ChatRequest): string[] | undefined {
  const told = typeof asked.stop === "string" ? [asked.stop] : (asked.stop ?? []);
  const own = asked["stop_sequences"];
  const all = [...told, ...(Array.isArray(own) ? own : [])].filter((each): each is string => typeof each === "string" && each !== "");
  return all.length > 0 ? all : undefined;
}

/** Source: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_JsonSchemaDefinition.html; the schema travels as a text. */
function outputConfig(asked: ChatRequest, format: Extract<AnswerFormat, { by: "schema" }>): JsonObject {
  const { name, description } = objectIn(objectIn(asked.response_format)["json_schema"]);
  const jsonSchema = present({ schema: JSON.stringify(format.schema), name: textIn(name), description: textIn(description) });
  return { textFormat: { type: "json_schema", structure: { jsonSchema } } };
}

function serviceTier(asked: ChatRequest): { type: string } | undefined {
  const own = asked["serviceTier"];
  const told = asked.service_tier ?? textIn(objectIn(own)["type"]) ?? textIn(own);
  if (!told) return undefined;
  return { type: told === "auto" ? "default" : told };
}

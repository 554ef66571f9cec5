/** A chat request in the hub's form → the body of generateContent. */

import type { TranslateContext } from "../dialect.ts";
import { generationConfig } from "./generation-config.ts";
import { camelOf, type Fields, fieldsOf } from "./json.ts";
import { turnsOf } from "./messages.ts";
import { mediaResolution } from "./parts.ts";
import { toolsOf } from "./tools.ts";
import type { GenerateRequest } from "./wire.ts";

/** What is translated by name; everything else travels on. */
const translated = new Set(
  (
    "model messages stream stream_options user metadata tools tool_choice functions function_call parallel_tool_calls web_search_options " +
    "include_server_side_tool_invocations reasoning_effort thinking response_format max_tokens max_completion_tokens stop n logprobs top_logprobs " +
    "temperature top_p top_k seed presence_penalty frequency_penalty modalities audio service_tier"
  ).split(" "),
);

/** Google's own members that clients send in either spelling, by where they stand. */
const inConfig = new Set(
  (
    "topP topK candidateCount maxOutputTokens stopSequences responseMimeType responseSchema responseJsonSchema presencePenalty frequencyPenalty " +
    "responseLogprobs enableEnhancedCivicAnswers speechConfig thinkingConfig imageConfig mediaResolution responseModalities audioTimestamp " +
    "routingConfig modelConfig modelSelectionConfig"
  ).split(" "),
);
const atTop = new Set("safetySettings cachedContent labels toolConfig systemInstruction serviceTier".split(" "));

const tiers: Readonly<Record<string, string>> = { auto: "priority", default: "standard" };

export function geminiRequest(context: TranslateContext<"chat">): GenerateRequest {
  const { asked, model } = context;
  const { system, contents } = turnsOf(context);
  const own = ownMembers(asked);
  const resolution = mediaResolution(asked.messages, model);
  const config = { ...generationConfig(context), ...(resolution && { mediaResolution: resolution }), ...own.config };
  const { toolConfig, tools } = toolsOf(context);
  return {
    contents,
    ...(system.length > 0 && { systemInstruction: { parts: system } }),
    ...(tools && { tools }),
    ...(toolConfig && { toolConfig }),
    ...(Object.keys(config).length > 0 && { generationConfig: config }),
    ...(asked.service_tier && { serviceTier: tiers[asked.service_tier] ?? asked.service_tier.toLowerCase() }),
    ...own.top,
  };
}

function ownMembers(asked: Readonly<Fields>): { config: Fields; top: Fields } {
  const config: Fields = {};
  const top: Fields = {};
  for (const [name, value] of Object.entries(asked)) {
    if (translated.has(name) || value === null || value === undefined) continue;
    const camel = camelOf(name);
    if (camel === "generationConfig") Object.assign(config, fieldsOf(value));
    else if (inConfig.has(camel)) config[camel] = value;
    else top[atTop.has(camel) ? camel : name] = value;
  }
  return { config, top };
}

/** Sampling, limits and the form of the answer → generationConfig. Source: ai.google.dev/api/generate-content#generationconfig. */

import { GatewayError } from "../../errors.ts";
import type { ChatRequest } from "../../hub/chat.ts";
import type { TranslateContext } from "../dialect.ts";
import { type Fields, fieldsOf, isFields, textOf } from "./json.ts";
import { readsJsonSchema } from "./model-version.ts";
import { openApiSchema } from "./schema.ts";
import { thinkingConfig } from "./thinking.ts";

const renamed: readonly (readonly [hub: string, wire: string])[] = [
  ["temperature", "temperature"],
  ["top_p", "topP"],
  ["top_k", "topK"],
  ["n", "candidateCount"],
  ["seed", "seed"],
  ["presence_penalty", "presencePenalty"],
  ["frequency_penalty", "frequencyPenalty"],
  ["top_logprobs", "logprobs"],
];

export function generationConfig({ asked, model, facts }: TranslateContext<"chat">): Fields {
  const config: Fields = {};
  for (const [hub, wire] of renamed) put(config, wire, asked[hub]);
  put(config, "maxOutputTokens", asked.max_completion_tokens ?? asked.max_tokens);
  if (asked.stop !== null && asked.stop !== undefined) config["stopSequences"] = typeof asked.stop === "string" ? [asked.stop] : asked.stop;
  if (asked.logprobs) config["responseLogprobs"] = true;
  const modalities = asked.modalities ?? (asked.audio ? ["audio"] : undefined);
  put(
    config,
    "responseModalities",
    modalities?.map((modality) => modality.toUpperCase()),
  );
  put(config, "speechConfig", speechConfig(asked));
  put(config, "thinkingConfig", thinkingConfig(asked, model, facts));
  return Object.assign(config, answerForm(asked, model));
}

function put(config: Fields, name: string, value: unknown): void {
  if (value !== null && value !== undefined) config[name] = value;
}

function speechConfig({ audio }: ChatRequest): Fields | undefined {
  if (!audio) return undefined;
  if (audio.format !== undefined && audio.format !== "pcm16") {
    throw new GatewayError("bad_request", `This model speaks pcm16 only, not ${audio.format}. Set audio.format to pcm16.`, {
      param: "audio.format",
    });
  }
  const voice = textOf(audio.voice) ?? textOf(fieldsOf(audio.voice)["name"]);
  return voice === undefined ? undefined : { voiceConfig: { prebuiltVoiceConfig: { voiceName: voice } } };
}

/** OpenAI's response_format, and the older `{type: json_object, response_schema}`. */
function answerForm({ response_format: format }: ChatRequest, model: string): Fields {
  if (!format) return {};
  if (format.type === "text") return { responseMimeType: "text/plain" };
  const schema = format.json_schema?.schema ?? format["response_schema"] ?? format["schema"];
  if (!isFields(schema)) return { responseMimeType: "application/json" };
  if (readsJsonSchema(model)) return { responseMimeType: "application/json", responseJsonSchema: schema };
  return { responseMimeType: "application/json", responseSchema: openApiSchema(schema, true) };
}

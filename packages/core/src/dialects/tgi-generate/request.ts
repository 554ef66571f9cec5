/** A chat request in the hub's form → the body of /generate: one prompt and its parameters. */

import type { ChatRequest } from "../../hub/chat.ts";
import type { TranslateContext } from "../dialect.ts";
import { generationParameters } from "../generation-parameters.ts";
import { templatedPrompt } from "../prompt-template.ts";

const names: Readonly<Record<string, string>> = {
  max_completion_tokens: "max_new_tokens",
  max_tokens: "max_new_tokens",
  temperature: "temperature",
  top_p: "top_p",
  seed: "seed",
  stop: "stop",
  n: "best_of",
};

export function tgiRequest({ asked, settings }: TranslateContext<"chat">): Record<string, unknown> {
  const parameters: Record<string, unknown> = {
    ...generationParameters(asked, names),
    ...format(asked),
    details: true,
    return_full_text: false,
  };
  // The server refuses nothing at all, and a temperature of zero: both mean as little as possible.
  if (parameters["max_new_tokens"] === 0) parameters["max_new_tokens"] = 1;
  if (parameters["temperature"] === 0) parameters["temperature"] = 0.01;
  if (typeof settings["adapter_id"] === "string") parameters["adapter_id"] ??= settings["adapter_id"];
  return { inputs: templatedPrompt(asked.messages, settings), parameters };
}

function format({ response_format: asked }: ChatRequest): Record<string, unknown> {
  if (!asked || asked.type === "text") return {};
  const schema = asked.json_schema?.schema;
  return { response_format: { type: "json_object", ...(schema && { schema }) } };
}

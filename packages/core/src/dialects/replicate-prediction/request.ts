/** A chat request in the hub's form → the body of a prediction. */

import type { TranslateContext } from "../dialect.ts";
import { generationParameters } from "../generation-parameters.ts";
import { textOf } from "../openai-completions/prompt.ts";
import { templatedPrompt } from "../prompt-template.ts";

const names: Readonly<Record<string, string>> = { temperature: "temperature", top_p: "top_p", seed: "seed", stop: "stop_sequences" };

export function replicateRequest({ asked, model, settings, facts }: TranslateContext<"chat">): Record<string, unknown> {
  const limit = /vicuna|flan/.test(model) ? "max_length" : "max_new_tokens";
  const parameters = generationParameters(asked, { ...names, max_completion_tokens: limit, max_tokens: limit });
  const apart = facts["supports_system_prompt"] === true;
  const system = apart ? asked.messages.filter(({ role }) => role === "system" || role === "developer") : [];
  const prompt = templatedPrompt(apart ? asked.messages.filter((message) => !system.includes(message)) : asked.messages, settings);
  const version = model.includes(":") ? model.slice(model.indexOf(":") + 1) : undefined;
  // Stop sequences are one text there.
  const stop = parameters["stop_sequences"];
  return {
    ...(version !== undefined && { version }),
    input: {
      prompt,
      ...(system.length > 0 && { system_prompt: system.map((message) => textOf(message)).join("\n") }),
      ...parameters,
      ...(Array.isArray(stop) && { stop_sequences: stop.join(",") }),
    },
  };
}

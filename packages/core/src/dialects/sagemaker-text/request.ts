/** A hub chat request as `inputs` and `parameters`. */

import { chatMlPrompt, llama2Prompt, llama3Prompt, mistralPrompt, type Prompt, plainPrompt, saidIn } from "../bedrock-invoke/prompts.ts";
import type { TranslateContext } from "../dialect.ts";

type JsonObject = Record<string, unknown>;

/** By what stands in `hf_model_name`, or in the endpoint's own name. */
const prompts: readonly (readonly [RegExp, Prompt])[] = [
  [/llama-?3/i, llama3Prompt],
  [/llama/i, llama2Prompt],
  [/mistral|mixtral/i, mistralPrompt],
  [/qwen|chatml|hermes/i, chatMlPrompt],
];

const translated = new Set(
  "model messages stream stream_options max_tokens max_completion_tokens temperature top_p stop n user metadata extra_headers hf_model_name".split(
    " ",
  ),
);

export function promptFor({ asked, model, settings }: TranslateContext<"chat">): string {
  const told = asked["hf_model_name"] ?? settings["hf_model_name"];
  const name = typeof told === "string" && told !== "" ? told : model;
  const prompt = prompts.find(([pattern]) => pattern.test(name))?.[1] ?? plainPrompt;
  return prompt(saidIn(asked));
}

export function sagemakerTextRequest(context: TranslateContext<"chat">): JsonObject {
  const { asked } = context;
  const most = asked.max_completion_tokens ?? asked.max_tokens;
  const own = Object.entries(asked).filter(([name, value]) => !translated.has(name) && value !== null && value !== undefined);
  const parameters: JsonObject = {
    // The containers refuse zero for both.
    ...(typeof most === "number" && { max_new_tokens: Math.max(1, most) }),
    ...(typeof asked.temperature === "number" && { temperature: asked.temperature === 0 ? 0.01 : asked.temperature }),
    ...(asked.top_p !== undefined && asked.top_p !== null && { top_p: asked.top_p }),
    ...(asked.stop && { stop: typeof asked.stop === "string" ? [asked.stop] : asked.stop }),
    ...(asked.n && asked.n > 1 && { best_of: asked.n, do_sample: true }),
    ...Object.fromEntries(own),
  };
  return { inputs: promptFor(context), parameters, ...(asked.stream === true && { stream: true }) };
}

/** OpenAI's parameters as Ollama's: sampling goes into `options`, the rest beside it. */

import type { ChatRequest } from "../../hub/chat.ts";
import { operations } from "../../hub/operations.ts";

/** OpenAI's name → the name in `options`; of two that mean the same the later wins. */
const optionNames: Readonly<Record<string, string>> = {
  max_completion_tokens: "num_predict",
  max_tokens: "num_predict",
  temperature: "temperature",
  top_p: "top_p",
  seed: "seed",
  stop: "stop",
  presence_penalty: "presence_penalty",
  frequency_penalty: "repeat_penalty",
};

/** Ollama's own members beside `options`; what else nobody knows is taken for an option: top_k, num_ctx, mirostat … */
const besideOptions: ReadonlySet<string> = new Set(["keep_alive", "format", "truncate", "shift"]);

/** `more`: members that only one endpoint has. */
export function parametersOf(asked: ChatRequest, model: string, more: ReadonlySet<string>): Record<string, unknown> {
  const beside: Record<string, unknown> = {};
  const own = asked["options"];
  const options: Record<string, unknown> = own !== null && typeof own === "object" ? { ...own } : {};
  for (const [name, value] of Object.entries(asked)) {
    if (value === undefined || value === null || name === "options" || name === "think") continue;
    if (besideOptions.has(name) || more.has(name)) beside[name] = value;
    else if (optionNames[name] === undefined && !isOpenai(name)) options[name] = value;
  }
  for (const [name, option] of Object.entries(optionNames)) {
    const value = asked[name];
    if (value !== undefined && value !== null) options[option] = name === "stop" && !Array.isArray(value) ? [value] : value;
  }
  const format = formatOf(asked);
  const think = thinkOf(asked, model);
  return {
    ...(format !== undefined && { format }),
    ...(think !== undefined && { think }),
    ...beside,
    ...(Object.keys(options).length > 0 && { options }),
  };
}

function isOpenai(name: string): boolean {
  return operations.chat.known.has(name) || operations.chat.always.has(name);
}

function formatOf({ response_format: wanted }: ChatRequest): unknown {
  if (wanted?.type === "json_object") return "json";
  if (wanted?.type === "json_schema") return wanted.json_schema?.schema ?? "json";
  return undefined;
}

/** Most models think or do not; gpt-oss always does, more or less. */
function thinkOf(asked: ChatRequest, model: string): unknown {
  if (asked["think"] !== undefined) return asked["think"];
  const told = asked.reasoning_effort;
  const effort = told !== null && typeof told === "object" ? told.effort : told;
  if (effort) return effort === "none" ? false : isGptOss(model) ? (levels[effort] ?? effort) : true;
  if (asked.thinking) return asked.thinking.type !== "disabled";
  return undefined;
}

const levels: Readonly<Record<string, string>> = { minimal: "low", xhigh: "high", max: "high" };

function isGptOss(model: string): boolean {
  return /(^|\/)gpt-oss/.test(model);
}

/** Whose body a model of InvokeModel wants, told by its name. */

import type { ModelFacts } from "../../hub/model-facts.ts";
import type { Settings } from "../dialect.ts";

export type InvokeFamily =
  | "claude"
  | "nova"
  | "titan"
  | "llama"
  | "mistral-text"
  | "command"
  | "command-r"
  | "jurassic"
  | "deepseek-text"
  | "qwen"
  | "pegasus"
  | "open";

/** First wins; what none knows speaks OpenAI's chat completions, as the open models of late do. */
const families: readonly (readonly [RegExp, InvokeFamily])[] = [
  [/claude|^anthropic$/, "claude"],
  [/nova/, "nova"],
  [/titan/, "titan"],
  [/llama/, "llama"],
  [/mistral|mixtral/, "mistral-text"],
  [/command-(r|a)|^cohere$/, "command-r"],
  [/command/, "command"],
  [/\bj2-|jurassic/, "jurassic"],
  [/deepseek[._-]r1/, "deepseek-text"],
  [/^qwen\d$/, "qwen"],
  [/pegasus/, "pegasus"],
];

export interface NamedModel {
  readonly model: string;
  readonly facts: ModelFacts;
  readonly settings: Settings;
  /** How an imported model is spoken to, where its owner says so. */
  readonly template?: string;
}

export function invokeFamilyOf({ model, facts, settings, template }: NamedModel): InvokeFamily {
  const base = facts["base_model"] ?? settings["base_model"];
  const name = (template ?? (typeof base === "string" && base !== "" ? base : model)).toLowerCase();
  return families.find(([pattern]) => pattern.test(name))?.[1] ?? "open";
}

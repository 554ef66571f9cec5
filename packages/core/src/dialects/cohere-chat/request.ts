/** A chat request in the hub's form → the body of /v2/chat. Source: docs.cohere.com/reference/chat. */

import { GatewayError } from "../../errors.ts";
import type { ChatRequest, Tool } from "../../hub/chat.ts";
import type { TranslateContext } from "../dialect.ts";
import { messagesOf } from "./messages.ts";

/** OpenAI's name → Cohere's; of two that mean the same the later wins. */
const names: Readonly<Record<string, string>> = {
  max_tokens: "max_tokens",
  max_completion_tokens: "max_tokens",
  top_p: "p",
  top_k: "k",
};

/** Said in another way, or not at all. */
const translated = new Set(
  (
    "model messages stream stream_options user metadata stop tools tool_choice functions function_call response_format thinking " +
    "reasoning_effort parallel_tool_calls"
  ).split(" "),
);

export function cohereRequest(context: TranslateContext<"chat">): Record<string, unknown> {
  const { asked, model } = context;
  return {
    model,
    messages: messagesOf(asked.messages),
    ...(asked.stream && { stream: true }),
    ...plain(asked),
    ...stop(asked),
    ...tools(context),
    ...format(asked),
    ...thinking(asked),
  };
}

function plain(asked: ChatRequest): Record<string, unknown> {
  const told: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(asked)) {
    if (value === null || value === undefined || translated.has(name)) continue;
    told[names[name] ?? name] = value;
  }
  return told;
}

function stop({ stop: asked }: ChatRequest): Record<string, unknown> {
  if (asked === null || asked === undefined) return {};
  return { stop_sequences: Array.isArray(asked) ? asked : [asked] };
}

/** Cohere knows no named choice: the one tool that must be called is the only one it is told of. */
function tools(context: TranslateContext<"chat">): Record<string, unknown> {
  const { asked } = context;
  const all = functionsOf(context);
  if (all.length === 0) return {};
  const choice = asked.tool_choice ?? asked.function_call;
  const named = nameOf(choice);
  const told = named === undefined ? all : all.filter((each) => each["name"] === named);
  const strict = told.some((each) => each["strict"] === true);
  return {
    tools: told.map(({ strict: _, ...described }) => ({ type: "function", function: described })),
    ...(strict && { strict_tools: true }),
    ...(choice === "none" && { tool_choice: "NONE" }),
    ...((choice === "required" || named !== undefined) && { tool_choice: "REQUIRED" }),
  };
}

function functionsOf({ asked, dropParams }: TranslateContext<"chat">): Record<string, unknown>[] {
  const told = (asked.functions ?? []).map((each): Record<string, unknown> => ({ ...each }));
  for (const tool of asked.tools ?? []) {
    const described = describedBy(tool);
    if (described) told.push(described);
    else if (!dropParams) {
      throw new GatewayError("unsupported_params", `Cohere knows no tool of type '${tool.type}'. Leave it out, or set drop_params.`, {
        param: "tools",
      });
    }
  }
  return told;
}

function describedBy(tool: Tool): Record<string, unknown> | undefined {
  const { function: described } = tool as { function?: unknown };
  return tool.type === "function" && described !== null && typeof described === "object"
    ? (described as Record<string, unknown>)
    : undefined;
}

function nameOf(choice: unknown): string | undefined {
  if (choice === null || typeof choice !== "object") return undefined;
  const { name, function: called } = choice as { name?: string; function?: { name?: string } };
  return called?.name ?? name;
}

function format({ response_format: asked }: ChatRequest): Record<string, unknown> {
  if (!asked) return {};
  const schema = asked.json_schema?.schema ?? asked["schema"];
  if (asked.type === "json_schema") return { response_format: { type: "json_object", ...(schema ? { json_schema: schema } : {}) } };
  return { response_format: asked };
}

/** Models that reason do so unless told not to. Source: docs.cohere.com/docs/reasoning. */
function thinking(asked: ChatRequest): Record<string, unknown> {
  const told = asked.thinking;
  if (told) {
    const { type, budget_tokens: budget, ...rest } = told;
    return {
      thinking: { ...rest, type: type === "disabled" ? "disabled" : "enabled", ...(budget !== undefined && { token_budget: budget }) },
    };
  }
  const given = asked.reasoning_effort;
  const effort = given !== null && typeof given === "object" ? given.effort : given;
  return effort ? { thinking: { type: effort === "none" ? "disabled" : "enabled" } } : {};
}

/** A hub chat request as a Messages request. */

import { GatewayError } from "../../errors.ts";
import type { ChatRequest } from "../../hub/chat.ts";
import type { ModelFacts } from "../../hub/model-facts.ts";
import type { TranslateContext } from "../dialect.ts";
import { type AnswerFormat, answerFormat } from "./answer-format.ts";
import { contextManagement } from "./context-management.ts";
import { objectIn, objectsIn, present, textIn } from "./json.ts";
import { wireMessages } from "./messages.ts";
import { thoughtOf } from "./thinking.ts";
import { wireToolChoice } from "./tool-choice.ts";
import { type ToolNames, toolNames } from "./tool-names.ts";
import { wireTools } from "./tools.ts";
import type { MessagesRequest, WireThinking, WireTool, WireToolChoice } from "./wire.ts";

/** Enough for an answer where nobody says what the model can do. */
const DEFAULT_MAX_TOKENS = 4096;

/** What the translation uses up; every other member of the request is the provider's own and travels on. */
const consumed = new Set(
  (
    "model messages stream stream_options max_tokens max_completion_tokens temperature top_p top_k stop user metadata tools tool_choice " +
    "parallel_tool_calls functions function_call response_format reasoning_effort thinking web_search_options context_management " +
    "service_tier speed mcp_servers output_config extra_headers"
  ).split(" "),
);

export function wireRequest(context: TranslateContext<"chat">): MessagesRequest {
  const { asked, model } = context;
  const names = toolNames(asked);
  const { system, messages } = wireMessages(context, names);
  const allowed = allowedTokens(asked);
  const { thinking, effort } = thoughtOf(context, allowed);
  const format = answerFormat(context);
  const { tools, servers } = wireTools(context, names);
  const mcp = [...objectsIn(asked["mcp_servers"]), ...servers];
  return present<MessagesRequest>({
    model,
    messages,
    max_tokens: allowed ?? defaultTokens(context.facts, thinking),
    system: system.length > 0 ? system : undefined,
    ...sampling(context),
    stop_sequences: stopSequences(context),
    ...offered(context, { names, tools, format, thinking }),
    thinking,
    output_config: outputConfig(asked, effort, format),
    metadata: metadata(asked),
    mcp_servers: mcp.length > 0 ? (mcp as MessagesRequest["mcp_servers"]) : undefined,
    context_management: contextManagement(asked["context_management"]),
    service_tier: asked.service_tier === "default" ? "standard_only" : (asked.service_tier ?? undefined),
    speed: speed(context),
    ...providersOwn(asked),
    stream: asked.stream === true ? true : undefined,
  });
}

/** When both are given the newer name wins. */
function allowedTokens(asked: ChatRequest): number | undefined {
  const told = asked.max_completion_tokens ?? asked.max_tokens;
  return typeof told === "number" ? Math.max(1, Math.round(told)) : undefined;
}

/** A thinking budget counts as part of the answer, so room for the answer itself is put on top. */
function defaultTokens(facts: ModelFacts, thinking: WireThinking | undefined): number {
  const most = facts.max_output_tokens ?? facts.max_tokens;
  const budget = thinking?.type === "enabled" ? thinking.budget_tokens : undefined;
  if (budget === undefined) return most ?? DEFAULT_MAX_TOKENS;
  return Math.max(budget + 1, Math.min(budget + DEFAULT_MAX_TOKENS, most ?? Number.POSITIVE_INFINITY));
}

/** The newest models choose for themselves; 1 is what they would do anyway. */
function sampling({ asked, facts, dropParams }: TranslateContext<"chat">): Pick<MessagesRequest, "temperature" | "top_p" | "top_k"> {
  const told = present({ temperature: asked.temperature, top_p: asked.top_p, top_k: asked["top_k"] as number | null | undefined });
  if (facts.supports_sampling_params !== false) return told as Pick<MessagesRequest, "temperature" | "top_p" | "top_k">;
  const refused = Object.entries(told).filter(([name, value]) => name === "top_k" || value !== 1);
  const [first] = refused;
  if (!first || dropParams) return {};
  throw new GatewayError(
    "unsupported_params",
    `This model takes no ${refused.map(([name]) => name).join(", ")}. Leave it out, or set drop_params: true.`,
    {
      param: first[0],
    },
  );
}

function stopSequences({ asked, dropParams }: TranslateContext<"chat">): string[] | undefined {
  const told = typeof asked.stop === "string" ? [asked.stop] : (asked.stop ?? []);
  const own = asked["stop_sequences"];
  const all = [...told, ...(Array.isArray(own) ? (own as string[]) : [])];
  const kept = dropParams ? all.filter((each) => each.trim() !== "") : all;
  return kept.length > 0 ? kept : undefined;
}

interface Offer {
  readonly names: ToolNames;
  readonly tools: readonly WireTool[];
  readonly format: AnswerFormat | undefined;
  readonly thinking: WireThinking | undefined;
}

/** Tools and the choice among them, with the tool that carries a formatted answer. */
function offered(
  context: TranslateContext<"chat">,
  { names, tools, format, thinking }: Offer,
): Pick<MessagesRequest, "tools" | "tool_choice"> {
  const choice = wireToolChoice(context, names);
  if (format?.by === "tool") {
    const forced = forcedChoice(context, { choice, tools, thinking, name: format.tool.name ?? "" });
    return { tools: [...tools, format.tool], tool_choice: forced };
  }
  if (tools.length > 0) return { tools: [...tools], tool_choice: choice };
  // The wire refuses a history with calls when no tool is declared.
  return mentionsTools(context.asked) ? { tools: [placeholderTool], tool_choice: { type: "none" } } : {};
}

const placeholderTool: WireTool = {
  name: "dummy_tool",
  description: "Stands for tools of earlier turns; it cannot be called.",
  input_schema: { type: "object", properties: {} },
};

interface Forcing {
  readonly choice: WireToolChoice | undefined;
  readonly tools: readonly WireTool[];
  readonly thinking: WireThinking | undefined;
  readonly name: string;
}

/** The answer tool must be called, unless the client's own tools may be; a thinking model cannot be forced. */
function forcedChoice(context: TranslateContext<"chat">, { choice, tools, thinking, name }: Forcing): WireToolChoice | undefined {
  const free = context.facts["supports_forced_tool_use"] === false || (thinking !== undefined && thinking.type !== "disabled");
  if (free) return choice?.type === "none" ? undefined : choice;
  if (tools.length === 0 || choice?.type === "none") return { type: "tool", name };
  return choice?.type === "tool" ? choice : { ...choice, type: "any" };
}

function mentionsTools(asked: ChatRequest): boolean {
  return asked.messages.some((message) => message.role === "tool" || objectsIn(message.tool_calls).length > 0 || message.function_call);
}

function outputConfig(asked: ChatRequest, effort: string | undefined, format: AnswerFormat | undefined): MessagesRequest["output_config"] {
  const config = {
    ...(effort && { effort }),
    ...(format?.by === "schema" && { format: { type: "json_schema" as const, schema: format.schema } }),
    ...objectIn(asked["output_config"]),
  };
  return Object.keys(config).length > 0 ? config : undefined;
}

/** Only an opaque id may travel: addresses and phone numbers stay here. */
function metadata(asked: ChatRequest): MessagesRequest["metadata"] {
  const told = [asked.user, objectIn(asked.metadata)["user_id"]].map(textIn).find((each) => each && !isPersonal(each));
  return told ? { user_id: told } : undefined;
}

function isPersonal(id: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(id) || /^\+?[\d\s().-]{7,}$/.test(id);
}

function speed({ asked, facts, dropParams }: TranslateContext<"chat">): string | undefined {
  const told = textIn(asked["speed"]);
  // A model that nobody described may well be fast.
  const known = facts.mode !== undefined && facts["supports_speed"] !== true;
  if (told !== "fast" || !known) return told;
  if (dropParams) return undefined;
  throw new GatewayError("unsupported_params", 'This model takes no speed "fast". Leave it out, or set drop_params: true.', {
    param: "speed",
  });
}

function providersOwn(asked: ChatRequest): Record<string, unknown> {
  const own: Record<string, unknown> = {};
  for (const name in asked)
    if (!consumed.has(name) && name !== "stop_sequences" && !(name === "n" && asked[name] === 1)) own[name] = asked[name];
  return own;
}

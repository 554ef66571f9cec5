/** The hub's tools and the choice among them, as the wire's `toolConfig`. */

import { GatewayError } from "../../errors.ts";
import type { ChatRequest } from "../../hub/chat.ts";
import type { AnswerFormat } from "../anthropic-messages/answer-format.ts";
import { isObject, objectIn, objectsIn, present, textIn } from "../anthropic-messages/json.ts";
import { toolSchema } from "../anthropic-messages/schema.ts";
import type { ToolNames } from "../anthropic-messages/tool-names.ts";
import { nameOf } from "../anthropic-messages/tools.ts";
import type { TranslateContext } from "../dialect.ts";
import { familyOf } from "./family.ts";
import { cachePoints } from "./parts.ts";
import type { JsonObject, ToolConfig, WireTool } from "./wire.ts";

type Choice = NonNullable<ToolConfig["toolChoice"]>;

/** Tools that Claude knows by type: they travel beside the wire's own list. */
const hosted = /^(computer|bash|text_editor|memory|tool_search_tool)_/;

export interface Offered {
  readonly toolConfig?: ToolConfig;
  /** For `additionalModelRequestFields.tools`. */
  readonly hosted: JsonObject[];
}

export function offeredTools(
  context: TranslateContext<"chat">,
  names: ToolNames,
  { format, thinking }: { format: AnswerFormat | undefined; thinking: boolean },
): Offered {
  const { asked } = context;
  const none = asked.tool_choice === "none" || asked.function_call === "none";
  const found = none ? [] : [...chosen(asked), ...objectsIn(asked.functions).map((each) => ({ type: "function", function: each }))];
  const own = found.filter((tool) => hosted.test(textIn(tool["type"]) ?? ""));
  const tools = found.filter((tool) => !own.includes(tool)).flatMap((tool) => wireTools(tool, context, names));
  if (asked.web_search_options && !none) tools.push({ systemTool: { name: "nova_grounding" } });
  const choice = tools.length > 0 ? choiceOf(asked.tool_choice ?? asked.function_call, names) : undefined;
  const answer = format?.by === "tool" ? answerTool(format) : undefined;
  if (answer) return { toolConfig: withAnswer(context, { tools, choice, answer, thinking }), hosted: own.map(flat) };
  if (tools.length > 0) return { toolConfig: present({ tools, toolChoice: choice }), hosted: own.map(flat) };
  // The wire refuses a history with calls when no tool is declared.
  return { ...(mentionsTools(asked) && { toolConfig: { tools: [placeholderTool] } }), hosted: own.map(flat) };
}

const placeholderTool: WireTool = {
  toolSpec: {
    name: "dummy_tool",
    description: "Stands for tools of earlier turns; it must not be called.",
    inputSchema: { json: { type: "object", properties: {} } },
  },
};

interface Answering {
  readonly tools: WireTool[];
  readonly choice: Choice | undefined;
  readonly answer: WireTool;
  readonly thinking: boolean;
}

/** The answer tool must be called, unless the client's own tools may be; a thinking model cannot be forced. */
function withAnswer({ facts }: TranslateContext<"chat">, { tools, choice, answer, thinking }: Answering): ToolConfig {
  const all = [...tools, answer];
  const free = thinking || facts["supports_tool_choice"] === false || facts["supports_forced_tool_use"] === false;
  if (free) return present({ tools: all, toolChoice: choice });
  if (tools.length === 0) return { tools: all, toolChoice: { tool: { name: answer.toolSpec?.name ?? "" } } };
  return { tools: all, toolChoice: choice?.tool ? choice : { any: {} } };
}

function answerTool(format: Extract<AnswerFormat, { by: "tool" }>): WireTool {
  const { name = "", description, input_schema: json = {} } = format.tool;
  return { toolSpec: { name, description, inputSchema: { json } } };
}

/** Without those that `allowed_tools` rules out. */
function chosen(asked: ChatRequest): readonly JsonObject[] {
  const tools = objectsIn(asked.tools);
  const choice = objectIn(asked.tool_choice);
  if (choice["type"] !== "allowed_tools") return tools;
  const allowed = new Set(objectsIn(objectIn(choice["allowed_tools"] ?? choice)["tools"]).map(nameOf));
  return tools.filter((tool) => allowed.has(nameOf(tool)));
}

function wireTools(tool: JsonObject, context: TranslateContext<"chat">, names: ToolNames): WireTool[] {
  const point = cachePoints(isObject(tool["cache_control"]) ? tool : tool["function"], context);
  if (isObject(tool["toolSpec"]) || isObject(tool["systemTool"]) || isObject(tool["cachePoint"])) return [tool as WireTool];
  const type = textIn(tool["type"]) ?? "function";
  if (type === "web_search" || type.startsWith("web_search_preview")) return [{ systemTool: { name: "nova_grounding" } }];
  if (type !== "function" && type !== "custom" && !isObject(tool["input_schema"])) {
    throw new GatewayError("bad_request", `Tools of type "${type}" are not known here. Use type "function".`, { param: "tools" });
  }
  return [functionTool(tool, context, names), ...point];
}

function functionTool(tool: JsonObject, { asked: _, facts }: TranslateContext<"chat">, names: ToolNames): WireTool {
  const custom = tool["type"] === "custom";
  const told = objectIn(tool["function"] ?? tool["custom"] ?? tool);
  const name = textIn(told["name"]);
  if (!name) throw new GatewayError("bad_request", "A tool has no function name. Set tools[].function.name.", { param: "tools" });
  const schema = custom ? freeText : (told["parameters"] ?? told["input_schema"]);
  const strict = told["strict"] === true && facts["bedrock_converse_supports_strict_tools"] === true;
  return {
    toolSpec: {
      name: names.toWire(name),
      description: textIn(told["description"]) || name,
      inputSchema: { json: toolSchema(schema) },
      ...(strict && { strict }),
    },
  };
}

/** A tool with free text as input: here an object with one text. */
const freeText = { type: "object", properties: { input: { type: "string" } }, required: ["input"] };

/** Name and options may lie one level down. */
function flat(tool: JsonObject): JsonObject {
  const { function: told, ...rest } = tool;
  return isObject(told) ? present({ ...rest, name: told["name"], ...objectIn(told["parameters"]) }) : tool;
}

function choiceOf(told: unknown, names: ToolNames): Choice | undefined {
  if (told === null || told === undefined) return undefined;
  const word = typeof told === "string" ? told : textIn(objectIn(told)["type"]);
  if (word === "allowed_tools") return choiceOf(objectIn(objectIn(told)["allowed_tools"] ?? told)["mode"], names);
  if (word === "auto") return { auto: {} };
  if (word === "required" || word === "any") return { any: {} };
  const name = textIn(nameOf(objectIn(told)));
  if (name) return { tool: { name: names.toWire(name) } };
  throw new GatewayError(
    "bad_request",
    `tool_choice ${JSON.stringify(told)} is not known. Use auto, required, none or a function's name.`,
    {
      param: "tool_choice",
    },
  );
}

function mentionsTools(asked: ChatRequest): boolean {
  return asked.messages.some((message) => message.role === "tool" || objectsIn(message.tool_calls).length > 0 || message.function_call);
}

/** Claude's own word for calls one after the other; the wire has none, so it travels beside. */
export function parallelChoice(context: TranslateContext<"chat">, toolChoice: ToolConfig["toolChoice"]): JsonObject | undefined {
  const { asked, facts } = context;
  const knows = facts.mode === undefined || facts["supports_parallel_tool_use_config"] === true;
  if (typeof asked.parallel_tool_calls !== "boolean" || familyOf(context) !== "claude" || !knows) return undefined;
  const type = toolChoice?.tool ? "tool" : toolChoice?.any ? "any" : "auto";
  return { type, ...toolChoice?.tool, disable_parallel_tool_use: !asked.parallel_tool_calls };
}

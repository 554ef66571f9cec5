/** The hub's tools as the wire's: functions, hosted tools and MCP servers. */

import { GatewayError } from "../../errors.ts";
import type { ChatRequest } from "../../hub/chat.ts";
import type { TranslateContext } from "../dialect.ts";
import { isObject, objectIn, objectsIn, present, textIn } from "./json.ts";
import { toolSchema } from "./schema.ts";
import type { ToolNames } from "./tool-names.ts";
import type { JsonObject, McpServer, WireTool } from "./wire.ts";

export interface WireTools {
  readonly tools: WireTool[];
  readonly servers: McpServer[];
}

const hosted = [
  "web_search_",
  "web_fetch_",
  "bash_",
  "text_editor_",
  "code_execution_",
  "memory_",
  "tool_search_tool_",
  "advisor_",
  "mcp_toolset",
];
const extras = ["cache_control", "defer_loading", "allowed_callers", "input_examples", "eager_input_streaming"];
const WEB_SEARCH = "web_search_20250305";
const CODE_EXECUTION = "code_execution_20250522";

export function wireTools({ asked }: TranslateContext<"chat">, names: ToolNames): WireTools {
  const found: WireTools = { tools: [], servers: [] };
  for (const tool of offered(asked)) add(tool, names, found);
  for (const each of objectsIn(asked.functions)) found.tools.push(functionTool({ function: each }, names));
  if (asked.web_search_options && !found.tools.some((tool) => tool.name === "web_search"))
    found.tools.push(webSearch(asked.web_search_options));
  if (needsContainer(asked) && !found.tools.some((tool) => tool.name === "code_execution")) {
    found.tools.push({ type: CODE_EXECUTION, name: "code_execution" });
  }
  return found;
}

/** Without those that `allowed_tools` rules out. */
function offered(asked: ChatRequest): readonly JsonObject[] {
  const tools = objectsIn(asked.tools);
  const choice = objectIn(asked.tool_choice);
  if (choice["type"] !== "allowed_tools") return tools;
  const allowed = new Set(objectsIn(objectIn(choice["allowed_tools"] ?? choice)["tools"]).map(nameOf));
  return tools.filter((tool) => allowed.has(nameOf(tool)));
}

/** The name stands at the top or one level down. */
export function nameOf(tool: JsonObject): unknown {
  return objectIn(tool["function"])["name"] ?? objectIn(tool["custom"])["name"] ?? tool["name"];
}

function add(tool: JsonObject, names: ToolNames, found: WireTools): void {
  const type = textIn(tool["type"]) ?? "function";
  if (type === "namespace") for (const inner of objectsIn(tool["tools"])) add(inner, names, found);
  else if (type === "url") found.servers.push(tool as unknown as McpServer);
  else if (type === "mcp") found.servers.push(mcpServer(tool));
  else found.tools.push(wireTool(type, tool, names));
}

function wireTool(type: string, tool: JsonObject, names: ToolNames): WireTool {
  if (isObject(tool["input_schema"])) return tool as WireTool;
  if (type === "function") return functionTool(tool, names);
  if (type === "custom") return customTool(tool, names);
  if (type.startsWith("computer_")) return computerTool(type, tool);
  if (type === "web_search" || type.startsWith("web_search_preview")) return webSearch(tool);
  if (hosted.some((prefix) => type.startsWith(prefix))) return flat(type, tool);
  throw new GatewayError(
    "bad_request",
    `Tools of type "${type}" are not known here. Use type "function" or one of the provider's hosted tools.`,
    {
      param: "tools",
    },
  );
}

function functionTool(tool: JsonObject, names: ToolNames): WireTool {
  const told = isObject(tool["function"]) ? tool["function"] : tool;
  const name = textIn(told["name"]);
  if (!name) throw new GatewayError("bad_request", "A tool has no function name. Set tools[].function.name.", { param: "tools" });
  const more = Object.fromEntries(extras.map((extra) => [extra, tool[extra] ?? told[extra]]));
  return present({
    name: names.toWire(name),
    description: told["description"],
    input_schema: toolSchema(told["parameters"]),
    ...more,
  }) as WireTool;
}

/** A tool with free text as input: here an object with one text. */
function customTool(tool: JsonObject, names: ToolNames): WireTool {
  const told = isObject(tool["custom"]) ? tool["custom"] : tool;
  const parameters = { type: "object", properties: { input: { type: "string" } }, required: ["input"] };
  return functionTool({ ...tool, function: { ...told, parameters } }, names);
}

/** Some clients write hosted tools in the form of functions: name and options then lie one level down. */
function flat(type: string, tool: JsonObject): WireTool {
  const { function: told, ...rest } = tool;
  if (!isObject(told)) return tool as WireTool;
  return present({ ...rest, type, name: told["name"], ...objectIn(told["parameters"]) }) as WireTool;
}

function computerTool(type: string, tool: JsonObject): WireTool {
  const computer = flat(type, tool);
  if (typeof computer["display_width_px"] !== "number" || typeof computer["display_height_px"] !== "number") {
    throw new GatewayError("bad_request", `The tool ${type} needs display_width_px and display_height_px. Set both.`, { param: "tools" });
  }
  return { ...computer, name: computer.name ?? "computer" };
}

const searches: Readonly<Record<string, number>> = { low: 1, medium: 5, high: 10 };

/** From `web_search_options`, or from OpenAI's hosted tool, which has the same members. */
function webSearch(options: JsonObject): WireTool {
  const place = objectIn(options["user_location"]);
  const { type: _, approximate, ...direct } = place;
  const where = isObject(approximate) ? approximate : direct;
  return present<WireTool>({
    type: WEB_SEARCH,
    name: "web_search",
    user_location: Object.keys(where).length > 0 ? { type: "approximate", ...where } : undefined,
    max_uses: searches[textIn(options["search_context_size"]) ?? ""],
    cache_control: options["cache_control"] as WireTool["cache_control"],
  });
}

function mcpServer(tool: JsonObject): McpServer {
  const url = textIn(tool["server_url"]);
  if (!url) throw new GatewayError("bad_request", "A tool of type mcp has no server_url. Set it.", { param: "tools" });
  const headers = Object.entries(objectIn(tool["headers"]));
  const authorization = headers.find(([name]) => name.toLowerCase() === "authorization")?.[1] ?? tool["authorization"];
  const told = tool["allowed_tools"];
  const allowed = Array.isArray(told) ? told : objectIn(told)["tool_names"];
  return present<McpServer>({
    type: "url",
    url,
    name: textIn(tool["server_label"]),
    authorization_token: textIn(authorization)?.replace(/^Bearer\s+/i, ""),
    tool_configuration: Array.isArray(allowed) ? { allowed_tools: allowed } : undefined,
  });
}

function needsContainer(asked: ChatRequest): boolean {
  return asked.messages.some((message) => objectsIn(message.content).some((part) => part["type"] === "container_upload"));
}

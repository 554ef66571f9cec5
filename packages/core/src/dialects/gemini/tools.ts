/** Tools and how they may be used → tools and toolConfig. Source: ai.google.dev/api/caching#Tool. */

import { GatewayError } from "../../errors.ts";
import type { ChatRequest } from "../../hub/chat.ts";
import type { TranslateContext } from "../dialect.ts";
import { camelOf, type Fields, fieldsOf, isFields, listOf, textOf } from "./json.ts";
import { isGemini3 } from "./model-version.ts";
import { parameterSchema } from "./schema.ts";
import { callingConfig } from "./tool-choice.ts";
import type { WireFunction, WireTool, WireToolConfig } from "./wire.ts";

/** Google's own tools, in camelCase; clients may write snake_case, and the name as a key or as the type. */
const hosted = new Set(
  "googleSearch googleSearchRetrieval enterpriseWebSearch codeExecution urlContext googleMaps computerUse fileSearch retrieval mcpServers".split(
    " ",
  ),
);
const search = ["googleSearch", "googleSearchRetrieval", "enterpriseWebSearch"];
const aliases: Readonly<Record<string, string>> = { codeInterpreter: "codeExecution", webSearch: "googleSearch", webFetch: "urlContext" };

interface Sorted {
  readonly functions: WireFunction[];
  readonly others: WireTool[];
  retrievalConfig?: Fields;
}

export function toolsOf(context: TranslateContext<"chat">): { tools?: WireTool[]; toolConfig?: WireToolConfig } {
  const { asked, model } = context;
  const sorted: Sorted = { functions: [], others: [] };
  for (const tool of listOf(asked.tools)) sort(tool, sorted, context.dropParams);
  for (const each of listOf(asked.functions)) sorted.functions.push(declaration(fieldsOf(each)));
  if (asked.web_search_options && !sorted.others.some((tool) => tool["googleSearch"])) sorted.others.push({ googleSearch: {} });
  refuseSerialCalls(asked, sorted, context.dropParams);
  const beside = asked["include_server_side_tool_invocations"] === true && isGemini3(model);
  const others =
    sorted.functions.length > 0 && !beside ? sorted.others.filter((tool) => !search.some((name) => tool[name])) : sorted.others;
  const tools: WireTool[] = sorted.functions.length > 0 ? [{ functionDeclarations: sorted.functions }, ...others] : others;
  const calling = sorted.functions.length > 0 ? callingConfig(asked) : undefined;
  const toolConfig: WireToolConfig = {
    ...(calling && { functionCallingConfig: calling }),
    ...(sorted.retrievalConfig && { retrievalConfig: sorted.retrievalConfig }),
    ...(beside && { includeServerSideToolInvocations: true }),
  };
  return { ...(tools.length > 0 && { tools }), ...(Object.keys(toolConfig).length > 0 && { toolConfig }) };
}

function sort(tool: unknown, sorted: Sorted, dropParams: boolean): void {
  const fields = fieldsOf(tool);
  const type = textOf(fields["type"]);
  const named = type && hostedName(camelOf(type));
  if (isFields(fields["function"])) sorted.functions.push(declaration(fields["function"]));
  else if (type === "function" || (type === "custom" && textOf(fields["name"]))) sorted.functions.push(declaration(fields));
  else if (named) addHosted(named, optionsOf(fields, type, named), sorted);
  else if (!addNative(fields, sorted) && !dropParams) {
    throw new GatewayError(
      "bad_request",
      `A tool of type "${type ?? "none"}" cannot be sent to this model. Send functions or Google's own tools.`,
      { param: "tools" },
    );
  }
}

/** `{type: "file_search", …}`: what stands beside the type. Another maker's tool of the same kind has other options, which are left out. */
function optionsOf(fields: Readonly<Fields>, type: string, named: string): unknown {
  if (camelOf(type) !== named) return {};
  const { type: _, cache_control: __, ...options } = fields;
  return options[type] ?? options[named] ?? options;
}

/** A tool as Google itself writes it: each member is a tool. */
function addNative(fields: Readonly<Fields>, sorted: Sorted): boolean {
  let found = false;
  for (const [name, value] of Object.entries(fields)) {
    const own = camelOf(name);
    if (own === "functionDeclarations" && Array.isArray(value)) sorted.functions.push(...(value as WireFunction[]));
    else if (hosted.has(own)) addHosted(own, value, sorted);
    else if (fields["type"] === undefined && name !== "cache_control") sorted.others.push({ [name]: value });
    else continue;
    found = true;
  }
  return found;
}

/** `web_search_preview_2025_03_11` and the like carry dates. */
function hostedName(type: string): string | undefined {
  if (hosted.has(type)) return type;
  return Object.entries(aliases).find(([alias]) => type.startsWith(alias))?.[1];
}

function addHosted(name: string, options: unknown, sorted: Sorted): void {
  const { latitude, longitude, languageCode, language_code: language = languageCode, ...rest } = fieldsOf(options);
  if (name !== "googleMaps") {
    sorted.others.push({ [name]: options ?? {} });
    return;
  }
  if (latitude !== undefined || language !== undefined) {
    sorted.retrievalConfig = {
      ...(latitude !== undefined && { latLng: { latitude, longitude } }),
      ...(language !== undefined && { languageCode: language }),
    };
  }
  sorted.others.push({ googleMaps: Object.fromEntries(Object.entries(rest).map(([key, value]) => [camelOf(key), value])) });
}

function declaration(fields: Readonly<Fields>): WireFunction {
  const { name, description } = fields;
  if (typeof name !== "string") throw new GatewayError("bad_request", "A function tool has no name.", { param: "tools" });
  const parameters = parameterSchema(fields["parameters"] ?? fields["input_schema"]);
  return {
    name,
    ...(typeof description === "string" && { description }),
    ...(parameters && { parameters }),
    ...(isFields(fields["parametersJsonSchema"]) && { parametersJsonSchema: fields["parametersJsonSchema"] }),
    ...(isFields(fields["response"]) && { response: fields["response"] }),
    ...(typeof fields["behavior"] === "string" && { behavior: fields["behavior"] }),
  };
}

/** Google's models may always call several tools at once. */
function refuseSerialCalls(asked: ChatRequest, { functions }: Sorted, dropParams: boolean): void {
  if (asked.parallel_tool_calls !== false || functions.length < 2 || dropParams) return;
  throw new GatewayError(
    "unsupported_params",
    "parallel_tool_calls: false cannot be kept by this model when there is more than one tool. Leave it out, send one tool, or set drop_params: true.",
    { param: "parallel_tool_calls" },
  );
}

/** Which features of a request still need a beta header, and how those of several sources are joined. */

import type { TranslateContext } from "../dialect.ts";
import { editsIn } from "./context-management.ts";
import { isObject, objectIn, objectsIn, textIn } from "./json.ts";
import type { JsonObject } from "./wire.ts";

/** Beginning of a tool's type → beta. Source: platform.claude.com/docs/en/api/beta-headers. */
const ofTool: readonly (readonly [string, string])[] = [
  ["computer_20241022", "computer-use-2024-10-22"],
  ["computer_20250124", "computer-use-2025-01-24"],
  ["computer_20251124", "computer-use-2025-11-24"],
  ["web_fetch_20250910", "web-fetch-2025-09-10"],
  ["code_execution_20250522", "code-execution-2025-05-22"],
  ["code_execution_20250825", "code-execution-2025-08-25"],
  ["memory_", "context-management-2025-06-27"],
  ["tool_search_tool_", "advanced-tool-use-2025-11-20"],
  ["advisor_", "advisor-tool-2026-03-01"],
  ["mcp_toolset", "mcp-client-2025-11-20"],
];
const advancedMembers = ["defer_loading", "allowed_callers", "input_examples"];

/** In the order in which they are found, each once. */
export function betasOf(context: TranslateContext<"chat">, wire: JsonObject): string[] {
  const found = betasOfMembers(wire);
  if (wire["tools"] !== undefined) found.unshift(...objectsIn(wire["tools"]).flatMap(betasOfTool));
  if (holdsFiles(wire["messages"])) found.push("files-api-2025-04-14");
  const adaptive = context.facts.supports_adaptive_thinking === true;
  if (objectIn(wire["output_config"])["effort"] !== undefined && !adaptive) found.push("effort-2025-11-24");
  return found.length > 1 ? [...new Set(found)] : found;
}

function betasOfTool(tool: JsonObject): string[] {
  const type = textIn(tool["type"]) ?? "";
  const found = ofTool.filter(([begin]) => type.startsWith(begin)).map(([, beta]) => beta);
  return advancedMembers.some((member) => tool[member] !== undefined) ? [...found, "advanced-tool-use-2025-11-20"] : found;
}

function betasOfMembers(wire: JsonObject): string[] {
  const found: string[] = [];
  const toolset = (): boolean => objectsIn(wire["tools"]).some((tool) => tool["type"] === "mcp_toolset");
  if (objectsIn(wire["mcp_servers"]).length > 0 && !toolset()) found.push("mcp-client-2025-04-04");
  if (isObject(wire["container"]) && wire["container"]["skills"]) found.push("code-execution-2025-08-25", "skills-2025-10-02");
  for (const edit of editsIn(wire["context_management"])) {
    found.push(edit.startsWith("compact_") ? "compact-2026-01-12" : "context-management-2025-06-27");
  }
  if (wire["output_format"] !== undefined) found.push("structured-outputs-2025-11-13");
  if (wire["speed"] === "fast") found.push("fast-mode-2026-02-01");
  return found;
}

/** Files that the provider keeps. */
function holdsFiles(messages: unknown): boolean {
  if (!Array.isArray(messages)) return false;
  for (const message of messages) {
    const blocks = isObject(message) ? message["content"] : undefined;
    if (Array.isArray(blocks) && blocks.some(isFile)) return true;
  }
  return false;
}

function isFile(block: unknown): boolean {
  return isObject(block) && (block["type"] === "container_upload" || objectIn(block["source"])["type"] === "file");
}

/** `anthropic-beta` as clients and config files write it: names with commas, or a list. */
export function betasIn(headers: unknown): string[] {
  if (headers === undefined) return [];
  const told = Object.entries(objectIn(headers)).find(([name]) => name.toLowerCase() === "anthropic-beta")?.[1];
  const text = Array.isArray(told) ? told.join(",") : (textIn(told) ?? "");
  return text
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

/** Empty when there is none, so that it can be spread. */
export function betaHeader(betas: readonly string[]): Record<string, string> {
  const all = [...new Set(betas)];
  return all.length > 0 ? { "anthropic-beta": all.join(",") } : {};
}

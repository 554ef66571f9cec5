/** tool_choice and its older sibling function_call → functionCallingConfig. */

import type { ChatRequest } from "../../hub/chat.ts";
import { fieldsOf, isFields, textOf } from "./json.ts";
import type { WireToolConfig } from "./wire.ts";

type Calling = NonNullable<WireToolConfig["functionCallingConfig"]>;

const modes: Readonly<Record<string, Calling["mode"]>> = {
  none: "NONE",
  auto: "AUTO",
  required: "ANY",
  any: "ANY",
  validated: "VALIDATED",
};

export function callingConfig(asked: ChatRequest): Calling | undefined {
  const choice: unknown = asked.tool_choice ?? asked.function_call;
  if (typeof choice === "string") return modes[choice] && { mode: modes[choice] };
  if (!isFields(choice)) return undefined;
  if (choice["type"] === "allowed_tools") return allowed(fieldsOf(choice["allowed_tools"] ?? choice));
  const name = textOf(fieldsOf(choice["function"])["name"]) ?? textOf(choice["name"]);
  if (name !== undefined) return { mode: "ANY", allowedFunctionNames: [name] };
  const mode = modes[String(choice["type"])];
  return mode && { mode };
}

/** A list of names is kept in the modes ANY and VALIDATED only; the latter leaves the model free to answer in text. */
function allowed(choice: Record<string, unknown>): Calling {
  const tools = Array.isArray(choice["tools"]) ? choice["tools"] : [];
  const names = tools.map((tool) => textOf(fieldsOf(fieldsOf(tool)["function"])["name"]) ?? textOf(fieldsOf(tool)["name"]));
  return { mode: choice["mode"] === "required" ? "ANY" : "VALIDATED", allowedFunctionNames: names.filter((name) => name !== undefined) };
}

/** The hub's tool choice as the wire's, with whether calls may run side by side. */

import { GatewayError } from "../../errors.ts";
import type { ChatRequest } from "../../hub/chat.ts";
import type { TranslateContext } from "../dialect.ts";
import { objectIn, textIn } from "./json.ts";
import type { ToolNames } from "./tool-names.ts";
import { nameOf } from "./tools.ts";
import type { WireToolChoice } from "./wire.ts";

/** Undefined when nothing was asked. Throws unsupported_params when the model cannot be forced and nothing may be dropped. */
export function wireToolChoice({ asked, facts, dropParams }: TranslateContext<"chat">, names: ToolNames): WireToolChoice | undefined {
  const choice = choiceOf(asked.tool_choice ?? asked.function_call, names);
  if ((choice?.type === "any" || choice?.type === "tool") && facts["supports_forced_tool_use"] === false) {
    if (dropParams) return parallel({ type: "auto" }, asked);
    throw new GatewayError(
      "unsupported_params",
      "This model cannot be forced to call a tool. Use tool_choice auto, or set drop_params: true.",
      {
        param: "tool_choice",
      },
    );
  }
  return parallel(choice, asked);
}

const words: Readonly<Record<string, WireToolChoice["type"]>> = { auto: "auto", required: "any", any: "any", none: "none" };

function choiceOf(told: unknown, names: ToolNames): WireToolChoice | undefined {
  if (told === null || told === undefined) return undefined;
  const word = typeof told === "string" ? told : textIn(objectIn(told)["type"]);
  if (word === "allowed_tools") return choiceOf(objectIn(objectIn(told)["allowed_tools"] ?? told)["mode"], names);
  const type = word === undefined ? undefined : words[word];
  if (type) {
    const disable = objectIn(told)["disable_parallel_tool_use"];
    return typeof disable === "boolean" ? { type, disable_parallel_tool_use: disable } : { type };
  }
  const name = textIn(nameOf(objectIn(told)));
  if (name) return { type: "tool", name: names.toWire(name) };
  throw new GatewayError(
    "bad_request",
    `tool_choice ${JSON.stringify(told)} is not known. Use auto, required, none or a function's name.`,
    {
      param: "tool_choice",
    },
  );
}

function parallel(choice: WireToolChoice | undefined, asked: ChatRequest): WireToolChoice | undefined {
  if (typeof asked.parallel_tool_calls !== "boolean" || choice?.type === "none") return choice;
  return { ...(choice ?? { type: "auto" }), disable_parallel_tool_use: !asked.parallel_tool_calls };
}

/** Tool calls and their results, as they go back into a conversation. */

import { GatewayError } from "../../errors.ts";
import type { ChatMessage, ToolCall } from "../../hub/chat.ts";
import type { TranslateContext } from "../dialect.ts";
import { SKIPPED_SIGNATURE, splitId } from "./call-id.ts";
import { fieldsOf, parsedFields, textOf } from "./json.ts";
import { isGemini3 } from "./model-version.ts";
import { contentParts } from "./parts.ts";
import type { WirePart } from "./wire.ts";

/** Names of functions by the ids of their calls: Google's results name the function, OpenAI's only the call. */
export type CallNames = Map<string, string>;

export function callParts(message: ChatMessage, names: CallNames, model: string): WirePart[] {
  const calls = message.tool_calls ?? (message.function_call ? [{ function: message.function_call }] : []);
  const parts = calls.map((call) => callPart(call, names, model));
  // Gemini 3 refuses a turn of calls without any signature; of parallel ones only the first needs it.
  const [first] = parts;
  if (first && isGemini3(model) && !parts.some((part) => part.thoughtSignature)) first.thoughtSignature = SKIPPED_SIGNATURE;
  return parts;
}

function callPart(call: ToolCall, names: CallNames, model: string): WirePart {
  const name = textOf(fieldsOf(call.function)["name"]);
  if (name === undefined)
    throw new GatewayError("bad_request", "A tool call in the conversation names no function.", { param: "messages" });
  const { id, signature: inId } = splitId(call.id ?? "");
  if (id) names.set(id, name);
  const fields = call.provider_specific_fields ?? fieldsOf(fieldsOf(call.function)["provider_specific_fields"]);
  const signature = textOf(fields["thought_signature"]) ?? inId;
  return { functionCall: { ...googleId(id, model), name, args: argumentsOf(call) }, ...(signature && { thoughtSignature: signature }) };
}

/** What a model wrote when it was cut off may be no JSON: it still goes back as something that can be read. */
function argumentsOf(call: ToolCall): Record<string, unknown> {
  const text: unknown = call.function.arguments;
  if (typeof text !== "string") return fieldsOf(text);
  return parsedFields(text.trim() || "{}") ?? { arguments: text };
}

/** Gemini 3 gives its calls ids of its own and wants them back; ids that others made mean nothing to it. */
function googleId(id: string, model: string): { id?: string } {
  return id && !id.startsWith("call_") && !id.startsWith("toolu_") && isGemini3(model) ? { id } : {};
}

export function resultParts(message: ChatMessage, names: CallNames, context: TranslateContext<"chat">): WirePart[] {
  const { id } = splitId(message.tool_call_id ?? "");
  const name = names.get(id) ?? textOf(message.name);
  if (name === undefined) {
    throw new GatewayError(
      "bad_request",
      `A tool message answers the call "${id}", but no assistant message before it made that call. Send the call, too.`,
      {
        param: "messages",
      },
    );
  }
  const parts = contentParts(message.content, context);
  const files = parts.filter((part) => part.text === undefined);
  const response = responseOf(parts.map((part) => part.text ?? "").join(""));
  const result: WirePart = { functionResponse: { ...googleId(id, context.model), name, response } };
  if (files.length === 0) return [result];
  if (!isGemini3(context.model)) return [result, ...files];
  return [{ functionResponse: { name, response, ...result.functionResponse, parts: files } }];
}

function responseOf(text: string): Record<string, unknown> {
  return parsedFields(text) ?? { content: text };
}

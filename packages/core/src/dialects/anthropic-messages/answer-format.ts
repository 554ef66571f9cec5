/** `response_format` on the wire: the model's own structured output, or a tool whose input is the answer. */

import type { TranslateContext } from "../dialect.ts";
import { isObject, objectIn, parsed, textIn } from "./json.ts";
import { answerSchema } from "./schema.ts";
import type { JsonObject, WireTool } from "./wire.ts";

/** The tool that carries an answer; it is never shown to the client. */
export const ANSWER_TOOL = "json_tool_call";
/** A tool's input is an object, so any other schema is put into this member. */
const WRAPPER = "values";

export type AnswerFormat =
  | { readonly by: "schema"; readonly schema: JsonObject }
  | { readonly by: "tool"; readonly tool: WireTool; readonly wrapped: boolean };

/** Worked out from the request alone, so that the reply can be read without anything remembered. */
export function answerFormat({ asked, facts }: TranslateContext<"chat">): AnswerFormat | undefined {
  const format = objectIn(asked.response_format);
  const told = objectIn(format["json_schema"]);
  const schema = told["schema"] ?? format["response_schema"] ?? format["schema"];
  if (format["type"] === "text" || !isObject(schema)) return undefined;
  if (facts.supports_native_structured_output) {
    const cut = answerSchema(schema);
    if (cut) return { by: "schema", schema: cut };
  }
  const wrapped = schema["type"] !== "object" && !isObject(schema["properties"]);
  const { $schema: _, ...plain } = schema;
  const tool: WireTool = {
    name: ANSWER_TOOL,
    description: textIn(told["description"]) ?? "Gives the final answer in the form that was asked for.",
    input_schema: wrapped ? wrap(plain) : plain,
  };
  return { by: "tool", tool, wrapped };
}

/** References keep pointing at the top, so definitions stay there. */
function wrap(schema: JsonObject): JsonObject {
  const { $defs, definitions, ...inner } = schema;
  return {
    type: "object",
    properties: { [WRAPPER]: inner },
    required: [WRAPPER],
    ...(isObject($defs) && { $defs }),
    ...(isObject(definitions) && { definitions }),
  };
}

/** The answer as text, from the tool's input. */
export function answerText(input: unknown, wrapped: boolean): string {
  return JSON.stringify(wrapped && isObject(input) && WRAPPER in input ? input[WRAPPER] : input);
}

/** The same from the text of a stream; text that is cut off stays as it is. */
export function answerTextOf(json: string, wrapped: boolean): string {
  const input = parsed(json);
  return input === undefined ? json : answerText(input, wrapped);
}

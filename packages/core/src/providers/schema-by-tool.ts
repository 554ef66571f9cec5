/** Structured answers from models that know no schema: a tool whose arguments are the answer, which must be called. */

import type { Quirks } from "./provider.ts";
import { type Fields, fieldsOf, isFields } from "./quirks.ts";

/** The tool that carries an answer; it is never shown to the client. */
const ANSWER_TOOL = "json_tool_call";

/** Asked for without a stream: which of a stream's calls is the answer could not be told from a single event. */
export const schemaByTool: Quirks = {
  rules: [
    (wire) => {
      const schema = fieldsOf(fieldsOf(wire["response_format"])["json_schema"])["schema"];
      if (!isFields(schema)) return undefined;
      const own = Array.isArray(wire["tools"]) ? wire["tools"] : [];
      const answer = { type: "function", function: { name: ANSWER_TOOL, parameters: schema } };
      const choice = own.length > 0 ? "required" : { type: "function", function: { name: ANSWER_TOOL } };
      return { set: { tools: [...own, answer], tool_choice: choice }, remove: ["response_format", "stream", "stream_options"] };
    },
  ],
  reply: (body) =>
    isFields(body) && Array.isArray(body["choices"])
      ? { ...body, choices: body["choices"].map((choice: unknown) => (isFields(choice) ? answered(choice) : choice)) }
      : body,
};

function answered(choice: Fields): Fields {
  const message = fieldsOf(choice["message"]);
  const calls: readonly unknown[] = Array.isArray(message["tool_calls"]) ? message["tool_calls"] : [];
  const answer = calls.find(isAnswer);
  if (!answer) return choice;
  const { tool_calls: _, ...said } = message;
  const others = calls.filter((call) => !isAnswer(call));
  // The model wants to know more before it answers.
  if (others.length > 0) return { ...choice, message: { ...said, tool_calls: others } };
  const finish = choice["finish_reason"] === "tool_calls" ? "stop" : choice["finish_reason"];
  return { ...choice, message: { ...said, content: fieldsOf(fieldsOf(answer)["function"])["arguments"] }, finish_reason: finish };
}

function isAnswer(call: unknown): boolean {
  return fieldsOf(fieldsOf(call)["function"])["name"] === ANSWER_TOOL;
}

/** DeepSeek: text-only messages, a switch for thinking, and thoughts that must come back with tool calls. */

import { compatible } from "./compatible.ts";
import type { Provider, Quirks } from "./provider.ts";
import { type Fields, fieldsOf, messageRule, quirks, textAsString, toolRule } from "./quirks.ts";

/** Source: api-docs.deepseek.com, "Thinking Mode": on or off, with an effort; there is no budget. */
const thinking: Quirks = {
  rules: [
    (wire) => {
      const effort = wire["reasoning_effort"];
      if (effort === "none") return { remove: ["reasoning_effort"], set: { thinking: { type: "disabled" } } };
      if (typeof effort === "string") return { set: { thinking: { type: "enabled" } } };
      const type = fieldsOf(wire["thinking"])["type"];
      return type === undefined ? undefined : { set: { thinking: { type: type === "disabled" ? "disabled" : "enabled" } } };
    },
  ],
};

const onlyFunctions: Quirks = { rules: [toolRule((tool) => (tool["type"] === "function" ? tool : undefined))] };

/** A thinking model refuses its own tool call without its thoughts; clients of OpenAI do not keep them. */
const thoughts = (model: string): Quirks => ({
  rules: [
    (wire, facts, asked) =>
      model.includes("reasoner") || fieldsOf(wire["thinking"])["type"] === "enabled"
        ? messageRule((message) => (lacksThoughts(message) ? { ...message, reasoning_content: " " } : message))(wire, facts, asked)
        : undefined,
  ],
});

function lacksThoughts(message: Fields): boolean {
  return message["role"] === "assistant" && Array.isArray(message["tool_calls"]) && !message["reasoning_content"];
}

export const deepseek: Provider = compatible({
  name: "deepseek",
  title: "DeepSeek",
  base: "https://api.deepseek.com/beta",
  quirks: (model) => quirks(textAsString, onlyFunctions, thinking, thoughts(model)),
  docs: "https://api-docs.deepseek.com",
});

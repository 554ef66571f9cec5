/** Moonshot: a narrower temperature, no way to force a tool call but words, thoughts that must come back with tool calls. */

import { compatible } from "./compatible.ts";
import type { Provider, Quirks } from "./provider.ts";
import { fieldsOf, messageRule, oldTokenLimit, quirks, textAsString } from "./quirks.ts";

/** Source: platform.moonshot.ai/docs/api/chat: 0 to 1; several answers need at least 0.3. */
const temperature: Quirks = {
  rules: [
    (wire) => {
      const asked = wire["temperature"];
      if (typeof asked !== "number") return undefined;
      const least = Number(wire["n"] ?? 1) > 1 ? 0.3 : 0;
      const meant = Math.min(1, Math.max(least, asked));
      return meant === asked ? undefined : { set: { temperature: meant } };
    },
  ],
};

const forcedByWords: Quirks = {
  rules: [
    (wire) => {
      if (wire["tool_choice"] !== "required" || !Array.isArray(wire["messages"])) return undefined;
      const wish = { role: "user", content: "Please answer by calling one of the tools." };
      return { remove: ["tool_choice"], set: { messages: [...wire["messages"], wish] } };
    },
  ],
};

const thoughts: Quirks = {
  rules: [
    (wire, facts, asked) =>
      facts.supports_reasoning === true || fieldsOf(wire["thinking"])["type"] === "enabled"
        ? messageRule((message) =>
            message["role"] === "assistant" && Array.isArray(message["tool_calls"]) && !message["reasoning_content"]
              ? { ...message, reasoning_content: " " }
              : message,
          )(wire, facts, asked)
        : undefined,
  ],
};

export const moonshot: Provider = compatible({
  name: "moonshot",
  title: "Moonshot AI",
  base: "https://api.moonshot.ai/v1",
  does: ["chat", "text"],
  quirks: quirks(oldTokenLimit, { drop: ["functions"] }, textAsString, temperature, thoughts, forcedByWords),
  docs: "https://platform.moonshot.ai/docs/api/chat",
});

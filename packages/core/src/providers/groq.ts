/** Groq: OpenAI's wire with service tiers of its own, thinking in `reasoning` and schemas that only some models know. */

import { compatible } from "./compatible.ts";
import type { Provider, Quirks } from "./provider.ts";
import { type Fields, isFields, messageRule, quirks, reasoningField, textAsString } from "./quirks.ts";
import { schemaByTool } from "./schema-by-tool.ts";

/** Source: console.groq.com/docs/service-tiers. What both call by the same name stays. */
const tierThere: Readonly<Record<string, string>> = { default: "on_demand", priority: "performance" };
const tierHere: Readonly<Record<string, string>> = { on_demand: "default", performance: "priority" };

const tiers: Quirks = {
  rules: [
    (wire) => {
      const there = tierThere[String(wire["service_tier"])];
      return there ? { set: { service_tier: there } } : undefined;
    },
  ],
  reply: (body) => {
    const here = isFields(body) ? tierHere[String(body["service_tier"])] : undefined;
    return isFields(body) && here ? { ...body, service_tier: here } : body;
  },
};

/** Nothing may be null in an answer that goes back. */
const noNulls: Quirks = {
  rules: [messageRule((message) => (message["role"] === "assistant" ? withoutNulls(message) : message))],
};

function withoutNulls(message: Fields): Fields {
  const kept = Object.entries(message).filter(([, value]) => value !== null);
  return kept.length === Object.keys(message).length ? message : Object.fromEntries(kept);
}

export const groq: Provider = compatible({
  name: "groq",
  title: "Groq",
  base: "https://api.groq.com/openai/v1",
  does: ["chat", "speak", "transcribe", "translate"],
  // Models without vision take text as a string only; those without structured outputs know no schema.
  quirks: (_, facts) =>
    quirks(noNulls, textAsString, tiers, facts.supports_response_schema === true ? undefined : schemaByTool, reasoningField),
  docs: "https://console.groq.com/docs/api-reference",
});

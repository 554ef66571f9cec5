/** What OpenAI's families of models refuse or call otherwise, wherever they are served. */

import type { ModelFacts } from "../hub/model-facts.ts";
import type { ModelFamily } from "./model-family.ts";
import type { Quirks, Service } from "./provider.ts";
import { isFields, messageRule, quirks } from "./quirks.ts";

/** Plain models have none, so that their requests need not be parsed. */
export function familyQuirks(family: ModelFamily, facts: ModelFacts, model = ""): Quirks | undefined {
  return quirks(
    isGptImage(model) ? alwaysBase64 : undefined,
    family === "plain" ? undefined : { rename: { max_tokens: "max_completion_tokens" }, rules: [plainEffort] },
    facts["supports_system_messages"] === false ? { rules: [systemAsUser] } : undefined,
  );
}

/** Source: platform.openai.com/docs/api-reference/images/create: these always answer in base64, and refuse to be asked for it. */
function isGptImage(model: string): boolean {
  return /^(chatgpt|gpt)-image/.test(model);
}
const alwaysBase64: Quirks = {
  rules: [(wire) => (wire["response_format"] === "b64_json" ? { remove: ["response_format"] } : undefined)],
};

/** Names of parameters whose values the family refuses. */
export function familyRefusals(family: ModelFamily, facts: ModelFacts, model = ""): Service["refuses"] {
  if (isGptImage(model)) return (asked) => (asked["response_format"] === "url" ? ["response_format"] : []);
  if (family === "o-series") return (asked) => (isOddTemperature(asked["temperature"]) ? ["temperature"] : []);
  if (family === "gpt-5") return (asked) => gpt5Refusals(asked, facts);
  return undefined;
}

function gpt5Refusals(asked: Readonly<Record<string, unknown>>, facts: ModelFacts): readonly string[] {
  const effort = effortOf(asked["reasoning_effort"]) ?? facts.default_reasoning_effort ?? "medium";
  const refused: string[] = [];
  if (effort !== "none") {
    if (isOddTemperature(asked["temperature"])) refused.push("temperature");
    for (const name of ["logprobs", "top_logprobs", "top_p"]) if (isGiven(asked[name])) refused.push(name);
  }
  if (isGiven(asked["reasoning_effort"]) && !takesEffort(effort, facts)) refused.push("reasoning_effort");
  return refused;
}

function takesEffort(effort: string, facts: ModelFacts): boolean {
  if (facts.reasoning_effort_levels) return facts.reasoning_effort_levels.includes(effort);
  return facts[`supports_${effort}_reasoning_effort`] !== false;
}

function isOddTemperature(value: unknown): boolean {
  return isGiven(value) && value !== 1;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function effortOf(value: unknown): string | undefined {
  const effort = isFields(value) ? value["effort"] : value;
  return typeof effort === "string" ? effort : undefined;
}

/** Chat completions know the effort as a word, not as the object of the Responses API. */
const plainEffort: NonNullable<Quirks["rules"]>[number] = (wire) => {
  if (!isFields(wire["reasoning_effort"])) return undefined;
  const effort = effortOf(wire["reasoning_effort"]);
  return effort === undefined ? { remove: ["reasoning_effort"] } : { set: { reasoning_effort: effort } };
};

const systemAsUser = messageRule((message) =>
  message["role"] === "system" || message["role"] === "developer" ? { ...message, role: "user" } : message,
);

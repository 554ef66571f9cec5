/** Databricks' way to ask for thinking and to tell it: budgets for Claude, `reasoning` parts in the content of a message. Source: docs.databricks.com/machine-learning/model-serving/query-reason-models. */

import type { Quirks } from "./provider.ts";
import { type Fields, fieldsOf, isFields, mapChoices, mapChunk, messageRule } from "./quirks.ts";

const budgets: Readonly<Record<string, number>> = { minimal: 1024, low: 1024, medium: 2048, high: 4096, xhigh: 8192, max: 16_384 };
const LEAST_BUDGET = 1024;
/** What is left for the answer where the client set no limit: the budget is a part of it. */
const ROOM = 4096;

/** `claude`: thinking goes by budget, and thoughts must come back signed. */
export function databricksReasoning(claude: boolean): Quirks {
  return {
    ...(claude && { rules: [budgetOfEffort, messageRule(thoughtsInContent)] }),
    reply: (body) => mapChoices(body, "message", told),
    chunk: mapChunk((chunk) => mapChoices(chunk, "delta", told), /"content":\s*\[/),
  };
}

const budgetOfEffort: NonNullable<Quirks["rules"]>[number] = (wire) => {
  const { reasoning_effort: effort, thinking: given, max_tokens: limit } = wire;
  if (effort === undefined && given === undefined) return undefined;
  const wanted = budgets[String(effort)];
  const told = fieldsOf(given);
  const thinking = given === undefined && wanted !== undefined ? { type: "enabled", budget_tokens: wanted } : told;
  const budget = Number(thinking["budget_tokens"] ?? 0);
  const remove = ["reasoning_effort"];
  if (thinking["type"] !== "enabled") return { remove };
  if (typeof limit !== "number") return { remove, set: { thinking, max_tokens: budget + ROOM } };
  if (budget < limit) return { remove, set: { thinking } };
  if (limit <= LEAST_BUDGET) return { remove: [...remove, "thinking"] };
  return { remove, set: { thinking: { ...thinking, budget_tokens: Math.max(LEAST_BUDGET, Math.floor((limit - 1) / 2)) } } };
};

function thoughtsInContent(message: Fields): Fields {
  const { thinking_blocks: blocks, reasoning_content: _, ...rest } = message;
  if (message["role"] !== "assistant" || !("thinking_blocks" in message || "reasoning_content" in message)) return message;
  const thoughts = (Array.isArray(blocks) ? blocks : []).map(fieldsOf).filter(({ type }) => type === "thinking");
  if (thoughts.length === 0) return rest;
  const reasoning = thoughts.map(({ thinking: text, signature }) => ({
    type: "reasoning",
    summary: [{ type: "summary_text", text, ...(signature !== undefined && { signature }) }],
  }));
  const { content } = rest;
  const parts = Array.isArray(content) ? content : content ? [{ type: "text", text: content }] : [];
  return { ...rest, content: [...reasoning, ...parts] };
}

/** Content in parts becomes text, thoughts and what they are signed with. */
function told(message: Fields): Fields {
  const { content } = message;
  if (!Array.isArray(content)) return message;
  let text = "";
  const thoughts: Fields[] = [];
  const citations: unknown[] = [];
  for (const part of content.filter(isFields)) {
    if (part["type"] === "text") text += String(part["text"] ?? "");
    if (part["type"] === "reasoning" && Array.isArray(part["summary"])) thoughts.push(...part["summary"].filter(isFields));
    if (Array.isArray(part["citations"]))
      citations.push(...part["citations"].map((each: unknown) => ({ ...fieldsOf(each), supported_text: part["text"] })));
  }
  const reasoning = thoughts.map((each) => String(each["text"] ?? "")).join("");
  const blocks = thoughts
    .filter((each) => typeof each["signature"] === "string" && each["signature"] !== "")
    .map((each) => ({ type: "thinking", thinking: each["text"] ?? "", signature: each["signature"] }));
  return {
    ...message,
    content: text,
    ...(reasoning !== "" && { reasoning_content: reasoning }),
    ...(blocks.length > 0 && { thinking_blocks: blocks }),
    ...(citations.length > 0 && { provider_specific_fields: { ...fieldsOf(message["provider_specific_fields"]), citations } }),
  };
}

/** Custom prices and limits of a deployment, laid over what the price book knows of its model. */

import type { ModelFacts } from "../hub/model-facts.ts";

const priceField = /cost|_pricing$|_uplift_multiplier$|^web_search_billing_unit$/;
const inputField = /^input_cost_per_(?:\w+_)?token|^cache_(?:read|creation)_input/;
const outputField = /^output_cost_per_(?:\w+_)?token/;
const timeField = /^(?:input|output)_cost_per_second/;
const numericField = /cost|^max_|^[rt]pm$/;

export function isPriceField(field: string): boolean {
  return priceField.test(field);
}

/**
 * `info` is a `model_info`, taken whole; of `params` (`litellm_params`) only prices are taken, for its `max_tokens` is a default
 * of requests and no limit. A custom price replaces the book's whole family: the list price of a cached token, or of a long
 * context, says nothing to somebody who negotiated the price of a token.
 */
export function overlay(
  facts: ModelFacts,
  info: Readonly<Record<string, unknown>>,
  params: Readonly<Record<string, unknown>> = {},
): ModelFacts {
  const own: Record<string, unknown> = {};
  for (const field in params) if (isPriceField(field)) put(own, field, params[field]);
  for (const field in info) put(own, field, info[field]);
  const replaced = replacedBy(own);
  if (!replaced) return { ...facts, ...own };
  const kept = Object.entries(facts).filter(([field]) => !replaced(field));
  return { ...Object.fromEntries(kept), ...own };
}

/** Which of the book's fields no longer hold. */
function replacedBy(own: Readonly<Record<string, unknown>>): ((field: string) => boolean) | undefined {
  const fields = Object.keys(own).filter(isPriceField);
  if (fields.length === 0) return undefined;
  const input = own["input_cost_per_token"];
  const output = own["output_cost_per_token"];
  if (input === 0 && output === 0) return isPriceField;
  const tokens = input !== undefined || output !== undefined || fields.includes("tiered_pricing");
  const time = !tokens && fields.some((field) => timeField.test(field));
  return (field) => {
    if (field.endsWith("_pricing")) return tokens || time;
    if (inputField.test(field)) return time || input !== undefined;
    if (outputField.test(field)) return time || output !== undefined;
    return false;
  };
}

function put(own: Record<string, unknown>, field: string, value: unknown): void {
  if (value === undefined || value === null || value === "") return;
  const isNumeric = typeof value === "string" && numericField.test(field) && Number.isFinite(Number(value));
  own[field] = isNumeric ? Number(value) : value;
}

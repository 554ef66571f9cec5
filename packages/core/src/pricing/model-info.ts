/** What a model can do and what an answer cost, for users of the library. */

import { usageOfChat } from "../hub/chat-usage.ts";
import type { ModelFacts } from "../hub/model-facts.ts";
import type { Usage } from "../usage.ts";
import { costNano } from "./cost.ts";
import { compilePrice } from "./price.ts";
import { bundledPriceBook, type PriceBook } from "./price-book.ts";

/** An answer in OpenAI's form, or a usage in the house's. */
export interface Costed {
  readonly model?: string;
  readonly usage?: unknown;
  readonly service_tier?: unknown;
}

/** `provider/model`, or a name that only one provider has; `{}` when nobody knows it. */
export async function modelInfo(model: string, from: PriceBook | Promise<PriceBook> = bundledPriceBook()): Promise<ModelFacts> {
  return (await from).facts("", model);
}

/** US dollars; undefined when nobody knows the price. `model` says more than the answer's own name for it, e.g. the provider. */
export async function completionCost(
  of: Costed,
  model: string | undefined = of.model,
  from: PriceBook | Promise<PriceBook> = bundledPriceBook(),
): Promise<number | undefined> {
  const usage = usageOf(of.usage);
  if (!usage) return undefined;
  const facts = model === undefined ? {} : (await from).facts("", model);
  const tier = typeof of.service_tier === "string" ? of.service_tier : undefined;
  const cost = costNano(usage, compilePrice(facts), { tier });
  return cost === undefined ? undefined : cost / 1e9;
}

function usageOf(told: unknown): Usage | undefined {
  if (told === null || typeof told !== "object") return undefined;
  return "inputTokens" in told || "outputTokens" in told || "units" in told ? (told as Usage) : usageOfChat(told);
}

/** Which OpenAI parameters a model takes, for users of the library. */

import { operations } from "./hub/operations.ts";
import { bundledPriceBook } from "./pricing/price-book.ts";
import { resolveProvider } from "./providers/resolve.ts";

/** `provider/model`. Throws a GatewayError for an unknown provider. */
export async function supportedParams(model: string, operation: "chat" | "embed" = "chat"): Promise<readonly string[]> {
  const book = await bundledPriceBook();
  const { provider, model: name } = resolveProvider({ model }, book.providerOf);
  const service = provider.serve(name, { model }, book.facts(provider.name, name));
  return [...(service.supports[operation] ?? operations[operation].known)];
}

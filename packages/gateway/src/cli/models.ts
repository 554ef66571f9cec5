/** `tollgate models`: the models that a running gateway serves, one a line. */

import { askGateway } from "./ask-gateway.ts";
import type { Ending, Outside } from "./outside.ts";

export async function models(outside: Outside): Promise<Ending> {
  const asked = await askGateway("/v1/models", undefined, outside);
  if ("failure" in asked) {
    outside.complain(asked.failure);
    return 1;
  }
  const { data } = (await asked.reply.json()) as { data: readonly { id: string }[] };
  for (const { id } of data) outside.print(id);
  return 0;
}

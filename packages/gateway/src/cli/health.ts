/** `tollgate health`: whether a running gateway can serve. */

import { askGateway } from "./ask-gateway.ts";
import type { Ending, Outside } from "./outside.ts";

export async function health(outside: Outside): Promise<Ending> {
  const asked = await askGateway("/health/readiness", undefined, outside);
  if ("failure" in asked) {
    outside.complain(asked.failure);
    return 1;
  }
  outside.print(JSON.stringify(await asked.reply.json(), null, 2));
  return 0;
}

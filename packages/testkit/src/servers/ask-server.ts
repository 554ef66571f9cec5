/** The address of a server that the whole test run shares; the first who asks starts it. */

import { inject } from "vitest";
import type {} from "./shared-servers.ts";

export function sharedPostgres(): Promise<string> {
  return ask("/postgres");
}

/** Shared: use keys of your own, and flush nothing. */
export function sharedRedis(): Promise<string> {
  return ask("/redis");
}

async function ask(path: string): Promise<string> {
  const reply = await fetch(inject("sharedServers") + path);
  const text = await reply.text();
  if (!reply.ok) throw new Error(text);
  return text;
}

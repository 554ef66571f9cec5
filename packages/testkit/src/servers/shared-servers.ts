/** Servers that all files of a test run share: started when the first file asks, ended with the run. Vitest calls `setup`. */

import { createServer } from "node:http";
import type { TestProject } from "vitest/node";
import { startPostgres } from "./postgres-server.ts";
import { startRedis } from "./redis-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where to ask for a server: `/postgres`, `/redis`. */
    readonly sharedServers: string;
  }
}

/** Answers how to end what was started. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const postgres = once(startPostgres);
  const redis = once(startRedis);
  const started: Readonly<Record<string, () => Promise<string>>> = {
    "/postgres": async () => (await postgres.get()).urlOf("postgres"),
    "/redis": async () => (await redis.get()).url,
  };
  const server = createServer((request, reply) => {
    const start = started[request.url ?? ""] ?? (() => Promise.reject(new Error(`no server ${request.url}`)));
    start().then(
      (url) => reply.end(url),
      (cause: unknown) => reply.writeHead(500).end(cause instanceof Error ? cause.message : String(cause)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  provide("sharedServers", typeof address === "object" && address ? `http://127.0.0.1:${address.port}` : "");
  return async () => {
    server.close();
    server.closeAllConnections();
    await Promise.all([postgres.close(), redis.close()]);
  };
}

interface Once<T> {
  get(): Promise<T>;
  close(): Promise<void>;
}

function once<T extends { close(): Promise<void> }>(start: () => Promise<T>): Once<T> {
  let running: Promise<T> | undefined;
  return {
    get() {
      running ??= start();
      return running;
    },
    async close() {
      // One that never started has said so to whoever asked.
      const server = await running?.catch(() => undefined);
      await server?.close();
    },
  };
}

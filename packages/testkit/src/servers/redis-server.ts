/** A real Redis server for tests: on a free port, in memory only. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Child, startChild } from "./child.ts";
import { freePort } from "./free-port.ts";

export interface TestRedis {
  readonly port: number;
  /** redis://127.0.0.1:… */
  readonly url: string;
  /** As `kill -9`. */
  kill(): Promise<void>;
  /** Again, on the same port, empty. */
  start(): Promise<void>;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

const programs = ["redis-server", "valkey-server"];

export const howToGetRedis = "The tests need Redis. Install it: apt-get install redis-server, or brew install redis.";

export async function startRedis(): Promise<TestRedis> {
  const command = programs.find((program) => spawnSync(program, ["--version"]).status === 0);
  if (command === undefined) throw new Error(howToGetRedis);
  const folder = mkdtempSync(join(tmpdir(), "tollgate-redis-"));
  const port = await freePort();
  const start = (): Promise<Child> =>
    startChild({
      command,
      args: ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder],
      cwd: folder,
      ready: /[Rr]eady to accept connections/,
    });
  let child: Child | undefined = await start();
  const kill = async (): Promise<void> => {
    await child?.end("SIGKILL");
    child = undefined;
  };
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    kill,
    async start() {
      child ??= await start();
    },
    async close() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

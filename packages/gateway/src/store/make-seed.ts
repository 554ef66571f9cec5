/** `node make-seed.js FOLDER`: makes the seed under its name in a new folder. The build runs it. */

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { embeddedEngine } from "./embedded.ts";
import { seedName } from "./seed.ts";
import { packSeed } from "./seed-file.ts";

/** Made by the very code that makes a database where there is no seed. */
async function makeSeed(into: string): Promise<void> {
  const temporary = await mkdtemp(join(tmpdir(), "tollgate-seed-"));
  try {
    const folder = join(temporary, "database");
    const session = await embeddedEngine(folder, async () => undefined).connect({ notified: () => undefined, lost: () => undefined });
    await session.close();
    await mkdir(into, { recursive: true });
    await packSeed(folder, join(into, await seedName()));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

const [, , into] = process.argv;
if (into === undefined) throw new Error("Name the folder that the seed goes into.");
await makeSeed(into);

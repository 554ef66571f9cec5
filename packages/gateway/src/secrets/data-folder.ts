/** The folder for what a gateway keeps: made at first use, for its owner only. */

import { chmod, mkdir } from "node:fs/promises";

/** Makes the folder and closes it to others, also when it was there before. */
export async function openDataFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  try {
    await chmod(path, 0o700);
  } catch (cause) {
    // A folder that belongs to somebody else (a mounted volume) keeps its mode.
    if (!(cause instanceof Error && "code" in cause && cause.code === "EPERM")) throw cause;
  }
}

/** Reads files that came with a request whole, for dialects that write them into JSON. */

import type { FilePart } from "../hub/file-part.ts";

export async function readFiles(files: readonly FilePart[]): Promise<ReadonlyMap<FilePart, string>> {
  const different = [...new Set(files)];
  const contents = await Promise.all(different.map(async (file) => (await file.bytes()).toString("base64")));
  return new Map(different.map((file, at) => [file, contents[at] ?? ""]));
}

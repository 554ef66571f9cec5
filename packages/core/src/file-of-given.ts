/** Files as users of the library give them: bytes, a Blob or File, or bytes with a name. */

import { Buffer } from "node:buffer";
import type { GivenFile } from "./client-types.ts";
import { GatewayError } from "./errors.ts";
import { type FilePart, fileOf, isFilePart } from "./hub/file-part.ts";

const fileFields: readonly string[] = ["file", "image", "mask"];

/** Files apart from what else is asked. Texts (a `data:` URL) stay where they are. Throws bad_request, which names the parameter. */
export async function filesOfGiven(
  given: Readonly<Record<string, unknown>>,
): Promise<{ files: ReadonlyMap<string, readonly FilePart[]> | undefined; rest: Record<string, unknown> }> {
  const files = new Map<string, FilePart[]>();
  const rest: Record<string, unknown> = { ...given };
  for (const name of fileFields) {
    const value = given[name];
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (value === undefined || value === null || list.some((each) => typeof each === "string" || isLink(each))) continue;
    files.set(name, await Promise.all(list.map((each) => fileOfGiven(each as GivenFile, name))));
    delete rest[name];
  }
  return { files: files.size > 0 ? files : undefined, rest };
}

/** OpenAI's own form of an image in JSON. */
function isLink(value: unknown): boolean {
  return value !== null && typeof value === "object" && ("image_url" in value || "file_id" in value);
}

async function fileOfGiven(given: GivenFile, param: string): Promise<FilePart> {
  if (isFilePart(given)) return given;
  if (given instanceof Uint8Array) return fileOf(given, param, "application/octet-stream");
  if (given instanceof Blob) {
    const name = "name" in given && typeof given.name === "string" ? given.name : param;
    return fileOf(Buffer.from(await given.arrayBuffer()), name, given.type || "application/octet-stream");
  }
  if (given !== null && typeof given === "object" && given.data instanceof Uint8Array) {
    return fileOf(given.data, given.filename, given.mediaType ?? "application/octet-stream");
  }
  throw new GatewayError("bad_request", `Invalid '${param}': give bytes (a Buffer), a Blob or File, or { filename, data }.`, { param });
}

/** Turns a wire object with files in it into a body that is read piece by piece: a form, or one file raw. */

import { GatewayError } from "../errors.ts";
import { type FilePart, isFilePart } from "../hub/file-part.ts";
import { type FormPart, multipart } from "../transport/multipart.ts";
import type { OutboundPieces } from "../transport/transport.ts";

/** A body with the headers that say what it is. */
export interface PiecesBody {
  readonly body: OutboundPieces;
  readonly headers: Readonly<Record<string, string>>;
}

type Wire = Readonly<Record<string, unknown>>;

/** Texts first: whoever reads a form as it comes knows the model before the file. */
export function formBody(wire: Wire, boundary: string): PiecesBody {
  const texts: FormPart[] = [];
  const files: FormPart[] = [];
  for (const [name, value] of Object.entries(wire)) {
    if (isFilePart(value)) files.push({ name, value });
    else if (isFileList(value)) files.push(...fileParts(name, value));
    else texts.push(...textParts(name, value));
  }
  const { contentType, body } = multipart([...texts, ...files], boundary);
  return { body, headers: { "content-type": contentType, "content-length": String(body.length) } };
}

/** The file alone; what else is asked stands in path and headers. */
export function fileBody(wire: Wire): PiecesBody {
  const { file } = wire;
  if (!isFilePart(file)) throw new GatewayError("bad_request", "Missing required parameter: 'file'.", { param: "file" });
  return {
    body: { length: file.size, open: () => file.open() },
    headers: { "content-type": file.mediaType, "content-length": String(file.size) },
  };
}

function isFileList(value: unknown): value is readonly FilePart[] {
  return Array.isArray(value) && value.length > 0 && value.every(isFilePart);
}

/** One file goes by its name, several by `name[]`, as OpenAI has it. */
function fileParts(name: string, files: readonly FilePart[]): FormPart[] {
  return files.map((value) => ({ name: files.length === 1 ? name : `${name}[]`, value }));
}

function textParts(name: string, value: unknown): FormPart[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.map((each) => ({ name: `${name}[]`, value: text(each) }));
  return [{ name, value: text(value) }];
}

function text(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Writes multipart/form-data: length known beforehand, files read while they are sent, anew at each try. Source: RFC 7578. */

import { Readable } from "node:stream";
import type { OutboundPieces } from "./transport.ts";

/** A file as far as a form needs it. */
export interface FormFile {
  readonly filename: string;
  readonly mediaType: string;
  readonly size: number;
  open(): Readable;
}

export interface FormPart {
  readonly name: string;
  readonly value: string | FormFile;
}

const LINE = "\r\n";

/** `boundary` must not occur in any part: take one of many random letters. */
export function multipart(parts: readonly FormPart[], boundary: string): { readonly contentType: string; readonly body: OutboundPieces } {
  const pieces: (Buffer | FormFile)[] = [];
  for (const { name, value } of parts) {
    const head = `--${boundary}${LINE}content-disposition: form-data; name="${quoted(name)}"`;
    if (typeof value === "string") pieces.push(Buffer.from(`${head}${LINE}${LINE}${value}${LINE}`));
    else pieces.push(Buffer.from(head + fileHead(value)), value, Buffer.from(LINE));
  }
  pieces.push(Buffer.from(`--${boundary}--${LINE}`));
  let length = 0;
  for (const piece of pieces) length += Buffer.isBuffer(piece) ? piece.length : piece.size;
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: { length, open: () => Readable.from(read(pieces), { objectMode: false }) },
  };
}

function fileHead({ filename, mediaType }: FormFile): string {
  const type = /^[\w.+-]+\/[\w.+-]+(?:;[ \w.=+-]*)?$/.test(mediaType) ? mediaType : "application/octet-stream";
  return `; filename="${quoted(lastPart(filename))}"${LINE}content-type: ${type}${LINE}${LINE}`;
}

/** A name without folders: it says what kind of file it is, never where it lay. */
function lastPart(filename: string): string {
  return filename.split(/[\\/]/).pop() || "file";
}

/** As browsers write them: what would end the name or the line is percent-encoded. */
function quoted(name: string): string {
  return name.replace(/["\r\n\0]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
}

/** A reader that leaves early closes the file that is open. */
async function* read(pieces: readonly (Buffer | FormFile)[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) {
    if (Buffer.isBuffer(piece)) yield piece;
    else for await (const chunk of piece.open()) yield chunk as Buffer;
  }
}

/** A file that came with a request: in memory when it is small, in a temporary file when it is not. */

import { Buffer } from "node:buffer";
import { Readable } from "node:stream";

export interface FilePart {
  readonly filename: string;
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
  /** The whole content. Throws when the temporary file is gone. */
  bytes(): Promise<Buffer>;
  /** The content as it is read, anew at each call, so that a retry can send it again. */
  open(): Readable;
}

export function isFilePart(value: unknown): value is FilePart {
  return value !== null && typeof value === "object" && "filename" in value && "open" in value && typeof value.open === "function";
}

/** A file whose content is in memory. */
export function fileOf(content: Uint8Array, filename: string, mediaType: string): FilePart {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  return {
    filename,
    mediaType,
    size: bytes.length,
    bytes: async () => bytes,
    // As one chunk; a Buffer given as it is would be read byte by byte.
    open: () => Readable.from([bytes]),
  };
}

const dataUrl = /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w=.-]+)*;base64,/i;

/** A `data:` URL with base64 as a file; undefined for anything else. */
export function fileOfDataUrl(url: string, name: string): FilePart | undefined {
  const head = dataUrl.exec(url);
  if (!head) return undefined;
  const mediaType = head[1] ?? "application/octet-stream";
  const ending = /\/(?:x-)?([a-z0-9]+)/.exec(mediaType)?.[1] ?? "bin";
  return fileOf(Buffer.from(url.slice(head[0].length), "base64"), `${name}.${ending === "jpeg" ? "jpg" : ending}`, mediaType);
}

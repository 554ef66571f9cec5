/** Texts in which each letter stands for one byte: bytes pass as such without being read, and leave in one write with what is put before them. */

import { Buffer } from "node:buffer";

const plain = /^[\x20-\x7e]*$/;

/** A name as JSON. */
export function latin1Json(name: string): string {
  const text = JSON.stringify(name);
  return plain.test(text) ? text : Buffer.from(text).toString("latin1");
}

/** What a body is where its letters are bytes; every other one as it is. */
export function unpacked({ body, encoding }: { readonly body: string | Buffer; readonly encoding?: "latin1" }): string | Buffer {
  return encoding && typeof body === "string" ? Buffer.from(body, encoding) : body;
}

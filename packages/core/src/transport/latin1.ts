/** Texts in which each letter stands for one byte: bytes pass as such without being read, and leave in one write with what is put before them. */

import { Buffer } from "node:buffer";

const plain = /^[\x20-\x7e]*$/;

let lastName = "";
let lastText = '""';

/** A name as JSON. Most are asked for again at once. */
export function latin1Json(name: string): string {
  if (name !== lastName) {
    const text = JSON.stringify(name);
    lastText = plain.test(text) ? text : Buffer.from(text).toString("latin1");
    lastName = name;
  }
  return lastText;
}

/** What a body is where its letters are bytes; every other one as it is. */
export function unpacked({ body, encoding }: { readonly body: string | Buffer; readonly encoding?: "latin1" }): string | Buffer {
  return encoding && typeof body === "string" ? Buffer.from(body, encoding) : body;
}

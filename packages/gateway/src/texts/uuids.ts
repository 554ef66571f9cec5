/** UUIDs of version 4 (RFC 9562), made many at a time: one each call, and each in one piece. */

import { Buffer } from "node:buffer";
import { randomFillSync } from "node:crypto";

const AT_ONCE = 128;
const BYTES = 16;
const LETTERS = 36;
const DASH = 0x2d;
const hex = Buffer.from("0123456789abcdef");

export function createUuids(): () => string {
  const random = Buffer.alloc(AT_ONCE * BYTES);
  const texts = Buffer.alloc(AT_ONCE * LETTERS);
  let next = texts.length;
  return () => {
    if (next === texts.length) {
      write(randomFillSync(random), texts);
      next = 0;
    }
    next += LETTERS;
    return texts.toString("latin1", next - LETTERS, next);
  };
}

function write(random: Buffer, texts: Buffer): void {
  let to = 0;
  for (let at = 0; at < random.length; at += 1) {
    const nth = at % BYTES;
    if (nth === 4 || nth === 6 || nth === 8 || nth === 10) {
      texts[to] = DASH;
      to += 1;
    }
    const byte = versioned(random[at] ?? 0, nth);
    texts[to] = hex[byte >> 4] ?? 0;
    texts[to + 1] = hex[byte & 15] ?? 0;
    to += 2;
  }
}

/** Version and variant stand in two bytes. */
function versioned(byte: number, nth: number): number {
  if (nth === 6) return (byte & 0x0f) | 0x40;
  return nth === 8 ? (byte & 0x3f) | 0x80 : byte;
}

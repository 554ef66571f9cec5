/** Bytes of texts that must stay at hand for a short while: their memory is used again, or each would be old to the collector when it is let go. */

/** Room for the first texts; bytes. */
const FIRST = 64 * 1024;
/** More than this is given back when it is empty; bytes. */
const MOST = 1024 * 1024;
/** A letter of a JavaScript string (a UTF-16 unit) takes as many bytes as this in UTF-8 at most. */
const LONGEST_LETTER = 3;

export class KeptBytes {
  #room = Buffer.alloc(0);
  #used = 0;

  get length(): number {
    return this.#used;
  }

  /** All that was added; good until it is cleared. */
  get all(): Buffer {
    return this.#room.subarray(0, this.#used);
  }

  /** The text as UTF-8; good until all is cleared. */
  add(text: string): Buffer {
    this.#makeRoom(text.length * LONGEST_LETTER);
    const from = this.#used;
    this.#used += this.#room.write(text, from, "utf8");
    return this.#room.subarray(from, this.#used);
  }

  /** The last bytes that were added are not needed. */
  takeBack(bytes: number): void {
    this.#used -= bytes;
  }

  clear(): void {
    this.#used = 0;
    if (this.#room.length > MOST) this.#room = Buffer.alloc(0);
  }

  #makeRoom(bytes: number): void {
    if (this.#room.length - this.#used >= bytes) return;
    const room = Buffer.allocUnsafeSlow(Math.max(FIRST, this.#room.length * 2, this.#used + bytes));
    this.#room.copy(room, 0, 0, this.#used);
    this.#room = room;
  }
}

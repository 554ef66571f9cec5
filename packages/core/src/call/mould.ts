/** What plain events of one stream have in common, learned from two of them: most events are told by it at a glance. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_LETTER = 0x20;
/** Streams whose events differ in more than one text are not learned; after so many tries nobody looks any more. */
const LESSONS = 4;

/**
 * Events that are alike but for one stretch of text without a quote, an escape or a line's end. Whatever may stand there, such an event has
 * the same members with the same texts as the two that taught it, and is as plain as they.
 */
export class Mould {
  #before = "";
  #after = "";
  #last = "";
  #lessons = LESSONS;

  /** `text` is one plain event, from its first letter to its empty line. */
  fits(text: string): boolean {
    const { length } = this.#before;
    const end = text.length - this.#after.length;
    if (length === 0 || end < length || !text.endsWith(this.#after)) return false;
    for (let at = length; at < end; at += 1) {
      const letter = text.charCodeAt(at);
      if (letter === QUOTE || letter === BACKSLASH || letter < FIRST_LETTER) return false;
    }
    return text.startsWith(this.#before);
  }

  /** Events begin otherwise from now on. */
  forget(): void {
    this.#before = "";
    this.#last = "";
  }

  /** `event` is known to be plain; its first `from` letters never differ. */
  learn(event: string, from: number): void {
    const last = this.#last;
    this.#last = event;
    if (last === "" || this.#lessons === 0) return;
    this.#lessons -= 1;
    const start = event.lastIndexOf('"', firstDifference(last, event) - 1) + 1;
    const after = event.slice(event.indexOf('"', Math.max(start, event.length - alikeAtEnd(last, event))));
    if (start <= from || !last.endsWith(after)) return;
    const [before, formerAfter] = [this.#before, this.#after];
    this.#before = event.slice(0, start);
    this.#after = after;
    if (this.fits(event) && this.fits(last)) return;
    this.#before = before;
    this.#after = formerAfter;
  }
}

function firstDifference(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  let at = 0;
  while (at < length && one.charCodeAt(at) === other.charCodeAt(at)) at += 1;
  return at;
}

/** How many letters from the end on are the same. */
function alikeAtEnd(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  let count = 0;
  while (count < length && one.charCodeAt(one.length - 1 - count) === other.charCodeAt(other.length - 1 - count)) count += 1;
  return count;
}

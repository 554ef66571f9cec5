/** What the JSON texts of one provider have in common, learned as they pass: most are told by it without being parsed. */

import { type Cast, Mould, type Places } from "./mould.ts";

/** Longer texts teach nothing. */
const LONGEST_LESSON = 4096;
/** In longer ones the escapes alone could fill the stack of a regular expression. */
const LONGEST = 1_048_576;
/** A provider whose texts are never alike costs no more than a lesson in so many. */
const LOOKS_PER_LESSON = 512;
/** Lessons that it begins with, in looks. */
const PATIENCE = 24 * LOOKS_PER_LESSON;

/**
 * Texts that are alike but for texts and numbers at the same places have the same members, so what holds for those that taught a mould
 * holds for all of that mould: of events that they are plain, of replies what must be put in. What one call taught, the next one knows.
 */
export class Moulds {
  /**
   * The last that fitted comes first; more kinds than four are not worth a look at each.
   * Never an empty list: that is one of another kind to V8, which would compile `cast` again for each lane.
   */
  readonly #moulds: (Mould | undefined)[] = [undefined, undefined, undefined, undefined];
  readonly #pinned: ReadonlySet<string>;
  #patience = PATIENCE;

  /** `pinned`: members, at any depth, in which texts of one mould do not differ. */
  constructor(pinned: readonly string[] = []) {
    this.#pinned = new Set(pinned);
  }

  /** Undefined: it fits none. `text` has a letter for each byte. */
  cast(text: string): Cast | undefined {
    if (this.#patience < PATIENCE) this.#patience += 1;
    if (text.length > LONGEST) return undefined;
    for (let nth = 0; nth < this.#moulds.length; nth += 1) {
      const mould = this.#moulds[nth];
      if (!mould) return undefined;
      const cast = mould.cast(text);
      if (!cast) continue;
      if (nth > 0) this.#moulds.unshift(...this.#moulds.splice(nth, 1));
      return cast;
    }
    return undefined;
  }

  /** A lesson costs some hundred times what it saves. */
  wants(text: string): boolean {
    return this.#patience >= LOOKS_PER_LESSON && text.length <= LONGEST_LESSON;
  }

  /** `text` is of the kind that is looked for. */
  learn(text: string, places: Places): void {
    if (!this.wants(text)) return;
    this.#patience -= LOOKS_PER_LESSON;
    const shown = Mould.of(text, places, this.#pinned);
    if (!shown) return;
    for (const [nth, mould] of this.#moulds.entries()) {
      const common = mould?.with(shown);
      if (!common) continue;
      this.#moulds[nth] = common;
      return;
    }
    this.#moulds.unshift(shown);
    this.#moulds.pop();
  }
}

/** Parts an answer whose thinking stands between `<think>` marks, or begins in the middle of it. */

const OPEN = "<think>";
const CLOSE = "</think>";

export interface Parted {
  readonly reasoning: string;
  readonly text: string;
}

/** A whole answer. */
export function parted(answer: string): Parted {
  const splitter = new ThoughtSplitter();
  const first = splitter.push(answer);
  const rest = splitter.end();
  return { reasoning: (first.reasoning + rest.reasoning).trim(), text: (first.text + rest.text).trimStart() };
}

/** The same for a stream, where a mark may be cut anywhere. */
export class ThoughtSplitter {
  #thinking = true;
  #held = "";

  push(piece: string): Parted {
    if (!this.#thinking) return { reasoning: "", text: piece };
    const all = (this.#held + piece).replace(/^\s*<think>\n?/, "");
    const at = all.indexOf(CLOSE);
    if (at >= 0) {
      this.#thinking = false;
      this.#held = "";
      return { reasoning: all.slice(0, at).trimEnd(), text: all.slice(at + CLOSE.length).trimStart() };
    }
    const keep = heldBack(all);
    this.#held = all.slice(all.length - keep);
    return { reasoning: all.slice(0, all.length - keep), text: "" };
  }

  end(): Parted {
    const rest = this.#held;
    this.#held = "";
    return this.#thinking ? { reasoning: rest, text: "" } : { reasoning: "", text: rest };
  }
}

/** Letters at the end that may be the beginning of a mark. */
function heldBack(text: string): number {
  for (let length = Math.min(CLOSE.length - 1, text.length); length > 0; length -= 1) {
    if (CLOSE.startsWith(text.slice(-length))) return length;
  }
  return text.length < OPEN.length && OPEN.startsWith(text.trimStart()) ? text.length : 0;
}

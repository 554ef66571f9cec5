/** Splits the thinking off an answer that begins with `<think>…</think>`, as models do whose thinking the server does not know. */

export interface ThinkSplit {
  readonly reasoning: string;
  readonly content: string;
}

export interface ThinkSplitter {
  /** What is certain after this text; a tag may be cut anywhere. */
  push(text: string): ThinkSplit;
  /** What was held back. */
  end(): ThinkSplit;
}

const OPEN = "<think>";
const CLOSE = "</think>";

export function thinkSplitter(): ThinkSplitter {
  return new Splitter();
}

class Splitter implements ThinkSplitter {
  #state: "begin" | "thinking" | "answer" = "begin";
  /** What is not yet certain. */
  #held = "";

  push(text: string): ThinkSplit {
    if (this.#state === "answer") return { reasoning: "", content: text };
    this.#held += text;
    return this.#state === "begin" ? this.#begin() : this.#think();
  }

  end(): ThinkSplit {
    const text = this.#held;
    this.#held = "";
    return this.#state === "thinking" ? { reasoning: text, content: "" } : { reasoning: "", content: text };
  }

  #begin(): ThinkSplit {
    const text = this.#held.trimStart();
    if (text.startsWith(OPEN)) {
      this.#state = "thinking";
      this.#held = text.slice(OPEN.length);
      return this.#think();
    }
    return OPEN.startsWith(text) ? nothing : this.#answer(this.#held);
  }

  #think(): ThinkSplit {
    const end = this.#held.indexOf(CLOSE);
    if (end >= 0) return this.#answer(this.#held.slice(end + CLOSE.length), this.#held.slice(0, end));
    const certain = this.#held.length - beginningOf(CLOSE, this.#held);
    const reasoning = this.#held.slice(0, certain);
    this.#held = this.#held.slice(certain);
    return { reasoning, content: "" };
  }

  /** From here on all is answer. */
  #answer(content: string, reasoning = ""): ThinkSplit {
    this.#state = "answer";
    this.#held = "";
    return { reasoning, content };
  }
}

const nothing: ThinkSplit = { reasoning: "", content: "" };

/** How many characters at the end of `text` may be the beginning of `tag`. */
function beginningOf(tag: string, text: string): number {
  for (let length = Math.min(tag.length - 1, text.length); length > 0; length -= 1) {
    if (text.endsWith(tag.slice(0, length))) return length;
  }
  return 0;
}

export function splitThinking(text: string): ThinkSplit {
  const splitter = thinkSplitter();
  const first = splitter.push(text);
  const rest = splitter.end();
  return { reasoning: first.reasoning + rest.reasoning, content: first.content + rest.content };
}

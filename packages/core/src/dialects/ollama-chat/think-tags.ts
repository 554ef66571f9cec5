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
  let state: "begin" | "thinking" | "answer" = "begin";
  let held = "";

  const begin = (): ThinkSplit => {
    const text = held.trimStart();
    if (text.startsWith(OPEN)) {
      state = "thinking";
      held = text.slice(OPEN.length);
      return thinking();
    }
    if (OPEN.startsWith(text)) return { reasoning: "", content: "" };
    state = "answer";
    return { reasoning: "", content: takeHeld() };
  };
  const thinking = (): ThinkSplit => {
    const end = held.indexOf(CLOSE);
    if (end >= 0) {
      state = "answer";
      const split = { reasoning: held.slice(0, end), content: held.slice(end + CLOSE.length) };
      held = "";
      return split;
    }
    const certain = held.length - beginningOf(CLOSE, held);
    const reasoning = held.slice(0, certain);
    held = held.slice(certain);
    return { reasoning, content: "" };
  };
  const takeHeld = (): string => {
    const text = held;
    held = "";
    return text;
  };

  return {
    push(text) {
      if (state === "answer") return { reasoning: "", content: text };
      held += text;
      return state === "begin" ? begin() : thinking();
    },
    end: () => (state === "thinking" ? { reasoning: takeHeld(), content: "" } : { reasoning: "", content: takeHeld() }),
  };
}

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

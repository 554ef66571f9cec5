/** Public names with stars: `openai/*`, `*`, `team-*-fast`. */

export interface Pattern {
  readonly text: string;
  /** How much of it is no star: the longest that fits is the most specific. */
  readonly literal: number;
  /** What each star stood for; undefined when the name does not fit. */
  match(name: string): readonly string[] | undefined;
}

/** No model has a longer name; such a name is not worth remembering. */
const LONGEST_NAME = 512;

export function isPattern(name: string): boolean {
  return name.includes("*");
}

export function pattern(text: string): Pattern {
  const [head = "", ...rest] = text.split("*");
  const tail = rest.pop() ?? "";
  const literal = text.length - rest.length - 1;
  return {
    text,
    literal,
    // By hand and not by a regular expression: names come from outside, and several `.*` can be made to backtrack.
    match(name) {
      if (name.length > LONGEST_NAME || name.length < literal || !name.startsWith(head) || !name.endsWith(tail)) return undefined;
      const captured: string[] = [];
      const end = name.length - tail.length;
      let at = head.length;
      for (const part of rest) {
        const found = name.indexOf(part, at);
        if (found < 0 || found + part.length > end) return undefined;
        captured.push(name.slice(at, found));
        at = found + part.length;
      }
      captured.push(name.slice(at, end));
      return captured;
    },
  };
}

/** Puts what the stars stood for into the stars of `model`; with fewer stars than that the asked name itself is the model. */
export function substitute(model: string, captured: readonly string[], asked: string): string {
  const parts = model.split("*");
  const stars = parts.length - 1;
  if (stars === 0) return model;
  if (captured.length > stars) return asked;
  return parts.reduce((before, part, at) => before + (captured[at - 1] ?? captured.at(-1) ?? "") + part);
}

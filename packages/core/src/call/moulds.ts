/** What the plain events of one provider have in common, learned as they pass: most events are told by it at a glance. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_LETTER = 0x20;
/** Longer events are not like others. */
const LONGEST = 4096;

/** A piece of JSON: a text, a number, or what stands between them; a name with its colon. */
interface Token {
  /** Of a free one only what it is: `""` or `0`. */
  readonly text: string;
  /** Differs from event to event. */
  readonly free: boolean;
  readonly isModel: boolean;
}

/** Fixed text, a free value, fixed text, …, fixed text. The quotes of free texts belong to what is fixed. */
interface Shape {
  readonly tokens: readonly Token[];
  /** One more than there are free values. */
  readonly fixed: readonly string[];
  /** Of each free value: it is a text, else a number. */
  readonly isText: readonly boolean[];
  /** Which of them is the model's name. */
  readonly model: number;
}

/**
 * Events that are alike but for texts and numbers at the same places have the same members, so what holds for the plain ones that taught a
 * shape holds for all of that shape. What one stream taught, the next one knows.
 */
export class Moulds {
  /**
   * The last that fitted comes first. Words, thoughts and calls of tools look different; more kinds than four are not worth a look at each.
   * Never an empty list: that is one of another kind to V8, which would compile `pass` again for each lane.
   */
  readonly #shapes: (Shape | undefined)[] = [undefined, undefined, undefined, undefined];

  /** The event with this JSON text as its `model`; undefined: it fits none. Both have a letter for each byte. */
  pass(event: string, model: string): string | undefined {
    for (let nth = 0; nth < this.#shapes.length; nth += 1) {
      const shape = this.#shapes[nth];
      if (!shape) return undefined;
      const passed = withModel(shape, event, model);
      if (passed === undefined) continue;
      if (nth > 0) this.#shapes.unshift(...this.#shapes.splice(nth, 1));
      return passed;
    }
    return undefined;
  }

  /** `event` is known to be plain, from its first letter to its empty line; the JSON text of its model stands from `from` to `to`. */
  learn(event: string, from: number, to: number): void {
    if (event.length > LONGEST) return;
    const tokens = tokensOf(event, from, to);
    if (!tokens) return;
    for (const [nth, shape] of this.#shapes.entries()) {
      const common = shape && inCommon(shape.tokens, tokens);
      if (!common) continue;
      this.#shapes[nth] = shapeOf(common);
      return;
    }
    this.#shapes.unshift(shapeOf(tokens));
    this.#shapes.pop();
  }
}

function withModel({ fixed, isText, model }: Shape, event: string, name: string): string | undefined {
  let at = 0;
  let from = 0;
  let to = 0;
  for (let nth = 0; nth < isText.length; nth += 1) {
    const before = fixed[nth] ?? "";
    if (!event.startsWith(before, at)) return undefined;
    at += before.length;
    const end = isText[nth] ? endOfText(event, at) : endOfNumber(event, at);
    if (end < 0) return undefined;
    if (nth === model) {
      from = at - 1;
      to = end + 1;
    }
    at = end;
  }
  const last = fixed[isText.length] ?? "";
  if (event.length !== at + last.length || !event.endsWith(last)) return undefined;
  return event.slice(0, from) + name + event.slice(to);
}

/** Where the text's closing quote stands; -1: it is none. */
function endOfText(event: string, from: number): number {
  for (let at = from; at < event.length; at += 1) {
    const letter = event.charCodeAt(at);
    if (letter === QUOTE) return at;
    if (letter < FIRST_LETTER) return -1;
    if (letter === BACKSLASH) at += 1;
  }
  return -1;
}

function endOfNumber(event: string, from: number): number {
  let at = from;
  while (isOfNumber(event.charCodeAt(at))) at += 1;
  return at === from ? -1 : at;
}

/** A digit, or one of `+-.eE`. */
function isOfNumber(letter: number): boolean {
  return (letter >= 0x30 && letter <= 0x39) || letter === 0x2b || letter === 0x2d || letter === 0x2e || (letter | 0x20) === 0x65;
}

const pieces = /"(?:[^"\\]|\\.)*"(?:\s*:)?|-?\d[\d+.eE-]*|[^"\d-]+|-/gs;

/** Undefined: no event of one JSON object whose model is a text at that place. */
function tokensOf(event: string, from: number, to: number): Token[] | undefined {
  const start = event.indexOf("{");
  if (start < 0) return undefined;
  const tokens = [fixedToken(event.slice(0, start))];
  let at = start;
  let hasModel = false;
  for (const [text] of event.slice(start).matchAll(pieces)) {
    const isModel = at === from && at + text.length === to && isTextToken(text);
    hasModel ||= isModel;
    tokens.push(isModel ? { text: '""', free: true, isModel } : fixedToken(text));
    at += text.length;
  }
  return hasModel && at === event.length ? tokens : undefined;
}

function fixedToken(text: string): Token {
  return { text, free: false, isModel: false };
}

/** Undefined: they have different members, or differ in more than texts and numbers. */
function inCommon(one: readonly Token[], other: readonly Token[]): Token[] | undefined {
  if (one.length !== other.length) return undefined;
  const common: Token[] = [];
  for (const [nth, a] of one.entries()) {
    const b = other[nth];
    const each = b && alike(a, b);
    if (!each) return undefined;
    common.push(each);
  }
  return common;
}

function alike(a: Token, b: Token): Token | undefined {
  if (a.isModel !== b.isModel) return undefined;
  if (a.text === b.text) return a.free ? a : b;
  if (isTextToken(a.text) && isTextToken(b.text)) return { text: '""', free: true, isModel: a.isModel };
  if (isNumberToken(a.text) && isNumberToken(b.text)) return { text: "0", free: true, isModel: false };
  return undefined;
}

/** A name ends in a colon. */
function isTextToken(text: string): boolean {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"');
}

function isNumberToken(text: string): boolean {
  return /^-?\d/.test(text);
}

function shapeOf(tokens: readonly Token[]): Shape {
  const fixed: string[] = [];
  const isText: boolean[] = [];
  let model = -1;
  let piece = "";
  for (const { text, free, isModel } of tokens) {
    if (!free) {
      piece += text;
      continue;
    }
    if (isModel) model = isText.length;
    const quote = isTextToken(text) ? '"' : "";
    fixed.push(piece + quote);
    isText.push(quote !== "");
    piece = quote;
  }
  fixed.push(piece);
  return { tokens, fixed, isText, model };
}

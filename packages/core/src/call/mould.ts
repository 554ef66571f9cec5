/** What texts of JSON have in common that differ in nothing but texts and numbers at the same places, as one regular expression. */

export type Place = readonly [from: number, to: number];

/** Where in a text the JSON of these values stands. */
export interface Places {
  readonly model: Place;
  readonly id?: Place;
  readonly usage?: Place;
}

/** A text of the mould, with a letter for each byte. */
export interface Cast {
  /** Up to the model's value. */
  readonly before: string;
  readonly after: string;
  /** What stands between its quotes: ASCII without escapes. */
  readonly id: string | undefined;
  /** JSON. */
  readonly usage: string | undefined;
}

type Role = keyof Places;

/** A piece of JSON: a text, a number, a name with its colon, or what stands between them. */
interface Token {
  /** Of a free one only what it is: `""` or `0`. */
  readonly text: string;
  readonly role: Role | undefined;
  /** Differs from text to text. */
  readonly free: boolean;
  /** Whatever has another value here is of another mould. */
  readonly pinned: boolean;
}

/** The numbers of a pattern's groups, of which the first is what stands before the model; 0: it has none. */
interface Groups {
  readonly after: number;
  readonly id: number;
  readonly usage: number;
}

export class Mould {
  readonly #tokens: readonly Token[];
  readonly #pattern: RegExp;
  readonly #groups: Groups;

  private constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
    const { pattern, groups } = patternOf(tokens);
    this.#pattern = pattern;
    this.#groups = groups;
  }

  /** `pinned`: names of members, at any depth. Undefined: no JSON whose model is a text at its place. */
  static of(text: string, places: Places, pinned: ReadonlySet<string>): Mould | undefined {
    const tokens = tokensOf(text, places, pinned);
    return tokens && new Mould(tokens);
  }

  cast(text: string): Cast | undefined {
    const found = this.#pattern.exec(text);
    if (!found) return undefined;
    const { after, id, usage } = this.#groups;
    return {
      before: found[1] ?? "",
      after: found[after] ?? "",
      id: id === 0 ? undefined : found[id],
      usage: usage === 0 ? undefined : found[usage],
    };
  }

  /** The mould of both; undefined: they have different members, or differ in more than texts and numbers. */
  with(other: Mould): Mould | undefined {
    if (this.#tokens.length !== other.#tokens.length) return undefined;
    const common: Token[] = [];
    for (const [nth, a] of this.#tokens.entries()) {
      const b = other.#tokens[nth];
      const each = b && alike(a, b);
      if (!each) return undefined;
      common.push(each);
    }
    return new Mould(common);
  }
}

const roles: readonly Role[] = ["id", "model", "usage"];

function tokensOf(text: string, places: Places, pinned: ReadonlySet<string>): Token[] | undefined {
  const tokens: Token[] = [];
  let at = 0;
  for (const { role, place } of inOrder(places)) {
    const [from, to] = place;
    if (from < at || to > text.length) return undefined;
    const before = pieces(text.slice(at, from), undefined, pinned);
    const value = text.slice(from, to);
    const own =
      role === "usage" ? pieces(value, role, pinned) : isText(value) ? [{ text: '""', role, free: true, pinned: false }] : undefined;
    if (!before || !own) return undefined;
    tokens.push(...before, ...own);
    at = to;
  }
  const rest = pieces(text.slice(at), undefined, pinned);
  return rest && [...tokens, ...rest];
}

function inOrder(places: Places): { role: Role; place: Place }[] {
  const known = roles.flatMap((role) => {
    const place = places[role];
    return place ? [{ role, place }] : [];
  });
  return known.sort((a, b) => a.place[0] - b.place[0]);
}

const piece = /"(?:[^"\\]|\\.)*"(?:\s*:)?|-?\d[\d+.eE-]*|[^"\d-]+|-/gs;

/** Undefined where a text does not end. */
function pieces(text: string, role: Role | undefined, pinned: ReadonlySet<string>): Token[] | undefined {
  const tokens: Token[] = [];
  let isPinned = false;
  let length = 0;
  for (const [each] of text.matchAll(piece)) {
    length += each.length;
    tokens.push({ text: each, role, free: false, pinned: isPinned });
    if (each.trim() !== "") isPinned = each.endsWith(":") && pinned.has(each.slice(1, each.lastIndexOf('"')));
  }
  return length === text.length ? tokens : undefined;
}

function alike(a: Token, b: Token): Token | undefined {
  if (a.role !== b.role || a.pinned !== b.pinned) return undefined;
  if (a.text === b.text) return a.free ? a : b;
  if (a.pinned) return undefined;
  if (isText(a.text) && isText(b.text)) return { ...a, text: '""', free: true };
  if (isNumber(a.text) && isNumber(b.text)) return { ...a, text: "0", free: true };
  return undefined;
}

/** A name ends in a colon. */
function isText(text: string): boolean {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"');
}

function isNumber(text: string): boolean {
  return /^-?\d/.test(text);
}

const ESCAPE = String.raw`\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})`;
const RUN = String.raw`[^"\\\x00-\x1f]*`;
const anyText = `"${RUN}(?:${ESCAPE}${RUN})*"`;
const anyNumber = String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?`;
const asciiText = String.raw`"([ !#-[\]-~]*)"`;

function patternOf(tokens: readonly Token[]): { pattern: RegExp; groups: Groups } {
  const groups = { after: 0, id: 0, usage: 0 };
  let source = "^(";
  let opened = 1;
  let role: Role | undefined;
  for (const token of tokens) {
    if (role === "usage" && token.role !== role) source += ")";
    if (token.role === "usage" && token.role !== role) {
      source += "(";
      groups.usage = ++opened;
    }
    role = token.role;
    if (role === "model") {
      source += `)${anyText}(`;
      groups.after = ++opened;
    } else if (role === "id") {
      source += asciiText;
      groups.id = ++opened;
    } else source += token.free ? anyOf(token) : token.text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
  }
  return { pattern: new RegExp(`${source}${role === "usage" ? ")" : ""})$`), groups };
}

function anyOf({ text }: Token): string {
  return isText(text) ? anyText : anyNumber;
}

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Body, type Patch } from "./body.ts";

const read = (text: string): Body => Body.read(Buffer.from(text));
const jsonOf = (bytes: Buffer): unknown => JSON.parse(bytes.toString());

const space = fc.constantFrom("", "", " ", "\n", "\t", "\r\n  ");
const name = fc.oneof(
  fc.constantFrom("model", "stream", "a", "", "__proto__", "toString", "constructor", 'q"uote', "back\\slash", "ü", "\n"),
  fc.string(),
);
const value = fc.jsonValue({ maxDepth: 4 });

/** Texts of objects as only a contrary client would write them: odd spaces, names and texts with needless escapes. */
const objectText = fc
  .tuple(
    fc.uniqueArray(fc.tuple(name, value), { selector: ([each]) => each, maxLength: 8 }),
    fc.array(space, { minLength: 1, maxLength: 9 }),
    fc.boolean(),
  )
  .map(([members, spaces, escaped]) => {
    let at = 0;
    const gap = (): string => spaces[at++ % spaces.length] ?? "";
    const quote = (text: string): string => (escaped ? escapeAll(text) : JSON.stringify(text));
    const written = members.map(([key, each]) => `${gap()}${quote(key)}${gap()}:${gap()}${JSON.stringify(each, undefined, gap())}${gap()}`);
    return `${gap()}{${written.join(",") || gap()}}${gap()}`;
  });

function escapeAll(text: string): string {
  return `"${[...Array(text.length).keys()].map((at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`).join("")}"`;
}

/** What a patch means, told without bytes. */
function expected(json: Readonly<Record<string, unknown>>, patch: Patch): Map<string, unknown> {
  const members = new Map(Object.entries(json));
  const set = new Map(Object.entries(patch.set ?? {}).filter(([, each]) => each !== undefined));
  for (const each of patch.remove ?? []) if (!set.has(each)) members.delete(each);
  for (const [key, each] of set) members.set(key, each);
  return members;
}

describe("Body", () => {
  it("knows the same members as a parser, however the text is written", () => {
    fc.assert(
      fc.property(objectText, (text) => {
        const body = read(text);
        const json: Record<string, unknown> = JSON.parse(text);
        expect([...body.names]).toEqual(expect.arrayContaining(Object.keys(json)));
        expect([...body.names]).toHaveLength(Object.keys(json).length);
        for (const [key, each] of Object.entries(json)) {
          expect(body.has(key)).toBe(true);
          expect(body.get(key)).toEqual(each);
          const [from, to] = body.span(key) ?? [0, 0];
          expect(JSON.parse(body.raw.toString("utf8", from, to))).toEqual(each);
        }
      }),
    );
  });
  it("finds the same in large bodies, which are only scanned", () => {
    fc.assert(
      fc.property(objectText, fc.constantFrom("x", '\\"', "\\\\", "ü", '\\\\\\"'), (text, filling) => {
        const at = text.lastIndexOf("}");
        const comma = Object.keys(JSON.parse(text)).length > 0 ? "," : "";
        const large = `${text.slice(0, at)}${comma}"the filling":"${filling.repeat(17_000)}"${text.slice(at)}`;
        const body = read(large);
        const json: Record<string, unknown> = JSON.parse(large);
        for (const [key, each] of Object.entries(json)) expect(body.get(key)).toEqual(each);
        expect([...body.names]).toHaveLength(Object.keys(json).length);
      }),
      { numRuns: 30 },
    );
  });
  it("refuses exactly what a parser refuses, whatever was broken", () => {
    const odd = fc.constantFrom('"', "\\", "{", "}", "[", "]", ",", ":", "0", "-", ".", "e", "t", "n", "\n", "\u0001", "u", " ", "");
    fc.assert(
      fc.property(objectText, fc.nat(), fc.nat({ max: 2 }), odd, (text, where, gone, put) => {
        const at = where % (text.length + 1);
        const broken = Buffer.from(text.slice(0, at) + put + text.slice(at + gone));
        const parsed = outcomeOf(() => JSON.parse(broken.toString()) as unknown);
        const isObject = parsed.value !== null && typeof parsed.value === "object" && !Array.isArray(parsed.value);
        const read = outcomeOf(() => Body.read(broken));
        if (/twice/.test(String(read.error))) return;
        expect(read.value !== undefined).toBe(isObject);
        if (!read.value) return;
        for (const each of Object.keys(parsed.value as object))
          expect(read.value.get(each)).toEqual((parsed.value as Record<string, unknown>)[each]);
      }),
      { numRuns: 5_000, seed: 7 },
    );
  });

  it("patches to what the same change of the parsed object gives", () => {
    const patches = fc.record(
      { set: fc.dictionary(name, fc.option(value, { nil: undefined }), { maxKeys: 3 }), remove: fc.array(name, { maxLength: 4 }) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(objectText, patches, (text, patch) => {
        const body = read(text);
        const before = Buffer.from(body.raw);
        const json: Record<string, unknown> = JSON.parse(text);
        const patched: Record<string, unknown> = JSON.parse(body.patched(patch).toString());
        expect(new Map(Object.entries(patched))).toEqual(normal(expected(json, patch)));
        expect(body.raw.equals(before)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
  it("removes the first, the last, a middle one, several and the only one", () => {
    const text = ' { "a" : 1 , "b" : [2] ,\n"c" : "3" } ';
    const without = (...remove: string[]): string => read(text).patched({ remove }).toString();
    expect(without("a")).toBe(' {  "b" : [2] ,\n"c" : "3"}');
    expect(without("b")).toBe(' { "a" : 1 , \n"c" : "3"}');
    expect(without("c")).toBe(' { "a" : 1 , "b" : [2] }');
    expect(jsonOf(read(text).patched({ remove: ["b", "c", "c"], set: { d: 4 } }))).toEqual({ a: 1, d: 4 });
    expect(jsonOf(read(text).patched({ remove: ["a", "b", "c"] }))).toEqual({});
    expect(jsonOf(read('{"a":1}').patched({ remove: ["a", "a"], set: { b: 2 } }))).toEqual({ b: 2 });
    expect(jsonOf(read("{ }").patched({ set: { b: 2 } }))).toEqual({ b: 2 });
  });
  it("gives the same buffer back when there is nothing to change", () => {
    const body = read('{"a":1}');
    expect(body.patched({})).toBe(body.raw);
    expect(body.patched({ set: { b: undefined }, remove: ["c"] })).toBe(body.raw);
  });
  it("removes what is set to nothing but named for removal", () => {
    expect(jsonOf(read('{"a":1,"b":2}').patched({ set: { a: undefined }, remove: ["a"] }))).toEqual({ b: 2 });
  });
  it("leaves numbers and spaces that it does not touch as they came", () => {
    const text = '{"seed":12345678901234567890, "model":"x", "t":1.0}';
    expect(
      read(text)
        .patched({ set: { model: "y" } })
        .toString(),
    ).toBe('{"seed":12345678901234567890, "model":"y", "t":1.0}');
  });
  it("finds no members that are only inherited", () => {
    for (const each of ["toString", "constructor", "__proto__"]) expect(read("{}").get(each)).toBeUndefined();
  });
  it("can be made from an object whose names need escapes", () => {
    const body = Body.of({ 'we"ird': 1, model: "a" });
    expect(body.get('we"ird')).toBe(1);
    expect(jsonOf(body.patched({ set: { model: "b" } }))).toEqual({ 'we"ird': 1, model: "b" });
  });
  it("tells the shape of a member by its bytes", () => {
    const body = read('{"n":null,"t":"x","e":"","o":{},"l":[1],"z":[ ],"b":true,"f":false,"i":-1}');
    expect(["none", "n", "t", "e", "o", "l", "z", "b", "f", "i"].map((each) => body.shape(each))).toEqual(
      "missing,missing,text,empty text,object,list,empty list,boolean,boolean,number".split(","),
    );
  });
  it.each(['{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '{"a":{},"b":[],"a":null}'])("refuses names that stand twice: %s", (text) => {
    expect(() => read(text)).toThrow(/names "a" twice/);
  });
  it("allows the same name in different objects", () => {
    expect(read('{"a":{"a":1},"b":{"a":2}}').has("b")).toBe(true);
  });
  it("takes 128 levels and no more, whatever the names look like", () => {
    const nested = (levels: number, key = "a"): string => `{"${key}":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`;
    expect(read(nested(128)).has("a")).toBe(true);
    for (const text of [nested(129), nested(129, "\\u0061"), nested(100_000, "\\u0061")])
      expect(() => read(text)).toThrow(/deeper than 128/);
  });
  it.each([
    ["", /not valid JSON/],
    ["[1]", /must be a JSON object, but it is a list/],
    ["null", /but it is null/],
    ['"text"', /but it is a string/],
    ['{"a":1', /not valid JSON/],
    ['{"a":1,}', /not valid JSON/],
    ['{"a":1}}', /not valid JSON/],
    ['{"a":1 2}', /not valid JSON/],
    ['{"a":}', /not valid JSON/],
    ["{a:1}", /not valid JSON/],
    ['{"a\\x":1}', /not valid JSON/],
    ['{"a":"\\', /not valid JSON/],
    [`{"a":"${"x".repeat(50)}\\`, /not valid JSON/],
  ])("refuses %s", (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
  it("refuses what is not UTF-8", () => {
    expect(() => Body.read(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]))).toThrow(/UTF-8/);
  });
  it("never takes for a large object what a parser would not, at its top level", () => {
    const filling = `"filling":"${"x".repeat(17_000)}"`;
    for (const text of [`{${filling},}`, `{${filling}}x`, `{${filling} "a":1}`, `{${filling},"a"}`])
      expect(() => read(text)).toThrow(/not valid JSON/);
  });
});

/** Through JSON and back: -0 becomes 0, as in any body. */
function normal(members: Map<string, unknown>): Map<string, unknown> {
  return new Map([...members].map(([key, each]) => [key, JSON.parse(JSON.stringify(each))]));
}

function outcomeOf<Value>(ask: () => Value): { value?: Value; error?: unknown } {
  try {
    return { value: ask() };
  } catch (error) {
    return { error };
  }
}

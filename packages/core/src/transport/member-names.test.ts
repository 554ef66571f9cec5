import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nameIn } from "./member-names.ts";

function read(json: string): string | undefined {
  const raw = Buffer.from(`..${json}..`);
  return nameIn(raw, 3, raw.length - 3);
}

describe("the name of a member", () => {
  it("is what a parser reads, whichever names came before it", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme", maxLength: 80 }), { minLength: 1, maxLength: 20 }), (names) => {
        for (const name of [...names, ...names]) expect(read(JSON.stringify(name))).toBe(name);
      }),
    );
  });

  it("is told apart from names of the same length and the same ends", () => {
    expect(["axb", "ayb", "axb"].map((name) => read(`"${name}"`))).toEqual(["axb", "ayb", "axb"]);
  });

  it("may be written with escapes", () => expect(read('"mod\\u0065l"')).toBe("model"));
  it("is none where an escape is broken", () => expect(read('"mod\\xel"')).toBeUndefined());
});

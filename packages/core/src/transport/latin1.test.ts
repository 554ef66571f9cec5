import fc from "fast-check";
import { expect, it } from "vitest";
import { latin1Json, unpacked } from "./latin1.ts";

it("says a name in JSON, whose letters are the bytes of its UTF-8", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (name) => {
      expect(JSON.parse(Buffer.from(latin1Json(name), "latin1").toString())).toBe(name);
    }),
  );
});

it("turns letters into bytes where they stand for them, and leaves every other body alone", () => {
  expect(unpacked({ body: "\u00c3\u00bc", encoding: "latin1" }).toString()).toBe("\u00fc");
  expect(unpacked({ body: "\u00c3\u00bc" })).toBe("\u00c3\u00bc");
  const bytes = Buffer.from("x");
  expect(unpacked({ body: bytes })).toBe(bytes);
});

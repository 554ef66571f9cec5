import { describe, expect, it } from "vitest";
import { headerLine, headerLines, headerList } from "./header-lines.ts";

describe("header lines", () => {
  it("stand one below the other, and come apart again", () => {
    const lines = headerLines(["a", "1", "b", "x: y", "c", ""]);
    expect(lines).toBe("a: 1\r\nb: x: y\r\nc: \r\n");
    expect(headerList(lines)).toEqual(["a", "1", "b", "x: y", "c", ""]);
    expect(headerList("")).toEqual([]);
  });

  it.each([
    ["a\r\nset-cookie: b", "a%0D%0Aset-cookie: b"],
    ["caf\u00e9", "caf%C3%A9"],
    ["\ud83d\ude00", "%F0%9F%98%80"],
    ["half \ud83d", "half %EF%BF%BD"],
    ["tab\there", "tab%09here"],
  ])("never hold what is no plain text: %j", (value, shown) => {
    expect(headerLine("x", value)).toBe(`x: ${shown}\r\n`);
  });

  it("cut what clients would refuse", () => {
    expect(headerLine("x", "y".repeat(5000))).toHaveLength("x: \r\n".length + 1000);
  });
});

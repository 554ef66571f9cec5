import { describe, expect, it } from "vitest";
import { keptTexts, maxCharsOf, shortened } from "./prompts.ts";

const texts = { messages: [{ role: "user", content: "secret plan" }], response: { id: "r" } };

describe("texts of calls", () => {
  it("are kept only when that is wanted", () => {
    expect(keptTexts(texts, { store: false, redact: false, maxChars: 100 })).toEqual({});
    expect(keptTexts(texts, { store: true, redact: false, maxChars: 100 })).toEqual(texts);
  });

  it("are not kept for a call, key or team that turned it off", () => {
    expect(keptTexts(texts, { store: true, redact: false, maxChars: 100 }, true)).toEqual({});
  });

  it("say that they were there, and not what they said, when they are redacted", () => {
    expect(keptTexts(texts, { store: true, redact: true, maxChars: 100 })).toEqual({ messages: "redacted", response: "redacted" });
  });

  it("are cut in the middle, with what is left out counted", () => {
    expect(shortened(["a".repeat(10) + "b".repeat(10), 5, null], 8)).toEqual(["aaaa… (12 characters left out) …bbbb", 5, null]);
  });

  it("are never cut through a character", () => {
    expect(shortened("aaa🙂xxxxxxx🙂bbb", 8)).toBe("aaa… (11 characters left out) …bbb");
  });

  it("stay small however deep they are", () => {
    let deep: unknown = "x";
    for (let depth = 0; depth < 10_000; depth += 1) deep = [deep];
    expect(JSON.stringify(shortened(deep, 8)).length).toBeLessThan(100);
  });
});

describe("the length", () => {
  it("is what the variable says", () => expect(maxCharsOf("2048")).toBe(2048));
  it.each([undefined, "", "many", "-5", "0"])("is the default for %s", (text) => expect(maxCharsOf(text)).toBe(1000));
});

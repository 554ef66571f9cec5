import { describe, expect, it } from "vitest";
import { Mould } from "./mould.ts";

const plain = (content: string, more = ""): string =>
  `data: {"id":"1","model":"m","delta":{"content":"${content}"},"finish_reason":null${more}}\n\n`;
const HEAD = plain("").indexOf("m") + 2;

function taught(...events: readonly string[]): Mould {
  const mould = new Mould();
  for (const event of events) mould.learn(event, HEAD);
  return mould;
}

describe("a mould", () => {
  it.each([
    ["different words", "one", "two"],
    ["words that begin alike", " the", " then"],
    ["words that end alike", "king", "ring"],
    ["a word and nothing", "word", ""],
    ["nothing and a word", "", "word"],
    ["a word and more of it", "a", "aa"],
  ])("is learned from %s", (_, first, second) => {
    const mould = taught(plain(first), plain(second));
    for (const content of [first, second, "", "other", "}{,:", "\u00e9"]) expect(mould.fits(plain(content)), content).toBe(true);
  });

  it("fits nothing before it is learned, and nothing that is not like what taught it", () => {
    expect(new Mould().fits(plain("a"))).toBe(false);
    expect(taught(plain("a")).fits(plain("a"))).toBe(false);
    const mould = taught(plain("a"), plain("b"));
    const others = [
      ...[plain('\\"'), plain("\\n"), plain("a\n\nb"), plain("a", ',"usage":{"total_tokens":1}'), plain("a").replace("null", '"stop"')],
      ...[plain("a").replace('"1"', '"2"'), plain("a").replace("content", "refusal"), plain("a").slice(0, -2), "data: [DONE]\n\n", ""],
      plain('","finish_reason":"stop","x":"'),
    ];
    for (const other of others) expect(mould.fits(other), other).toBe(false);
  });

  it("is not learned where two texts differ, and not tried for ever", () => {
    const odd = (at: number): string => plain(`w${at}`, `,"obfuscation":"${"x".repeat(at + 1)}${at}"`);
    const mould = taught(odd(0), odd(1), odd(2));
    expect(mould.fits(odd(3))).toBe(false);
    for (let at = 3; at < 9; at += 1) mould.learn(odd(at), HEAD);
    mould.learn(plain("a"), HEAD);
    mould.learn(plain("b"), HEAD);
    expect(mould.fits(plain("c"))).toBe(false);
  });

  it("is kept when an event with an escape comes by, and forgotten when events begin otherwise", () => {
    const mould = taught(plain("a"), plain("b"), plain('say \\"hi\\"'));
    expect(mould.fits(plain("c"))).toBe(true);
    mould.forget();
    expect(mould.fits(plain("c"))).toBe(false);
  });
});

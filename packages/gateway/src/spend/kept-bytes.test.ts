import { expect, it } from "vitest";
import { KeptBytes } from "./kept-bytes.ts";

it("keeps what is added until it is cleared, whatever its letters and length", () => {
  const kept = new KeptBytes();
  const texts = ["a", "é🚀\u4e2d", "x".repeat(200_000), "end"];
  for (const text of texts) expect(kept.add(text).toString()).toBe(text);
  expect(kept.all.toString()).toBe(texts.join(""));
  expect(kept.length).toBe(Buffer.byteLength(texts.join("")));
  kept.clear();
  expect(kept.length).toBe(0);
  expect(kept.add("again").toString()).toBe("again");
});

it("takes back what was added last", () => {
  const kept = new KeptBytes();
  kept.add("stays");
  kept.takeBack(kept.add("goes").length);
  kept.add("!");
  expect(kept.all.toString()).toBe("stays!");
});

it("uses its memory again, and gives back what a burst took", () => {
  const kept = new KeptBytes();
  const first = kept.add("one").buffer;
  kept.clear();
  expect(kept.add("two").buffer).toBe(first);
  const large = kept.add("x".repeat(2_000_000)).buffer;
  kept.clear();
  expect(kept.add("three").buffer).not.toBe(large);
});

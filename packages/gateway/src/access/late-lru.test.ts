import { describe, expect, it } from "vitest";
import { LateLru } from "./late-lru.ts";

describe("an LRU cache that is made late", () => {
  it("is empty before its first entry, whatever is asked of it", () => {
    const cache = new LateLru<number>(2);
    cache.delete("a");
    cache.clear();
    expect(cache.get("a")).toBeUndefined();
    expect([...cache.entries()]).toEqual([]);
  });

  it("forgets what was asked for longest ago", () => {
    const cache = new LateLru<number>(2);
    cache.set("a", 1);
    cache.set("b", 2);
    cache.get("a");
    cache.set("c", 3);
    expect(new Map(cache.entries())).toEqual(
      new Map([
        ["c", 3],
        ["a", 1],
      ]),
    );
    cache.delete("a");
    expect(cache.get("a")).toBeUndefined();
  });
});

import { expect, it } from "vitest";
import { UnderWay } from "./under-way.ts";

it("holds those that came and did not leave", () => {
  const under = new UnderWay<{ place: number; name: string }>();
  const [a, b, c] = ["a", "b", "c"].map((name) => ({ place: -1, name })) as [never, never, never];
  for (const one of [a, b, c]) under.add(one);
  under.remove(a);
  under.remove(a);
  expect(under.all.map(({ name }) => name).sort()).toEqual(["b", "c"]);
  under.remove(c);
  under.remove(b);
  under.remove(b);
  expect(under.all).toEqual([]);
  under.add(a);
  expect(under.all).toEqual([a]);
});

it("lets those who are looked at leave meanwhile", () => {
  const under = new UnderWay<{ place: number }>();
  for (let at = 0; at < 5; at += 1) under.add({ place: -1 });
  for (const one of under.all) under.remove(one);
  expect(under.all).toEqual([]);
});

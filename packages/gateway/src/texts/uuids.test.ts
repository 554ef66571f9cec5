import { expect, it } from "vitest";
import { createUuids } from "./uuids.ts";

it("makes UUIDs of version 4 that are all different", () => {
  const next = createUuids();
  const made = Array.from({ length: 1000 }, next);
  for (const each of made) expect(each).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(made).size).toBe(1000);
});

it("makes them of chance: each free bit is set in half of them", () => {
  const next = createUuids();
  const digits = Array.from({ length: 2000 }, () => BigInt(`0x${next().replaceAll("-", "")}`));
  const fixed = new Set([76, 77, 78, 79, 62, 63]);
  for (let bit = 0; bit < 128; bit += 1) {
    const set = digits.filter((each) => (each >> BigInt(bit)) & 1n).length;
    if (!fixed.has(bit)) expect(Math.abs(set - 1000), `bit ${bit}`).toBeLessThan(200);
  }
});

/** What a text holds is seen in the heap of a process of its own. */

import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";

const program = `
import { inOnePiece } from ${JSON.stringify(new URL("./in-one-piece.ts", import.meta.url).href)};

/** Megabytes that 200 short texts hold which were cut out of long ones. */
function heldBy(keep) {
  const kept = [];
  gc();
  const before = process.memoryUsage().heapUsed;
  for (let at = 0; at < 200; at += 1) {
    const whole = Buffer.alloc(100_000, "a" + at).toString("latin1");
    kept.push(keep('{"id":"' + whole.slice(0, 40) + '"}'));
  }
  gc();
  return kept.length > 0 ? (process.memoryUsage().heapUsed - before) / 1_048_576 : 0;
}

console.log(JSON.stringify({ whole: heldBy((text) => text), piece: heldBy(inOnePiece) }));
`;

it("lets go of the texts that its pieces were cut out of", () => {
  const flags = ["--expose-gc", "--import", "tsx", "--input-type=module", "-e", program];
  const { whole, piece } = JSON.parse(execFileSync(process.execPath, flags, { encoding: "utf8" })) as Record<string, number>;
  expect(whole).toBeGreaterThan(15);
  expect(piece).toBeLessThan(2);
});

/** What the engine is told, in processes of its own: it holds for all of one. */

import { execFileSync, spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { patience } from "./engine.ts";

const program = `
import { getHeapSpaceStatistics } from "node:v8";
import { growWithWork, startSmall } from ${JSON.stringify(new URL("./engine.ts", import.meta.url).href)};

/** Megabytes of the young generation, after much was made of which some lives on. */
function youngAfterWork() {
  const kept = [];
  for (let at = 0; at < 2_000_000; at += 1) {
    const made = { at, text: "x" + at };
    if (at % 8 === 0) kept.push(made);
  }
  const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === "new_space");
  return kept.length > 0 ? young.space_size / 1_048_576 : 0;
}

startSmall();
const small = youngAfterWork();
for (let call = 0; call < 99; call += 1) growWithWork();
const stillSmall = youngAfterWork();
growWithWork();
console.log(JSON.stringify({ small, stillSmall, grown: youngAfterWork() }));
`;

it("leaves the young generation small until calls come in", () => {
  const said = execFileSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program], { encoding: "utf8" });
  const { small, stillSmall, grown } = JSON.parse(said) as Record<string, number>;
  expect(small).toBeLessThan(5);
  expect(stillSmall).toBe(small);
  expect(grown).toBeGreaterThan(10);
});

it("tells the engine of its patience in words that this one knows", () => {
  const said = (flags: readonly string[]): string => {
    const script = `for (const flag of ${JSON.stringify(flags)}) require("node:v8").setFlagsFromString(flag);`;
    return spawnSync(process.execPath, ["-e", script], { encoding: "utf8" }).stderr;
  };
  expect(said([patience?.eager ?? "", patience?.usual ?? ""])).toBe("");
  expect(said(["--no-such-flag=1"])).toContain("no-such-flag");
});

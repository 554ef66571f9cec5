/** `kill -9` under load: what a client has seen answered stands in the books, once, and all sums agree. */

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { CALL_NANO, NARROW_CALLS, runCrashes, SLOW_NANO } from "./crash-run.ts";

beforeAll(() => {
  if (!existsSync(fileURLToPath(new URL("../packages/gateway/dist/main.js", import.meta.url))))
    throw new Error("The command is not built. Run: npm run build");
});

describe("a gateway that is killed ten times", () => {
  it("has every call that was answered in its books, once, and a budget that is neither overrun nor eaten", async () => {
    const outcome = await runCrashes({ kills: 10, fromMs: 100, toMs: 600, clients: 12 });
    expect(outcome.answered).toBeGreaterThan(200);
    expect(outcome.missing).toEqual([]);
    expect(outcome.doubled).toEqual([]);
    expect(outcome.dailyNano).toBe(outcome.rowsNano);
    expect(outcome.dailyRequests).toBe(outcome.rows);
    expect(outcome.keysNano).toBe(outcome.rowsNano);
    expect(outcome.teamNano).toBe(outcome.rowsNano);
    expect(outcome.narrowAnswered).toBeGreaterThan(0);
    expect(outcome.narrowNano).toBe(NARROW_CALLS * CALL_NANO);
    expect(outcome.cutOff).toEqual([{ status: "failure", nano: SLOW_NANO }]);
    expect(outcome.lentNano).toBe(0);
  }, 120_000);
});

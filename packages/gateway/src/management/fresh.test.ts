/** How long reads wait for the books. */

import { describe, expect, it } from "vitest";
import { fakeClock } from "../../../testkit/src/fake-clock.ts";
import type { Ledger } from "../spend/ledger.ts";
import { admin } from "./for-tests.ts";
import { createFresh, withFreshBooks } from "./fresh.ts";

function waitingLedger(flush: () => Promise<void>, waiting = 1): Pick<Ledger, "state" | "flush"> {
  return { state: { waiting, poisoned: 0, lost: 0 }, flush };
}

describe("reads of what was spent", () => {
  it("wait no longer than a moment for a database that does not answer", async () => {
    const clock = fakeClock();
    const fresh = createFresh(
      waitingLedger(() => new Promise(() => undefined)),
      clock,
    )();
    await clock.advance(5000);
    await fresh;
    expect(clock.pending).toBe(0);
  });

  it("wait for many rows as long as they become fewer", async () => {
    const clock = fakeClock();
    const ledger = { state: { waiting: 250_000, poisoned: 0, lost: 0 }, flush: () => flushed };
    let finish = (): void => undefined;
    const flushed = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let isAnswered = false;
    const fresh = createFresh(ledger, clock)().then(() => {
      isAnswered = true;
    });
    for (const waiting of [150_000, 50_000]) {
      ledger.state = { ...ledger.state, waiting };
      await clock.advance(5000);
    }
    expect(isAnswered).toBe(false);
    finish();
    await fresh;
    expect(clock.pending).toBe(0);
  });

  it("are answered where nothing can be written", async () => {
    const clock = fakeClock();
    await createFresh(
      waitingLedger(() => Promise.reject(new Error("away"))),
      clock,
    )();
    expect(clock.pending).toBe(0);
  });

  it("flush before they read; other calls do not", async () => {
    const order: string[] = [];
    const ledger = waitingLedger(async () => void order.push("flush"));
    const { keys } = withFreshBooks(
      {
        keys: {
          info: async () => ({ key: "", info: { spend: 0, models: [], metadata: {}, order: order.push("info") } }),
          health: async () => ({ key: "healthy", order: order.push("health") }),
        },
      },
      createFresh(ledger, fakeClock()),
    );
    await keys?.info?.({}, admin);
    await keys?.health?.({}, admin);
    expect(order).toEqual(["flush", "info", "health"]);
  });
});

import { fakeClock } from "@tollgate/testkit/fake-clock";
import { expect, it } from "vitest";
import { entryOf } from "./fakes-for-tests.ts";
import { createLasting } from "./lasting.ts";
import type { LedgerEntry } from "./ledger.ts";

it("a call has its first row when it has lasted for two seconds, and only then", async () => {
  const clock = fakeClock();
  const begun: LedgerEntry[] = [];
  const lasting = createLasting(clock, (entry) => void begun.push(entry));
  const over = lasting.add(() => entryOf("short"));
  lasting.add(() => entryOf("long"));
  await clock.advance(1_900);
  over();
  expect(begun).toEqual([]);
  lasting.add(() => entryOf("later"));
  await clock.advance(700);
  expect(begun.map(({ record }) => record.callId)).toEqual(["long"]);
  await clock.advance(10_000);
  expect(begun.map(({ record }) => record.callId)).toEqual(["long", "later"]);
  lasting.close();
  expect(clock.pending).toBe(0);
});

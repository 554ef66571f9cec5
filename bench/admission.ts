/** What admission costs a call: `node --conditions=tollgate-source --import tsx bench/admission.ts`. Microseconds of one core, nothing else measured. */

import { systemClock } from "../packages/core/src/clock.ts";
import { createAdmission } from "../packages/gateway/src/limits/admit.ts";
import { createMemoryCounters } from "../packages/gateway/src/limits/counters-memory.ts";
import { chatCall, houseOf, plainRouter, principal, record, row, subject } from "../packages/gateway/src/limits/fakes-for-tests.ts";
import type { Purses } from "../packages/gateway/src/limits/purses.ts";
import { createReach } from "../packages/gateway/src/limits/reach.ts";
import { defaultLimitSettings } from "../packages/gateway/src/limits/settings.ts";

const ROUNDS = 300_000;

/** Purses that always hold enough: what is measured is the way through admission, not the database. */
const ample: Purses = {
  reserve: () => ({ ok: true, settle() {} }),
  spent: () => 0,
  charged() {},
  written() {},
  recovered: async () => {},
  close: async () => {},
};

const house = houseOf([row("m")]);
const counters = createMemoryCounters(systemClock);
const reachOf = createReach(() => house.router.routes, plainRouter);
const admission = createAdmission({ counters, purses: ample, clock: systemClock, settings: defaultLimitSettings, reachOf });
const rates = { requestsPerMinute: 1e9, tokensPerMinute: 1e12 };
const budgets = [{ limitNano: 1e15, duration: "30d" }];
const principals = {
  "no limits": principal([subject("key", "a", {})]),
  "rpm and tpm on key and team": principal([subject("team", "t", rates), subject("key", "b", rates)]),
  "budgets, rpm and tpm on key and team": principal([
    subject("team", "t", { ...rates, budgets }),
    subject("key", "c", { ...rates, budgets }),
  ]),
};
const call = chatCall("m", { max_tokens: 100 });
const done = record(10, 20);

for (const [name, who] of Object.entries(principals)) {
  for (const rounds of [ROUNDS / 10, ROUNDS]) {
    const from = process.cpuUsage();
    for (let at = 0; at < rounds; at += 1) {
      const ticket = admission.admit(who, call, []);
      if (ticket instanceof Promise) throw new Error("this was to be at once");
      ticket.headers?.(done);
      ticket.settle(done);
    }
    const { user, system } = process.cpuUsage(from);
    if (rounds === ROUNDS) console.log(`${name}: ${((user + system) / rounds).toFixed(2)} µs a call`);
  }
}
await counters.close();
await house.close();

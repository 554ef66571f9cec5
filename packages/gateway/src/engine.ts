/** What the JavaScript engine is told: to hold little memory until calls come in, and when to compile. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Probes and first tries are no work yet. */
const FEW_CALLS = 100;

/** Calls until room pays; 0: nothing waits for them. */
let callsToGo = 0;

/**
 * For the first line of a process.
 * - What a start makes stays, so a large young generation would only be filled with what is gone already: 30 MB.
 * - Rows that wait in memory for the first time teach V8 to make all later ones where only a large collection finds them: a tenth of a call.
 * - The old generation may come to three times what lives there before all of it is marked. V8's own limits are lowest after idle times and
 *   leave 7 MB, young generation aside: prompts of 100 KB fill that ten times a second.
 */
export function startSmall(): void {
  callsToGo = FEW_CALLS;
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--no-allocation-site-pretenuring");
  setFlagsFromString("--heap-growing-percent=200");
}

/** Told of each call. */
export function growWithWork(): void {
  if (callsToGo === 0) return;
  callsToGo -= 1;
  if (callsToGo === 0) setFlagsFromString("--semi-space-growth-factor=2");
}

interface Patience {
  readonly usual: string;
  readonly eager: string;
}

/** How long V8 waits before it compiles a function: with Node 20 in bytes of code that ran, later in calls. Of unknown flags it complains. */
export const patience: Patience | undefined = patienceOf(Number.parseInt(process.versions.node, 10));

function patienceOf(node: number): Patience | undefined {
  if (node === 20) return { usual: "--interrupt-budget=67584", eager: "--interrupt-budget=12288" };
  if (node >= 22) return { usual: "--invocation-count-for-turbofan=3000", eager: "--invocation-count-for-turbofan=550" };
  return undefined;
}

/** V8 compiles what runs meanwhile after a fifth of the calls that it waits for otherwise. */
export async function eagerly(task: () => Promise<void>): Promise<void> {
  if (patience) setFlagsFromString(patience.eager);
  try {
    await task();
  } finally {
    if (patience) setFlagsFromString(patience.usual);
  }
}

/** Collects all that nobody holds, so that what is kept next takes its place. Nothing else happens for some 50 ms. */
export function collect(): void {
  setFlagsFromString("--expose-gc");
  const gc: unknown = runInNewContext("gc");
  setFlagsFromString("--no-expose-gc");
  if (typeof gc === "function") gc();
}

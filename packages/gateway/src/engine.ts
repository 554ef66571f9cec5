/** How the JavaScript engine holds memory: little as long as nothing is asked of the gateway, much while calls come in. */

import { setFlagsFromString } from "node:v8";

let isSmall = false;

/**
 * For the first line of a process. What a start makes stays, so room for what comes and goes would only be filled with what is gone
 * already: 30 MB. And rows that wait in memory for the first time teach V8 to make all later ones where only a large collection finds
 * them: a tenth of a call.
 */
export function startSmall(): void {
  isSmall = true;
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--no-allocation-site-pretenuring");
}

/** With the first call: from now on room pays. */
export function growWithWork(): void {
  if (!isSmall) return;
  isSmall = false;
  setFlagsFromString("--semi-space-growth-factor=2");
}

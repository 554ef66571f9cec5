/** `node --conditions=tollgate-source --import tsx bench/crash.mjs`: a gateway that is killed many times under load; fails when its books do not hold every answer once. */
import { parseArgs } from "node:util";
import { CALL_NANO, NARROW_CALLS, runCrashes } from "../tests/crash-run.ts";

const { values: flags } = parseArgs({
  options: {
    kills: { type: "string", default: "60" },
    clients: { type: "string", default: "24" },
    most: { type: "string", default: "3000" },
  },
});
const began = performance.now();
const onKill = (number, answered) =>
  console.log(`${((performance.now() - began) / 1000).toFixed(1)} s: killed ${number} times, ${answered} calls answered`);
const found = await runCrashes({
  kills: Number(flags.kills),
  clients: Number(flags.clients),
  fromMs: 50,
  toMs: Number(flags.most),
  onKill,
});
console.log(found);

const checks = {
  "every answer has its row": found.missing.length === 0,
  "no answer has two": found.doubled.length === 0,
  "the days add up to the rows": found.dailyNano === found.rowsNano && found.dailyRequests === found.rows,
  "the keys add up to the rows": found.keysNano === found.rowsNano,
  "the team adds up to the rows": found.teamNano === found.rowsNano,
  "the narrow budget is spent exactly": found.narrowNano === NARROW_CALLS * CALL_NANO,
  "a stream that was cut off is charged": found.cutOff.length === 1 && found.cutOff[0].nano > 0,
  "nothing is left lent": found.lentNano === 0,
};
for (const [what, holds] of Object.entries(checks)) console.log(`${holds ? "yes" : "NO "} ${what}`);
process.exit(Object.values(checks).every(Boolean) ? 0 : 1);

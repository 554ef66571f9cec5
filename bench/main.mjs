/** `npm run bench`: Tollgate and other gateways in turn, and RESULTS.md. */
import { appendFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { present } from "./contenders.mjs";
import { measures, runRounds } from "./measures.mjs";
import { here, peers } from "./places.mjs";
import { report } from "./report.mjs";
import { results } from "./results.mjs";
import { openStage } from "./stage.mjs";

const usage = `npm run bench -- [--rounds 3] [--seconds 2] [--contenders ${"bare,tollgate,…"}] [--measures ${Object.keys(measures).join(",")}] [--out bench/RESULTS.md]`;
const { values: flags } = parseArgs({
  options: {
    help: { type: "boolean" },
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "2" },
    contenders: { type: "string", default: "" },
    measures: { type: "string", default: Object.keys(measures).join(",") },
    out: { type: "string", default: here("RESULTS.md") },
  },
});
if (flags.help) {
  console.log(usage);
  process.exit(0);
}

const named = (list) => list.split(",").filter(Boolean);
const { able, absent } = present(named(flags.contenders));
for (const [name, reason] of Object.entries(absent)) console.log(`without ${name}: ${reason}`);
const found = results();
const [rounds, seconds] = [Number(flags.rounds), Number(flags.seconds)];
const stage = await openStage();
try {
  await runRounds(stage, { contenders: able, rounds, seconds, wanted: named(flags.measures) }, (row) => {
    found.rows.push(row);
    appendFileSync(peers("rows.jsonl"), `${JSON.stringify(row)}\n`);
    const { round, contender, measure, ...numbers } = row;
    console.log(`${round} ${contender.padEnd(9)} ${measure.padEnd(15)} ${shortly(numbers)}`);
  });
} finally {
  await stage.close();
}
writeFileSync(flags.out, report(found, { able, absent, rounds, seconds }));
console.log(`wrote ${flags.out}`);

function shortly(numbers) {
  const shown = [
    "cpuUs",
    "perSecond",
    "latencyP50",
    "firstContentP50",
    "foreign",
    "failed",
    "error",
    "liveMs",
    "startMs",
    "importMs",
    "idleMB",
    "loadedMB",
  ];
  return shown
    .flatMap((key) => (numbers[key] ? `${key}=${typeof numbers[key] === "number" ? Number(numbers[key].toFixed(3)) : numbers[key]}` : []))
    .join(" ");
}

/** `node bench/gate.mjs`: a short run that fails when Tollgate is above its limits; for machines with two cores and some quiet. */
import { parseArgs } from "node:util";
import { present } from "./contenders.mjs";
import { judge } from "./limits.mjs";
import { runRounds } from "./measures.mjs";
import { limitTable } from "./report.mjs";
import { results } from "./results.mjs";
import { openStage } from "./stage.mjs";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "2" },
    seconds: { type: "string", default: "1" },
    portkey: { type: "boolean", default: true },
  },
  allowNegative: true,
});
const wanted = ["json", "large", "stream", "translate", "translateStream", "bedrockStream", "one", "firstByte"];
const gateways = present(["bare", "tollgate", "virtual"]);
if (Object.keys(gateways.absent).length > 0) fail(Object.values(gateways.absent).join("; "));
const rival = flags.portkey ? present(["portkey"]) : { able: [], absent: {} };
for (const reason of Object.values(rival.absent)) console.log(`without Portkey: ${reason}`);

const found = results();
const stage = await openStage();
try {
  const run = { rounds: Number(flags.rounds), seconds: Number(flags.seconds) };
  const record = (row) => {
    found.rows.push(row);
    process.stderr.write(".");
  };
  await runRounds(stage, { ...run, contenders: gateways.able, wanted }, record);
  if (rival.able.length > 0)
    await runRounds(
      stage,
      { ...run, first: run.rounds, rounds: 1, contenders: [...gateways.able, ...rival.able], wanted: ["json"] },
      record,
    );
} finally {
  await stage.close();
}

const failed = found.errors().filter(({ contender }) => contender === "tollgate");
for (const row of failed) console.log(`${row.measure}: ${row.failed ?? 0} failed, ${row.unfinished ?? 0} unfinished ${row.error ?? ""}`);
console.log(`\n${limitTable(found)}`);
const broken = judge(found).filter(({ kept }) => kept === false);
if (broken.length > 0 || failed.length > 0)
  fail(`${broken.length} limits broken, ${failed.length} bursts with failures. Run it again on a quiet machine before you believe it.`);

function fail(message) {
  console.error(message);
  process.exit(1);
}

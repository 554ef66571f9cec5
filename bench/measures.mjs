/** What is measured of each contender, as bursts of load; and the rounds in which the contenders take turns. */
import { execFileSync } from "node:child_process";
import { direct } from "./contenders.mjs";
import { root } from "./places.mjs";
import { memoryOf, stop } from "./processes.mjs";
import { burst, isRight, startContender } from "./stage.mjs";
import { hasWrk, wrkBurst } from "./wrk.mjs";

/** There and back; streams use little of their core, so that noise is more of what is seen. */
const TURNS = 2;
const STREAM_TURNS = 4;
const paced = { stream: true, intervalMs: 10 };

/** `warm` seconds come first in every round, so that compilers and pools have settled on the path. */
export const measures = {
  json: { title: "chat JSON, 1 KB", route: "chat", connections: 64, warm: 3 },
  large: { title: "chat JSON, 100 KB prompt", route: "chat", size: 102_400, connections: 8, warm: 1 },
  stream: { title: "chat streamed, 52 events", route: "chat", ...paced, connections: 64, warm: 1.5 },
  translate: { title: "OpenAI → Anthropic JSON", route: "translate", connections: 64, warm: 2 },
  translateStream: { title: "OpenAI → Anthropic streamed", route: "translate", ...paced, connections: 64, warm: 1.5 },
  bedrockStream: { title: "OpenAI → Bedrock Converse streamed", route: "bedrock", ...paced, connections: 64, warm: 1.5 },
  tls: { title: "chat JSON, 20 reply headers, TLS upstream", route: "tls", connections: 64, warm: 2 },
  tlsStream: { title: "chat streamed, 20 reply headers, TLS upstream", route: "tls", ...paced, connections: 64, warm: 1.5 },
  one: { title: "chat JSON, one connection", route: "chat", connections: 1, warm: 0.5, withDirect: true },
  firstByte: {
    title: "chat streamed, one connection",
    route: "chat",
    stream: true,
    intervalMs: 1,
    deltas: 4,
    connections: 1,
    warm: 0.5,
    withDirect: true,
  },
};

/**
 * Rounds of: start all contenders, check their answers, take turns in every measure (there and back, so that drift falls on
 * both sides alike), stop all. Calls `record` with each burst.
 */
export async function runRounds(stage, { contenders, first = 0, rounds, seconds, wanted }, record) {
  for (let round = first; round < first + rounds; round++) {
    const cast = [];
    try {
      for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
        const started = await startContender(stage, contender);
        cast.push(started);
        record({ round, contender: contender.name, measure: "birth", ...started.birth, ...(started.live && { importMs: importTime() }) });
      }
      for (const name of wanted) await takeTurns(stage, { cast, round, seconds, name }, record);
      if (hasWrk()) await wrkTurns({ cast, round, seconds }, record);
      for (const { name, child } of cast) record({ round, contender: name, measure: "after", loadedMB: memoryOf(child) });
    } finally {
      await Promise.all(cast.map(({ child }) => stop(child)));
    }
  }
}

async function takeTurns(stage, { cast, round, seconds, name }, record) {
  const { title, warm, withDirect, ...shape } = measures[name];
  const able = [];
  if (shape.route === "tls" && !stage.certificate) return;
  for (const each of cast.filter(({ routes }) => routes[shape.route])) {
    if (await isRight(each.routes[shape.route], shape.stream ?? false)) able.push(each);
    else record({ round, contender: each.name, measure: name, error: "no right answer" });
  }
  if (withDirect) able.unshift(direct);
  for (const each of able) await burst(stage, each, { ...shape, seconds: warm });
  for (let turn = 0; turn < (shape.stream ? STREAM_TURNS : TURNS); turn++) {
    for (const each of turn % 2 === 0 ? able : able.toReversed()) {
      record({ round, turn, contender: each.name, measure: name, ...(await burst(stage, each, { ...shape, seconds })) });
    }
  }
}

async function wrkTurns({ cast, round, seconds }, record) {
  for (const each of [direct, ...cast]) record({ round, contender: each.name, measure: "wrk", ...(await wrkBurst(each, seconds)) });
}

/** Milliseconds for `import "tollgate"` in a new process, as a user of the library has it. */
function importTime() {
  const code = 'const began = performance.now(); await import("tollgate"); console.log(performance.now() - began)';
  try {
    const printed = execFileSync("node", ["--input-type=module", "-e", code], { cwd: root, stdio: ["ignore", "pipe", "ignore"] });
    return Math.round(Number(printed));
  } catch {
    return undefined;
  }
}

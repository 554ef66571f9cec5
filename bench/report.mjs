/** Writes RESULTS.md: the tables of a run, with versions and machine. */
import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";
import { judge } from "./limits.mjs";
import { measures } from "./measures.mjs";
import { niceness } from "./places.mjs";
import { cell } from "./results.mjs";

const cpuMeasures = ["json", "large", "stream", "translate", "translateStream", "bedrockStream", "tls", "tlsStream"];
const baseOf = { translate: "json", translateStream: "stream", bedrockStream: "stream" };

export function report(found, { able, absent, rounds, seconds }) {
  return `${[
    "# Tollgate beside others",
    `Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: ${machine()}. ${rounds} rounds, bursts of ${seconds} s; cells are the median [lowest–highest].`,
    method,
    versions(able, absent),
    ...["## CPU µs per request, and its ratio to the bare proxy in the same turn", cpuTable(found, able)],
    ...["## Throughput and latency, 64 connections, no waiting upstream", throughputTable(found, able)],
    ...["## Added to what the upstream takes by itself, one connection", addedTable(found, able)],
    ...["## Start and memory", birthTable(found, able)],
    ...["## The limits that `bench/gate.mjs` holds Tollgate to", limitTable(found)],
    failures(found),
  ].join("\n\n")}\n`;
}

const method = `Method: each contender runs on one core, mock upstream and load generator on another. All contenders of a round are up at the
same time and take turns, there and back, so that a slow moment of the machine falls on all. CPU is the time of the contender's
whole process tree (/proc) divided by the answered requests. A stream is 52 events, 10 ms apart; a request of 1 KB is answered with 1.1 KB.
Turns in which others used more than 15 % of the contenders' core do not count in ratios, where there are quieter ones. Ratios of translation compare with the bare proxy passing chat through. All processes ran at nice ${niceness}. Trust the ratios more than the absolute figures.`;

function machine() {
  const model = cpus()[0]?.model ?? "unknown CPU";
  const system = /PRETTY_NAME="(.*)"/.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? process.platform;
  const load = loadavg()[0]?.toFixed(1);
  return `${cpus().length} cores of ${model}, ${Math.round(totalmem() / 2 ** 30)} GB, ${system}, kernel ${release()}, load average ${load} at the end`;
}

function versions(able, absent) {
  const here = able.map(({ title, version }) => `${title} ${version}`).join("; ");
  const gone = Object.entries(absent).map(([name, reason]) => `${name} (${reason})`);
  return `Versions: ${here}.${gone.length > 0 ? ` Not measured: ${gone.join("; ")}.` : ""}`;
}

function table(columns, lines) {
  const row = (cells) => `| ${cells.join(" | ")} |`;
  return [row(columns), row(columns.map(() => "---")), ...lines.map(row)].join("\n");
}

function cpuTable(found, able) {
  const columns = ["work", ...able.map(({ title }) => title)];
  const lines = cpuMeasures.map((measure) => [
    measures[measure].title,
    ...able.map(({ name }) => {
      const ratios = found.ratios([name, measure], ["bare", baseOf[measure] ?? measure]);
      const cpu = cell(found.values(name, measure, "cpuUs"));
      return ratios.length === 0 || name === "bare" ? cpu : `${cpu}; **${cell(ratios, 2)} ×**`;
    }),
  ]);
  return table(columns, lines);
}

function throughputTable(found, able) {
  const lines = able.map(({ name, title }) => [
    title,
    ...[["perSecond"], ["latencyP50", 2], ["latencyP99", 1]].map(([key, digits]) => cell(found.values(name, "json", key), digits)),
    cell(found.values(name, "translate", "perSecond")),
    cell(found.values(name, "wrk", "perSecond")),
  ]);
  return table(["contender", "requests/s", "p50 ms", "p99 ms", "translated requests/s", "requests/s (wrk)"], lines);
}

function addedTable(found, able) {
  const added = (name, measure, key) => cell(found.added([name, measure], ["direct", measure], key), 3);
  const lines = able.map(({ name, title }) => [
    title,
    added(name, "one", "latencyP50"),
    added(name, "one", "latencyP99"),
    added(name, "firstByte", "firstContentP50"),
    added(name, "firstByte", "firstContentP99"),
  ]);
  return table(["contender", "answer p50 ms", "answer p99 ms", "first content event p50 ms", "p99 ms"], lines);
}

function birthTable(found, able) {
  const birth = (name, key) => cell(found.values(name, "birth", key));
  const lines = able.map(({ name, title }) => [
    title,
    ...["liveMs", "startMs", "importMs", "idleMB"].map((key) => birth(name, key)),
    cell(found.values(name, "after", "loadedMB")),
  ]);
  return table(
    ["contender", "start → liveliness ms", "start → first answer ms", 'import "tollgate" ms', "idle MB", "MB after the load"],
    lines,
  );
}

export function limitTable(found) {
  const lines = judge(found).map(({ what, unit, most, least, numbers, kept }) => [
    what,
    `${most === undefined ? `≥ ${least}` : `≤ ${most}`} ${unit}`,
    cell(numbers, (most ?? least) < 50 ? 2 : 0),
    kept === undefined ? "not measured" : kept ? "kept" : "**broken**",
  ]);
  return table(["what", "limit", "found", ""], lines);
}

function failures(found) {
  const lines = found
    .errors()
    .map(
      (row) =>
        `- ${row.contender}, ${row.measure}, round ${row.round}: ${row.failed ?? 0} failed, ${row.unfinished ?? 0} unfinished. ${row.error ?? ""}`,
    );
  return lines.length === 0 ? "No request failed." : `Failures:\n\n${lines.join("\n")}`;
}

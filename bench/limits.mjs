/** What Tollgate must keep to, as figures of one run: the gate fails above them, the report shows them. */
import { median } from "./results.mjs";

const overBare =
  (measure, base = measure) =>
  (found) =>
    found.ratios(["tollgate", measure], ["bare", base]);
const overDirect = (measure, key) => (found) => found.added(["tollgate", measure], ["direct", measure], key);
const birth = (key) => (found) => found.values("tollgate", "birth", key);

export const limits = [
  { what: "CPU per chat request of 1 KB", unit: "× bare proxy", most: 1.45, of: overBare("json") },
  { what: "CPU per streamed chat (52 events)", unit: "× bare proxy", most: 1.1, of: overBare("stream") },
  { what: "CPU per chat request of 100 KB", unit: "× bare proxy", most: 1.5, of: overBare("large") },
  { what: "CPU per OpenAI → Anthropic request", unit: "× bare proxy's chat", most: 2.0, of: overBare("translate", "json") },
  { what: "CPU per OpenAI → Anthropic stream", unit: "× bare proxy's chat", most: 1.6, of: overBare("translateStream", "stream") },
  { what: "CPU per OpenAI → Bedrock Converse stream", unit: "× bare proxy's chat", most: 3, of: overBare("bedrockStream", "stream") },
  {
    what: "CPU per chat request with a virtual key, its budgets and limits",
    unit: "× master key",
    most: 1.3,
    of: (found) => found.ratios(["virtual", "json"], ["tollgate", "json"]),
  },
  {
    what: "Portkey's CPU on the same JSON work",
    unit: "× Tollgate",
    least: 14,
    of: (found) => found.ratios(["portkey", "json"], ["tollgate", "json"]),
  },
  { what: "added median latency at one connection", unit: "ms", most: 0.3, of: overDirect("one", "latencyP50") },
  { what: "added time to the first content event", unit: "ms", most: 0.6, of: overDirect("firstByte", "firstContentP50") },
  { what: "start to liveliness", unit: "ms", most: 1000, of: birth("liveMs") },
  { what: 'import "tollgate"', unit: "ms", most: 80, of: birth("importMs") },
  { what: "idle memory", unit: "MB", most: 110, of: birth("idleMB") },
];

/** Each limit with the median found; `kept` is undefined where nothing was measured. */
export function judge(found) {
  return limits.map((limit) => {
    const numbers = limit.of(found);
    const value = numbers.length > 0 ? median(numbers) : undefined;
    const kept = value === undefined ? undefined : value <= (limit.most ?? Infinity) && value >= (limit.least ?? -Infinity);
    return { ...limit, numbers, value, kept };
  });
}

import type { CallRecord } from "tollgate/parts";
import { expect, it } from "vitest";
import { logCall } from "./call-log.ts";
import type { Log } from "./log.ts";

const record: CallRecord = {
  callId: "call-1",
  operation: "chat",
  clientDialect: "openai-chat",
  stream: true,
  startedAt: 1_790_000_000_000,
  durationMs: 12.34,
  firstByteMs: 3.21,
  status: "success",
  httpStatus: 200,
  model: 'odd "name"\n\u00fc',
  provider: "some",
  wireModel: "wire/model:free@1",
  deploymentId: "d1",
  usage: { inputTokens: 5, outputTokens: 7, cacheReadTokens: 2, reasoningTokens: 1, estimated: true },
  costNano: 1_500,
  attempts: [
    { deploymentId: "d0", provider: "some", model: "m", group: "g", durationMs: 1, status: 500, error: "said sk-secret" },
    { deploymentId: "d1", provider: "some", model: "m", group: "g", durationMs: 2 },
  ],
};

function logged(json: boolean): { line?: Record<string, unknown>; fields?: object } {
  const seen: { line?: Record<string, unknown>; fields?: object } = {};
  const nothing = (): void => {};
  const log: Log = {
    ...{ warn: nothing, error: nothing, debug: nothing, close: nothing, json, infoWanted: true, debugWanted: false },
    info: (fields) => {
      seen.fields = fields;
    },
    line: (text) => {
      expect(text.endsWith("}\n")).toBe(true);
      seen.line = JSON.parse(text) as Record<string, unknown>;
    },
    redact: (text) => text.replaceAll("sk-secret", "[secret]"),
  };
  logCall(log, record);
  return seen;
}

it("writes the same fields by hand as through the logger, without secrets", () => {
  const { level, time, msg, ...line } = logged(true).line ?? {};
  expect([level, time, msg]).toEqual([30, new Date(record.startedAt + 12).toISOString(), "call"]);
  expect(line).toEqual(JSON.parse(JSON.stringify(logged(false).fields)));
  expect(JSON.stringify(line)).not.toContain("sk-secret");
});

/** What the engine makes of it is a matter for benches: here, that its calls are real, that they go well and that nothing of them is left. */

import { buildHouse, bundledPriceBook, type CallRecord } from "tollgate/parts";
import { expect, it } from "vitest";
import { createAccess } from "../access/access.ts";
import { routerSettingsOf } from "../config/router-settings.ts";
import { InFlight } from "../http/in-flight.ts";
import { createHeaders } from "../http/reply-headers.ts";
import { openAdmission } from "../limits/admission.ts";
import type { Log } from "../observers/log.ts";
import type { CallParts } from "../serve-call.ts";
import { Asker, listenOnLoopback, scriptedProvider } from "./ends.ts";
import { warmUp } from "./warm-up.ts";

const book = await bundledPriceBook();
const router = routerSettingsOf({ litellm: {}, router: {}, env: {} });

interface Seen {
  good: number;
  bad: number;
  records: CallRecord[];
  lines: string[];
}

/** What a gateway would give, with an eye on what comes of the calls. */
function watched(): { readonly parts: CallParts; readonly log: Log; readonly seen: Seen } {
  const seen: Seen = { good: 0, bad: 0, records: [], lines: [] };
  const say = (_fields: object, text: string): void => void seen.lines.push(text);
  const log: Log = {
    ...{ info: say, warn: say, error: say, debug: say, json: true, infoWanted: true, debugWanted: false },
    line: (text) => void seen.lines.push(text),
    redact: (text) => text,
    close: () => {},
  };
  const house = buildHouse({ rows: [], router, book });
  const headersOf = createHeaders("1");
  const parts: CallParts = {
    house,
    access: createAccess({ masterKey: "sk-the-real-one", clock: house.clock }),
    admission: openAdmission,
    newCallId: () => "call",
    mockAllowed: false,
    closing: () => false,
    onBug: () => {},
    headersOf: {
      answer: (...given) => {
        seen.good += 1;
        return headersOf.answer(...given);
      },
      error: (...given) => {
        seen.bad += 1;
        return headersOf.error(...given);
      },
    },
    bound: (_who, call) => call,
    onBegun: () => () => void seen.records.push({} as CallRecord),
    onFinished: ({ record }, written) => {
      seen.records.push(record);
      written();
    },
  };
  return { parts, log, seen };
}

const http = {
  limits: { bytes: 1_000_000, silenceMs: 1_000 },
  corsOrigins: [],
  corsCredentials: false,
  rootPath: "/behind",
  inFlight: new InFlight(),
};

function sockets(): number {
  return process.getActiveResourcesInfo().filter((name) => /TCP/.test(name)).length;
}

it("all its calls are answered, none has a record or a line, and no socket is left", async () => {
  const { parts, log, seen } = watched();
  const before = sockets();
  await warmUp({ parts, book, router, http, log, idle: () => true });
  expect(seen).toEqual({ good: 640, bad: 0, records: [], lines: [] });
  await expect.poll(sockets).toBe(before);
  await parts.house.close();
}, 60_000);

it("ends with the first real call", async () => {
  const { parts, log, seen } = watched();
  let looks = 0;
  const idle = (): boolean => {
    looks += 1;
    return looks < 5;
  };
  await warmUp({ parts, book, router, http, log, idle });
  expect(seen.good).toBeGreaterThan(0);
  expect(seen.good).toBeLessThan(40);
  await parts.house.close();
});

it("waits for a moment of rest, and does without where there is none", async () => {
  const { parts, log, seen } = watched();
  let looks = 0;
  const restAfter = (busy: number, then: number) => (): boolean => {
    looks += 1;
    return looks > busy && looks <= busy + then;
  };
  await warmUp({ parts, book, router, http, log, idle: restAfter(3, 3) });
  expect(seen.good).toBeGreaterThan(0);
  seen.good = 0;
  looks = 0;
  await warmUp({ parts, book, router, http, log, idle: restAfter(1_000, 0) });
  expect([seen.good, looks]).toEqual([0, 10]);
  await parts.house.close();
});

it("its ends say and hear whole messages, however they are cut", async () => {
  const heard: string[] = [];
  const server = scriptedProvider((request) => {
    heard.push(request);
    return ["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "5\r\nhello\r\n", "0\r\n\r\n"];
  });
  const port = await listenOnLoopback(server);
  const asker = new Asker(port);
  const request = "POST / HTTP/1.1\r\ncontent-length: 2\r\n\r\nhi";
  await asker.ask(request);
  await asker.ask(request);
  expect(heard).toEqual([request, request]);
  asker.close();
  await asker.ask(request);
  expect(heard).toHaveLength(2);
  server.close();
});

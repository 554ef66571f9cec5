/** What an answer looks like on the wire: each byte that a client gets, over a real socket. */

import { Buffer } from "node:buffer";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { type ClientSide, openaiChatClient, systemClock } from "tollgate/parts";
import { expect, it, onTestFinished } from "vitest";
import { Heads } from "./heads.ts";
import { LlmExchange } from "./llm-exchange.ts";
import { createBodyReader } from "./request-body.ts";

type Answering = (exchange: LlmExchange) => void;

const asked = { match: { client: openaiChatClient as ClientSide, params: {}, path: "/v1/chat/completions" }, search: "" };
const later = (task: () => void): unknown => setTimeout(task, 5);

/** All that a client gets that asks once; the connection ends with the answer. */
async function wireOf(answering: Answering, version = "1.1"): Promise<{ head: string; body: Buffer }> {
  const tools = { bodies: createBodyReader({ bytes: 1_000, silenceMs: 1_000 }, systemClock), heads: new Heads(systemClock, 5_000) };
  const server = createServer((request, response) => {
    const exchange = new LlmExchange(request, response, asked, tools);
    request.resume().on("end", () => answering(exchange));
    response.on("finish", () => request.socket.end());
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(async () => {
    server.close();
    await tools.bodies.close();
  });
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.write(`POST / HTTP/${version}\r\nhost: x\r\n\r\n`);
  const whole = Buffer.concat(await socket.toArray());
  const end = whole.indexOf("\r\n\r\n") + 4;
  return { head: whole.subarray(0, end).toString("latin1"), body: whole.subarray(end) };
}

const streams: readonly [string, Answering, string][] = [
  [
    "all of it at once",
    (exchange) => {
      exchange.write("one", "latin1");
      exchange.write("second", "latin1");
      exchange.end("last", "latin1");
    },
    "3\r\none\r\n6\r\nsecond\r\n4\r\nlast\r\n0\r\n\r\n",
  ],
  [
    "piece by piece",
    (exchange) => {
      exchange.write("one", "latin1");
      later(() => {
        exchange.write("a text of 18 bytes", "latin1");
        later(() => exchange.end());
      });
    },
    "3\r\none\r\n12\r\na text of 18 bytes\r\n0\r\n\r\n",
  ],
  ["nothing but an end", (exchange) => exchange.end("all", "latin1"), "3\r\nall\r\n0\r\n\r\n"],
  ["nothing at all", (exchange) => exchange.end(), "0\r\n\r\n"],
  [
    "letters of more than a byte",
    (exchange) => {
      exchange.write("plain", "utf8");
      exchange.write("日本", "utf8");
      exchange.end("né", "utf8");
    },
    "5\r\nplain\r\n6\r\n日本\r\n3\r\nné\r\n0\r\n\r\n",
  ],
  [
    "a read one byte for each letter, sent as it came",
    (exchange) => {
      exchange.write(Buffer.from("日本").toString("latin1"), "latin1");
      exchange.end(Buffer.from("né").toString("latin1"), "latin1");
    },
    "6\r\n日本\r\n3\r\nné\r\n0\r\n\r\n",
  ],
  [
    "bytes",
    (exchange) => {
      exchange.bytes(Buffer.from("sound"));
      later(() => exchange.end());
    },
    "5\r\nsound\r\n0\r\n\r\n",
  ],
];

function begun(answering: Answering): Answering {
  return (exchange) => {
    exchange.begin(200, "content-type: text/event-stream\r\n");
    answering(exchange);
  };
}

it.each(streams)("frames %s", async (_, answering, wanted) => {
  const { head, body } = await wireOf(begun(answering));
  expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(head).toContain("transfer-encoding: chunked\r\n");
  expect(body.toString()).toBe(wanted);
});

it.each(streams)("sends %s without chunks to who cannot read them", async (_, answering, wanted) => {
  const { head, body } = await wireOf(begun(answering), "1.0");
  expect(head).not.toContain("chunked");
  expect(body.toString()).toBe(wanted.replaceAll(/[0-9a-f]+\r\n(.*?)\r\n/gs, "$1"));
});

it("says how long a body is where that is known, and sends no chunks", async () => {
  const { head, body } = await wireOf((exchange) => {
    exchange.begin(200, "content-type: audio/mpeg\r\n", 5);
    exchange.bytes(Buffer.from("sound"));
    exchange.end();
  });
  expect(head).toContain("content-length: 5\r\n");
  expect(body.toString()).toBe("sound");
});

it.each(["plain", "né 日本"])("sends %j whole with its length in bytes", async (text) => {
  const { head, body } = await wireOf((exchange) => exchange.send(200, "content-type: text/plain\r\n", text));
  expect(head).toContain(`content-length: ${Buffer.byteLength(text)}\r\n`);
  expect(body.toString()).toBe(text);
});

/** Bodies that go past Node's streams: whole, in pieces, cut off, and left to the stream. */

import { createServer, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type BodyTaker, Incoming } from "./incoming.ts";

let server: Server;
let socket: Socket;
let text = "";
let told: string[] = [];
let handle: (request: Incoming, response: ServerResponse) => void;

beforeEach(async () => {
  text = "";
  told = [];
  server = createServer({ IncomingMessage: Incoming }, (request, response) => handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.on("data", (bytes) => {
    text += bytes.toString();
  });
});
afterEach(async () => {
  socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

/** Answers with what it was given. */
function echo(response: ServerResponse): BodyTaker {
  let body = "";
  return {
    data: (part) => {
      body += part.toString();
    },
    end: () => response.end(`[${body}]`),
    gone: () => told.push(`gone with ${body}`),
  };
}

function takenBy(request: Incoming, response: ServerResponse): void {
  expect(request.gives(echo(response))).toBe(true);
}

const head = (length: number): string => `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n\r\n`;
const until = (wanted: () => boolean): Promise<void> => expect.poll(wanted, { timeout: 2000 }).toBe(true) as unknown as Promise<void>;

describe("a taker", () => {
  it("gets a body in one piece, and the connection goes on", async () => {
    handle = takenBy;
    socket.write(`${head(5)}hello`);
    await until(() => text.includes("[hello]"));
    socket.write(`${head(3)}you`);
    await until(() => text.includes("[you]"));
    expect(told).toEqual([]);
  });

  it("gets a body that comes letter by letter", async () => {
    handle = takenBy;
    for (const letter of `${head(5)}hello`) {
      socket.write(letter);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => text.includes("[hello]"));
  });

  it("gets the bodies of requests that come together, each its own", async () => {
    handle = takenBy;
    socket.write(`${head(3)}one${head(3)}two${head(0)}`);
    await until(() => text.includes("[]"));
    expect(text.match(/\[\w*\]/g)).toEqual(["[one]", "[two]", "[]"]);
  });

  it("gets a body in chunks", async () => {
    handle = takenBy;
    socket.write("POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    await until(() => text.includes("[abcde]"));
  });

  it("is told when the client leaves in the middle", async () => {
    handle = takenBy;
    socket.write(`${head(10)}half`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.destroy();
    await until(() => told.length > 0);
    expect(told[0]).toBe("gone with half");
  });

  it("comes too late when the stream has bytes already", async () => {
    let given: boolean | undefined;
    handle = (request, response) => {
      setTimeout(() => {
        given = request.gives(echo(response));
        request.on("data", (bytes) => response.write(bytes)).on("end", () => response.end("!"));
      }, 20);
    };
    socket.write(`${head(5)}hello`);
    await until(() => text.includes("!"));
    expect(given).toBe(false);
    expect(text).toContain("hello");
  });
});

describe("without a taker", () => {
  it("it is the stream that it always was, and an unread body harms nobody", async () => {
    handle = (_request, response) => response.end("unread.");
    socket.write(`${head(5)}hello`);
    await until(() => text.includes("unread."));
    handle = (request, response) => request.pipe(response);
    socket.write(`${head(4)}pipe`);
    await until(() => text.includes("pipe"));
  });
});

import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { Cancel, type Cancellable } from "../cancel.ts";
import { GatewayError } from "../errors.ts";
import { createTransport } from "./pool.ts";
import { connectionFree, get, type Local, serve, serveSockets, textOf, until } from "./test-servers.ts";
import type { Sink } from "./transport.ts";

const transport = createTransport();
const servers: Local[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});
async function started(server: Promise<Local>): Promise<Local> {
  servers.push(await server);
  return server;
}
const hello = (_: IncomingMessage, response: ServerResponse): void => void response.end("hello");

/** A sink that notes all it is told. */
function notes(wants: () => boolean = () => true): Sink & { text: string; bytes: number; ends: (GatewayError | undefined)[] } {
  return {
    text: "",
    bytes: 0,
    ends: [],
    data(bytes) {
      this.bytes += bytes.length;
      if (bytes.length < 1000) this.text += bytes.toString();
      return wants();
    },
    end(error) {
      this.ends.push(error);
    },
  };
}

describe("read", () => {
  it("refuses a body beyond the limit, whether its length was announced or not, and frees the connection", async () => {
    for (const announced of [true, false]) {
      const server = await started(
        serve((_, response) => {
          if (announced) response.setHeader("content-length", 200_000);
          response.write(Buffer.alloc(150_000));
        }),
      );
      await expect(textOf(get(transport, server.origin), 100_000)).rejects.toMatchObject({ kind: "bad_reply" });
      await until(() => server.closed() === 1);
    }
  });
  it("waits with what comes before it, and pauses the upstream when that is much", async () => {
    let sent = 0;
    const server = await started(
      serve((_, response) => {
        const more = (): void => {
          while (sent < 200 && response.write(Buffer.alloc(100_000))) sent += 1;
          sent += 1;
          if (sent > 200) response.end();
        };
        response.on("drain", more);
        more();
      }),
    );
    const reply = await get(transport, server.origin);
    for (let turn = 0; turn < 200; turn += 1) await new Promise((next) => setImmediate(next));
    expect(sent).toBeLessThan(200);
    expect((await reply.read(100_000_000)).length).toBeGreaterThan(20_000_000 - 1);
  });
  it("fails when the body ends early, with and without an announced length", async () => {
    for (const head of ["content-length: 10", "transfer-encoding: chunked"]) {
      const server = await started(
        serveSockets((socket) => void socket.once("data", () => socket.end(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n5\r\nab`))),
      );
      const error = await textOf(get(transport, server.origin)).catch((caught) => caught);
      expect(error).toMatchObject({ kind: "connection" });
      expect(error.message).toContain(`${server.origin} closed the connection before its answer was complete`);
    }
  });
  it("still gives the error to who reads later", async () => {
    const server = await started(
      serveSockets((socket) => void socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab"))),
    );
    const reply = await get(transport, server.origin);
    await until(() => server.closed() === 1);
    await expect(reply.read(10)).rejects.toMatchObject({ kind: "connection" });
  });
});

describe("pour", () => {
  it("pours bytes as they come and ends once", async () => {
    const server = await started(
      serve((_, response) => {
        response.write("a");
        setImmediate(() => response.end("b"));
      }),
    );
    const sink = notes();
    (await get(transport, server.origin)).pour(sink);
    await until(() => sink.ends.length > 0);
    expect(sink).toMatchObject({ text: "ab", ends: [undefined] });
  });
  it("pauses the upstream while the sink is full, and goes on at resume", async () => {
    let written = 0;
    const total = 20_000_000;
    const server = await started(
      serve((_, response) => {
        const more = (): void => {
          while (written < total) {
            written += 100_000;
            if (!response.write(Buffer.alloc(100_000))) return;
          }
          response.end();
        };
        response.on("drain", more);
        more();
      }),
    );
    let full = true;
    const sink = notes(() => !full);
    const flow = (await get(transport, server.origin)).pour(sink);
    await until(() => sink.bytes > 0);
    for (let turn = 0; turn < 300; turn += 1) await new Promise((next) => setImmediate(next));
    expect(sink.bytes).toBeLessThan(200_000);
    expect(written).toBeLessThan(total);
    full = false;
    flow.resume();
    await until(() => sink.ends.length > 0);
    expect(sink).toMatchObject({ bytes: total, ends: [undefined] });
  });
  it("asks for leave anew after every full sink", async () => {
    const server = await started(serve((_, response) => void response.end(Buffer.alloc(1_000_000))));
    const sink = notes(() => false);
    const flow = (await get(transport, server.origin)).pour(sink);
    let before = -1;
    while (sink.ends.length === 0) {
      await until(() => sink.bytes > before || sink.ends.length > 0);
      before = sink.bytes;
      flow.resume();
    }
    expect(sink).toMatchObject({ bytes: 1_000_000, ends: [undefined] });
  });
  it("gives what came before an early end, then the error", async () => {
    const server = await started(
      serveSockets((socket) => void socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nab"))),
    );
    const sink = notes();
    (await get(transport, server.origin)).pour(sink);
    await until(() => sink.ends.length > 0);
    expect(sink.text).toBe("ab");
    expect(sink.ends[0]).toMatchObject({ kind: "connection" });
  });
  it("ends with what the sink threw, and frees the connection", async () => {
    const server = await started(serve((_, response) => void response.write("a")));
    const thrown = new GatewayError("bad_reply", "no");
    const end = new Promise((done) => {
      void get(transport, server.origin).then((reply) =>
        reply.pour({
          data() {
            throw thrown;
          },
          end: done,
        }),
      );
    });
    expect(await end).toBe(thrown);
    await until(() => server.closed() === 1);
  });
});

describe("cancel", () => {
  const left = new GatewayError("client_gone", "The client left.");

  it("sends nothing when it comes first", async () => {
    let asked = 0;
    const server = await started(
      serve(() => {
        asked += 1;
      }),
    );
    const cancel = new Cancel();
    cancel.abort(left);
    await expect(get(transport, server.origin, {}, cancel)).rejects.toBe(left);
    expect(asked).toBe(0);
  });
  it("ends a request that is not connected yet", async () => {
    const server = await started(serve(hello));
    await textOf(get(transport, server.origin));
    const cancel = new Cancel();
    const replies = [get(transport, server.origin), get(transport, server.origin, {}, cancel)];
    cancel.abort(left);
    await expect(replies[1]).rejects.toBe(left);
    expect(await textOf(replies[0] ?? get(transport, server.origin))).toBe("hello");
  });
  it("ends a request before its answer and frees the connection", async () => {
    let asked = 0;
    const server = await started(
      serve(() => {
        asked += 1;
      }),
    );
    const cancel = new Cancel();
    const reply = get(transport, server.origin, {}, cancel);
    void until(() => asked === 1).then(() => cancel.abort(new Error("deadline")));
    await expect(reply).rejects.toMatchObject({ kind: "client_gone", detail: { cause: new Error("deadline") } });
    await until(() => server.closed() === 1);
  });
  it("ends a body that is read, poured, or not taken yet", async () => {
    const server = await started(serve((_, response) => void response.write("a")));
    const reading = new Cancel();
    const read = (await get(transport, server.origin, {}, reading)).read(10);
    reading.abort(left);
    await expect(read).rejects.toBe(left);

    const pouring = new Cancel();
    const sink = notes(() => false);
    (await get(transport, server.origin, {}, pouring)).pour(sink);
    await until(() => sink.text === "a");
    pouring.abort(left);
    expect(sink.ends).toEqual([left]);

    const idle = new Cancel();
    const reply = await get(transport, server.origin, {}, idle);
    idle.abort(left);
    await expect(reply.read(10)).rejects.toBe(left);
    await until(() => server.closed() === 3);
  });
  it("also ends a body that came whole but was never wanted whole", async () => {
    const server = await started(serve((_, response) => void response.end("abc")));
    const cancel = new Cancel();
    const reply = await get(transport, server.origin, {}, cancel);
    await connectionFree();
    const sink = notes(() => false);
    reply.pour(sink);
    await until(() => sink.bytes > 0);
    cancel.abort(left);
    cancel.abort(left);
    await until(() => sink.ends.length > 0);
    expect(sink.ends).toHaveLength(1);
  });
  it("leaves nothing behind on the cancel when the call is over", async () => {
    const server = await started(serve(hello));
    class Counted extends Cancel {
      listeners = 0;
      override tell(listener: Cancellable): void {
        this.listeners += 1;
        super.tell(listener);
      }
      override leaveOut(listener: Cancellable): void {
        this.listeners -= 1;
        super.leaveOut(listener);
      }
    }
    const cancel = new Counted();
    await textOf(get(transport, server.origin, {}, cancel));
    expect(cancel.listeners).toBe(0);
  });
  it("lets a discarded body's connection go", async () => {
    const server = await started(serve((_, response) => void response.write("a")));
    (await get(transport, server.origin)).discard();
    await until(() => server.closed() === 1);
  });
});

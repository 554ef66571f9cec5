import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { Cancel } from "../cancel.ts";
import { GatewayError } from "../errors.ts";
import { createTransport } from "./pool.ts";
import { connectionFree, direct, get, type Local, serve, serveSockets, textOf, until } from "./test-servers.ts";
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

describe("send", () => {
  it("sends method, path, headers and body, and gives status, headers and body back", async () => {
    const server = await started(
      serve(async (request, response) => {
        let body = "";
        for await (const part of request) body += part;
        response.writeHead(201, {
          "X-Seen": `${request.method} ${request.url} ${request.headers["x-a"]} ${body}`,
          "set-cookie": ["a", "b"],
        });
        response.end("{}");
      }),
    );
    const reply = await get(transport, server.origin, { method: "POST", path: "/v1?q=1", headers: { "x-a": "b" }, body: Buffer.from("ü") });
    expect(reply.status).toBe(201);
    expect(reply.headers["x-seen"]).toBe("POST /v1?q=1 b ü");
    expect(reply.headers["set-cookie"]).toEqual(["a", "b"]);
    expect(await textOf(reply)).toBe("{}");
  });
  it("uses a connection again, also for networks of the same content, but never across reaches", async () => {
    const server = await started(serve(hello));
    await textOf(get(transport, server.origin));
    await connectionFree();
    await textOf(get(transport, server.origin));
    await connectionFree();
    await textOf(get(transport, server.origin, { network: { reach: "configured", verify: true } }));
    expect(server.total()).toBe(1);
    const loopback = createTransport({ loopbackAllowed: true });
    await textOf(get(loopback, server.origin));
    await textOf(get(loopback, server.origin, { network: { reach: "added" } }));
    expect(server.total()).toBe(3);
    await loopback.close();
  });
  it("makes the request's way wait for nobody: many at once get a connection each", async () => {
    const waiting: ServerResponse[] = [];
    const server = await started(serve((_, response) => void waiting.push(response)));
    const replies = Array.from({ length: 20 }, () => get(transport, server.origin));
    await until(() => waiting.length === 20);
    for (const response of waiting) response.end("x");
    expect((await Promise.all(replies.map((reply) => textOf(reply)))).join("")).toBe("x".repeat(20));
  });
  it("closes idle connections", async () => {
    const server = await started(serve(hello));
    const hasty = createTransport({ pools: { keepAliveMs: 20 } });
    await textOf(get(hasty, server.origin));
    await until(() => server.closed() === 1);
    await hasty.close();
  });
  it("forgets addresses that lead nowhere, but keeps connections that are alive", async () => {
    const server = await started(serve(hello));
    await textOf(get(transport, server.origin));
    for (let port = 1; port < 70; port += 1) await get(transport, `http://127.0.0.1:${port}`).catch(() => {});
    await textOf(get(transport, server.origin));
    expect(server.total()).toBe(1);
  });
  it("passes over early hints", async () => {
    const server = await started(
      serve((_, response) => {
        response.writeEarlyHints({ link: "</a>; rel=preload" });
        response.end("late");
      }),
    );
    expect(await textOf(get(transport, server.origin))).toBe("late");
  });
  it("sends nothing more once it is closed", async () => {
    const server = await started(serve(hello));
    const closing = createTransport();
    await textOf(get(closing, server.origin));
    await closing.close();
    await expect(get(closing, server.origin)).rejects.toMatchObject({ kind: "shutting_down" });
  });
});

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
    const cancel = new Cancel();
    let released = 0;
    const counting = Object.assign(cancel, {
      onAbort: () => () => {
        released += 1;
      },
    });
    await textOf(get(transport, server.origin, {}, counting));
    expect(released).toBe(1);
  });
  it("lets a discarded body's connection go", async () => {
    const server = await started(serve((_, response) => void response.write("a")));
    (await get(transport, server.origin)).discard();
    await until(() => server.closed() === 1);
  });
});

describe("failures", () => {
  const failed = (origin: string, more = {}): Promise<GatewayError> =>
    get(transport, origin, { path: "/secret?key=sk-1", ...more }).then(
      () => new GatewayError("internal", "no failure"),
      (error) => error,
    );

  it("says that nobody listens", async () => {
    const server = await serve(hello);
    await server.close();
    const error = await failed(server.origin);
    expect(error).toMatchObject({ kind: "connection" });
    expect(error.message).toBe(
      `${server.origin} refused the connection (ECONNREFUSED). Check that the server runs and that host and port of api_base are right.`,
    );
  });
  it("says that a name does not resolve", async () => {
    const error = await failed("http://nowhere.invalid");
    expect(error.kind).toBe("connection");
    expect(error.message).toMatch(/http:\/\/nowhere\.invalid cannot be found/);
  });
  it("says that the server hung up or was reset", async () => {
    for (const answer of ["destroy", "resetAndDestroy"] as const) {
      const server = await started(serveSockets((socket) => void socket.once("data", () => socket[answer]())));
      const error = await failed(server.origin);
      expect(error.kind).toBe("connection");
      expect(error.message).toContain(server.origin);
      expect(error.message).not.toContain("sk-1");
    }
  });
  it("says that the answer is no HTTP", async () => {
    const server = await started(serveSockets((socket) => void socket.once("data", () => socket.end("220 mail.example ESMTP\r\n"))));
    expect(await failed(server.origin)).toMatchObject({ kind: "bad_reply" });
  });
  it("says which header cannot be sent, without its value", async () => {
    const server = await started(serve(hello));
    const error = await failed(server.origin, { headers: { authorization: "Bearer sk-1\n" } });
    expect(error.message).toMatch(/invalid authorization header.*line breaks/);
    expect(error.message).not.toContain("sk-1");
  });
  it("refuses what is no address without showing its credentials", async () => {
    for (const origin of ["ftp://user:secret@host", "no address"]) {
      const error = await failed(origin);
      expect(error.message).toMatch(/is no address that can be called/);
      expect(error.message).not.toContain("secret");
    }
  });
  it("refuses blocked addresses, written out, disguised or behind a name", async () => {
    const network = { reach: "added" } as const;
    for (const origin of [
      "https://localhost:1",
      "http://127.0.0.1:1",
      "http://2130706433:1",
      "http://0x7f.1:1",
      "http://0177.0.0.1:1",
      "http://[::ffff:127.0.0.1]:1",
      "http://localhost:1",
    ]) {
      const error = await failed(origin, { network });
      expect(error).toMatchObject({ kind: "blocked_address" });
      expect(error.message).toContain("egress.allow_private");
    }
    expect((await failed("http://169.254.169.254", { network: direct })).kind).toBe("blocked_address");
  });
});

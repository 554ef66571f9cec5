import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { GatewayError } from "../errors.ts";
import { createTransport } from "./pool.ts";
import { connectionFree, direct, get, type Local, serve, serveSockets, textOf, until } from "./test-servers.ts";

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

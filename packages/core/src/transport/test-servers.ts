/** Local servers and proxies for the transport's tests. */

import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer, type ServerOptions } from "node:https";
import { type AddressInfo, connect, createServer as createSocketServer, type Socket, type Server as SocketServer } from "node:net";
import { Cancel } from "../cancel.ts";
import type { InboundReply, Network, OutboundRequest, Transport } from "./transport.ts";

export const direct: Network = { reach: "configured" };

export function pem(name: "self-signed" | "other-host"): { readonly cert: string; readonly key: string } {
  const read = (part: string): string => readFileSync(new URL(`fixtures/${name}-${part}.pem`, import.meta.url), "utf8");
  return { cert: read("cert"), key: read("key") };
}

export interface Local {
  readonly origin: string;
  readonly port: number;
  /** Connections that there ever were, and how many of them are closed. */
  readonly total: () => number;
  readonly closed: () => number;
  close(): Promise<void>;
}

async function listening(server: Server | SocketServer, scheme: string): Promise<Local> {
  const sockets = new Set<Socket>();
  let total = 0;
  server.on("connection", (socket: Socket) => {
    total += 1;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `${scheme}://127.0.0.1:${port}`,
    port,
    total: () => total,
    closed: () => total - sockets.size,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

export function serve(answer: RequestListener): Promise<Local> {
  return listening(createServer(answer), "http");
}

export function serveSecure(options: ServerOptions, answer: RequestListener): Promise<Local> {
  return listening(createSecureServer(options, answer), "https");
}

/** Answers with bytes of its own choice, HTTP or not. */
export function serveSockets(answer: (socket: Socket) => void): Promise<Local> {
  return listening(createSocketServer(answer), "http");
}

export interface ProxyLog {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
}

/** A plain HTTP proxy: CONNECT tunnels, everything else is answered by itself. */
export async function serveProxy(rules: { password?: string } = {}): Promise<Local & { readonly log: ProxyLog[] }> {
  const log: ProxyLog[] = [];
  const note = (request: IncomingMessage): boolean => {
    const authorization = request.headers["proxy-authorization"];
    log.push({ method: request.method ?? "", url: request.url ?? "", authorization });
    return rules.password === undefined || authorization === `Basic ${Buffer.from(`me:${rules.password}`).toString("base64")}`;
  };
  const server = createServer((request, response) => {
    if (!note(request)) return void response.writeHead(407).end();
    response.end(`by proxy for ${request.headers.host}`);
  });
  server.on("connect", (request, socket: Socket) => {
    if (!note(request)) return void socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    const [host, port] = (request.url ?? "").split(":");
    const onward = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
  });
  return { ...(await listening(server, "http")), log };
}

/** A request with what a test does not care about filled in. */
export function get(
  transport: Transport,
  origin: string,
  more: Partial<OutboundRequest> = {},
  cancel = new Cancel(),
): Promise<InboundReply> {
  return transport.send({ method: "GET", origin, path: "/", headers: {}, network: direct, ...more }, cancel);
}

export async function textOf(reply: InboundReply | Promise<InboundReply>, limit = 1_000_000): Promise<string> {
  return (await (await reply).read(limit)).toString();
}

/** Waits for something that the network brings about. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((next) => setImmediate(next));
}

/** undici gives a connection back one turn after the body's end. */
export async function connectionFree(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((next) => setImmediate(next));
}

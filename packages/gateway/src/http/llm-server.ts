/** What answers LLM calls, on a server of its own or beside Fastify's routes: POSTs to LLM paths go straight to serve-call. */

import { createServer as createHttp, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createHttps } from "node:https";
import type { Socket } from "node:net";
import { type CallParts, serveCall } from "../serve-call.ts";
import { Heads } from "./heads.ts";
import type { InFlight } from "./in-flight.ts";
import { Incoming } from "./incoming.ts";
import { type Asked, type ExchangeTools, LlmExchange } from "./llm-exchange.ts";
import { matchLlmRoute } from "./llm-routes.ts";
import { type BodyLimits, createBodyReader } from "./request-body.ts";

export interface LlmServerOptions {
  readonly limits: BodyLimits;
  readonly corsOrigins: readonly string[];
  readonly corsCredentials: boolean;
  /** `SERVER_ROOT_PATH`, without trailing slash. */
  readonly rootPath: string;
  /** PEM texts: then HTTPS is spoken. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly inFlight: InFlight;
}

/** One address may hold this many connections. */
const MAX_CONNECTIONS = 10_000;
const HEADERS_WITHIN_MS = 20_000;
const KEEP_ALIVE_MS = 75_000;

export interface Serving {
  serve(request: IncomingMessage, response: ServerResponse, asked: Asked): void;
  /** Removes what is left of forms. */
  close(): Promise<void>;
}

export function createServing(parts: CallParts, options: LlmServerOptions): Serving {
  const bodies = createBodyReader(options.limits, parts.house.clock);
  const tools: ExchangeTools = { bodies, heads: new Heads(parts.house.clock, KEEP_ALIVE_MS) };
  const { inFlight } = options;
  return {
    serve(request, response, asked) {
      if (inFlight.closing) response.setHeader("connection", "close");
      const origin = request.headers.origin;
      if (origin !== undefined) allowOrigin(origin, response, options);
      const exchange = new LlmExchange(request, response, asked, tools);
      inFlight.enter();
      response.on("close", () => {
        inFlight.leave();
        exchange.closed();
      });
      // serveCall answers whatever fails; should answering itself fail, one connection ends and not the process.
      serveCall(exchange, exchange, parts).catch((bug) => {
        parts.onBug("", bug);
        response.destroy();
      });
    },
    close: () => bodies.close(),
  };
}

/** LLM calls are served here, everything else by `others`: these POSTs never meet Fastify's router, which is 15 % of a call. */
export function createLlmServer({ serve }: Serving, others: RequestListener, { rootPath, tls }: LlmServerOptions): Server {
  const listener: RequestListener = (request, response) => {
    if (request.method === "POST") {
      const { path, search } = splitUrl(request.url ?? "/", rootPath);
      const match = matchLlmRoute(path);
      if (match) return serve(request, response, { match, search });
    }
    others(request, response);
  };
  const how = {
    IncomingMessage: Incoming,
    headersTimeout: HEADERS_WITHIN_MS,
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: 5_000,
    noDelay: true,
  };
  const server = tls ? createHttps({ ...how, ...tls }, listener) : createHttp(how, listener);
  server.maxConnections = MAX_CONNECTIONS;
  server.on(tls ? "secureConnection" : "connection", givesShape);
  return server as Server;
}

/**
 * Members that Node adds to a connection when they are asked for first: added at once, all connections are of one kind, and code that
 * V8 compiled with some of them fits the others too.
 */
function givesShape(socket: Socket): void {
  void socket.remoteAddress;
  socket.setTimeout(0);
}

export function splitUrl(url: string, rootPath: string): { path: string; search: string } {
  const mark = url.indexOf("?");
  const whole = mark < 0 ? url : url.slice(0, mark);
  const path = rootPath !== "" && whole.startsWith(rootPath) ? whole.slice(rootPath.length) : whole;
  return { path: path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path, search: mark < 0 ? "" : url.slice(mark + 1) };
}

function allowOrigin(origin: string, response: ServerResponse, { corsOrigins, corsCredentials }: LlmServerOptions): void {
  if (!corsOrigins.includes("*") && !corsOrigins.includes(origin)) return;
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("vary", "Origin");
  if (corsCredentials) response.setHeader("access-control-allow-credentials", "true");
}

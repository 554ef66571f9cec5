/** The HTTP server: LLM routes go straight to serve-call, everything else through Fastify. */

import { createServer as createHttp, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createHttps } from "node:https";
import cors from "@fastify/cors";
import fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import { GatewayError, openaiErrorReply } from "tollgate/parts";
import { growWithWork } from "../engine.ts";
import { type CallParts, serveCall } from "../serve-call.ts";
import { Heads } from "./heads.ts";
import type { InFlight } from "./in-flight.ts";
import { Incoming } from "./incoming.ts";
import { type Asked, type ExchangeTools, LlmExchange } from "./llm-exchange.ts";
import { llmPaths, matchLlmRoute } from "./llm-routes.ts";
import { type BodyLimits, createBodyReader } from "./request-body.ts";

export interface ServerOptions {
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
const CALL_ID = "x-litellm-call-id";

export function createServer(parts: CallParts, options: ServerOptions): FastifyInstance {
  const bodies = createBodyReader(options.limits, parts.house.clock);
  const tools: ExchangeTools = { bodies, heads: new Heads(parts.house.clock, KEEP_ALIVE_MS) };
  const { inFlight } = options;
  const serve = (request: IncomingMessage, response: ServerResponse, asked: Asked): void => {
    growWithWork();
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
  };
  const app = fastify({
    // Our own log has one line a call; Fastify's would be a second one.
    logger: false,
    bodyLimit: options.limits.bytes,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
    exposeHeadRoutes: false,
    // What fails before there is a route: a path that is no URL.
    frameworkErrors: (error, _request, reply) => tell(error, reply.header(CALL_ID, parts.newCallId())),
    serverFactory: (handler) => listenWith(shortcut(handler, serve, options.rootPath), options),
  });
  if (options.corsOrigins.length > 0) {
    void app.register(cors, {
      origin: options.corsOrigins.includes("*") ? true : [...options.corsOrigins],
      credentials: options.corsCredentials,
    });
  }
  app.addHook("onRequest", async (_request, reply) => void reply.header(CALL_ID, parts.newCallId()));
  app.addHook("onClose", async () => bodies.close());
  registerLlmRoutes(app, serve, options.rootPath);
  app.setErrorHandler((error, _request, reply) => tell(error, reply));
  return app;
}

function tell(error: unknown, reply: FastifyReply): void {
  const told = fastifyError(error);
  const outbound = openaiErrorReply(told);
  if (told.retryAfter !== undefined) void reply.header("retry-after", String(told.retryAfter));
  void reply
    .code(outbound.status)
    .headers({ ...outbound.headers, ...told.detail.replyHeaders })
    .send(outbound.body);
}

type Serve = (request: IncomingMessage, response: ServerResponse, asked: Asked) => void;

/** POSTs to LLM paths never meet Fastify's router: that is 15 % of a call. */
function shortcut(handler: RequestListener, serve: Serve, rootPath: string): RequestListener {
  return (request, response) => {
    if (request.method === "POST") {
      const { path, search } = splitUrl(request.url ?? "/", rootPath);
      const match = matchLlmRoute(path);
      if (match) return serve(request, response, { match, search });
    }
    handler(request, response);
  };
}

/** The same routes for Fastify's `inject`, which no socket passes, and for 405 on other methods. */
function registerLlmRoutes(app: FastifyInstance, serve: Serve, rootPath: string): void {
  for (const path of llmPaths.filter((each) => !each.includes("{"))) {
    app.route({
      method: ["GET", "PUT", "PATCH", "DELETE"],
      url: rootPath + path,
      handler: () => {
        throw new GatewayError("method_not_allowed", `${path} takes POST only.`, { replyHeaders: { allow: "POST" } });
      },
    });
  }
  void app.register((scope, _options, done) => {
    // The body is serve-call's to read.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, parsed) => parsed(null));
    for (const path of llmPaths) routePost(scope, rootPath + path.replace("{model}", ":model"), serve, rootPath);
    done();
  });
}

function routePost(scope: FastifyInstance, url: string, serve: Serve, rootPath: string): void {
  scope.route({
    method: "POST",
    url,
    handler: (request, reply) => {
      const { path, search } = splitUrl(request.raw.url ?? "/", rootPath);
      const match = matchLlmRoute(path);
      if (!match) {
        reply.callNotFound();
        return;
      }
      reply.hijack();
      serve(request.raw, reply.raw, { match, search });
    },
  });
}

function splitUrl(url: string, rootPath: string): { path: string; search: string } {
  const mark = url.indexOf("?");
  const whole = mark < 0 ? url : url.slice(0, mark);
  const path = rootPath !== "" && whole.startsWith(rootPath) ? whole.slice(rootPath.length) : whole;
  return { path: path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path, search: mark < 0 ? "" : url.slice(mark + 1) };
}

function listenWith(listener: RequestListener, { tls }: ServerOptions): Server {
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
  return server as Server;
}

function allowOrigin(origin: string, response: ServerResponse, { corsOrigins, corsCredentials }: ServerOptions): void {
  if (!corsOrigins.includes("*") && !corsOrigins.includes(origin)) return;
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("vary", "Origin");
  if (corsCredentials) response.setHeader("access-control-allow-credentials", "true");
}

/** Fastify's own refusals, in our table's words. */
function fastifyError(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  const status = thrown instanceof Error && "statusCode" in thrown ? Number(thrown.statusCode) : 500;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  if (status === 413) return new GatewayError("too_large", `${text}. An administrator can raise general_settings.max_request_size_mb.`);
  if (status === 415) return new GatewayError("unsupported_media", `${text}. Send JSON with the header content-type: application/json.`);
  if (status >= 400 && status < 500) return new GatewayError("bad_request", text, { status });
  return GatewayError.from(thrown);
}

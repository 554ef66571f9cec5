/** The HTTP server: LLM routes go straight to serve-call, everything else through Fastify. */

import cors from "@fastify/cors";
import fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import { GatewayError, openaiErrorReply } from "tollgate/parts";
import type { CallParts } from "../serve-call.ts";
import { llmPaths, matchLlmRoute } from "./llm-routes.ts";
import { createLlmServer, createServing, type LlmServerOptions, type Serving, splitUrl } from "./llm-server.ts";

const CALL_ID = "x-litellm-call-id";

export function createServer(parts: CallParts, options: LlmServerOptions): FastifyInstance {
  const serving = createServing(parts, options);
  const app = fastify({
    // Our own log has one line a call; Fastify's would be a second one.
    logger: false,
    bodyLimit: options.limits.bytes,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
    exposeHeadRoutes: false,
    // What fails before there is a route: a path that is no URL.
    frameworkErrors: (error, _request, reply) => tell(error, reply.header(CALL_ID, parts.newCallId())),
    serverFactory: (handler) => createLlmServer(serving, handler, options),
  });
  if (options.corsOrigins.length > 0) {
    void app.register(cors, {
      origin: options.corsOrigins.includes("*") ? true : [...options.corsOrigins],
      credentials: options.corsCredentials,
    });
  }
  app.addHook("onRequest", async (_request, reply) => void reply.header(CALL_ID, parts.newCallId()));
  app.addHook("onClose", () => serving.close());
  registerLlmRoutes(app, serving, options.rootPath);
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

/** The same routes for Fastify's `inject`, which no socket passes, and for 405 on other methods. */
function registerLlmRoutes(app: FastifyInstance, serving: Serving, rootPath: string): void {
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
    for (const path of llmPaths) routePost(scope, rootPath + path.replace("{model}", ":model"), serving, rootPath);
    done();
  });
}

function routePost(scope: FastifyInstance, url: string, { serve }: Serving, rootPath: string): void {
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

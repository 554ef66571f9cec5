/** Builds the house: the only file that knows every other. `overrides` is what tests use instead of mocks. */

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { FastifyInstance } from "fastify";
import {
  type BuiltHouse,
  buildHouse,
  bundledPriceBook,
  type CallRecord,
  type Clock,
  type DeploymentRow,
  GatewayError,
  systemClock,
  type Transport,
} from "tollgate/parts";
import { createAccess } from "./access/access.ts";
import type { Config } from "./config/config.ts";
import { registerAbout } from "./http/about-routes.ts";
import { registerHealth, registerPublicHealth } from "./http/health-routes.ts";
import { InFlight } from "./http/in-flight.ts";
import { registerModelRoutes } from "./http/model-routes.ts";
import { createHeaders } from "./http/reply-headers.ts";
import { createServer } from "./http/server.ts";
import { registerUnbuiltRoutes } from "./http/unbuilt-routes.ts";
import { registerUtilities } from "./http/utility-routes.ts";
import { openAdmission } from "./limits/admission.ts";
import { logCall } from "./observers/call-log.ts";
import { createLog, type Log } from "./observers/log.ts";
import { warmUp } from "./warm-up.ts";

export interface Overrides {
  readonly transport?: Transport;
  readonly clock?: Clock;
  readonly chance?: () => number;
  readonly log?: Log;
  readonly onRecord?: (record: CallRecord) => void;
}

export interface AssembleOptions {
  /** Undefined only where an open door was decided on. */
  readonly masterKey: string | undefined;
  readonly version: string;
  readonly overrides?: Overrides;
}

export interface Gateway {
  readonly app: FastifyInstance;
  readonly house: BuiltHouse;
  listen(): Promise<{ url: string }>;
  /** Puts the models of a config read anew in force; unchanged ones keep their standing. */
  reload(config: Config): void;
  /** Stops accepting, waits for calls in flight up to `graceMs`, then ends what is left. */
  close(graceMs: number): Promise<void>;
}

const BODY_SILENCE_MS = 20_000;

export async function assemble(config: Config, options: AssembleOptions): Promise<Gateway> {
  const { masterKey, version, overrides = {} } = options;
  let { rows } = config;
  const log =
    overrides.log ??
    createLog({
      level: config.log.level,
      json: config.log.json ?? !process.stdout.isTTY,
      secrets: () => secretsOf(config, rows, masterKey),
      clock: overrides.clock ?? systemClock,
    });
  const book = await bundledPriceBook();
  const house = buildHouse({
    rows: config.rows,
    router: config.router,
    book,
    network: networkOf(config),
    env: config.environment,
    dropParams: config.defaults.dropParams,
    allowPrivate: config.egressAllowPrivate,
    loopbackAllowed: isLoopback(config.http.host),
    onProblem: (row: DeploymentRow, error: GatewayError) =>
      log.warn({ model_name: row.model_name, error: log.redact(error.message) }, "a model cannot be used"),
    clock: overrides.clock,
    chance: overrides.chance,
    transport: overrides.transport,
  });
  warnOfMissingKeys(house, log);
  const access = createAccess({ masterKey, headerName: config.http.keyHeaderName });
  const inFlight = new InFlight();
  const parts = {
    house,
    access,
    admission: openAdmission,
    mockAllowed: config.mockTestingAllowed,
    closing: () => inFlight.closing,
    newCallId: randomUUID,
    headersOf: createHeaders(version),
    onBug: (callId: string, cause: unknown) =>
      log.error(
        { call_id: callId, error: log.redact(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)) },
        "a bug of the gateway",
      ),
    onRecord: (record: CallRecord) => {
      logCall(log, record);
      overrides.onRecord?.(record);
    },
  };
  const app = createServer(parts, {
    limits: { bytes: config.http.maxRequestBytes, silenceMs: BODY_SILENCE_MS },
    corsOrigins: config.http.corsOrigins,
    corsCredentials: config.http.corsCredentials,
    rootPath: config.http.serverRootPath,
    tls: config.http.tls && { key: readFileSync(config.http.tls.keyFile, "utf8"), cert: readFileSync(config.http.tls.certFile, "utf8") },
    inFlight,
  });
  const health = { house, version, notReady: () => (inFlight.closing ? "The gateway is shutting down." : undefined) };
  void app.register(
    (scope, _options, done) => {
      registerAbout(scope, version);
      registerPublicHealth(scope, health);
      void scope.register((guarded, _, ready) => {
        guarded.addHook("onRequest", async (request) => void access.who(request.headers));
        registerHealth(guarded, health);
        registerModelRoutes(guarded, { routes: () => house.router.routes, book });
        registerUtilities(guarded, house);
        ready();
      });
      done();
    },
    { prefix: config.http.serverRootPath },
  );
  registerUnbuiltRoutes(app, (headers) => void access.who(headers));
  return {
    app,
    house,
    async listen() {
      const url = await app.listen({ host: config.http.host, port: config.http.port, listenTextResolver: () => "" });
      // What the first call would wait for is loaded while nobody waits.
      void house.transport.prepare?.();
      const headers = { authorization: "Bearer none", "content-type": "application/json" };
      const idle = (): boolean => inFlight.count === 0 && !inFlight.closing;
      if (!overrides.transport) void warmUp({ parts, book, router: config.router, headers, idle });
      return { url };
    },
    reload(next) {
      rows = next.rows;
      house.replaceRows(rows);
      warnOfMissingKeys(house, log);
    },
    async close(graceMs) {
      // It listens on: probes are told 503, new calls are refused, those under way finish.
      inFlight.closing = true;
      await inFlight.drained(graceMs, house.clock);
      const closed = app.close();
      app.server.closeAllConnections();
      await closed;
      await house.close();
      log.close();
    },
  };
}

/** Said at start, and again by each call. */
function warnOfMissingKeys(house: BuiltHouse, log: Log): void {
  for (const deployment of house.router.routes.deployments) {
    try {
      deployment.credential();
    } catch (thrown) {
      const error = GatewayError.from(thrown);
      log.warn({ model_name: deployment.group, deployment: deployment.id, error: log.redact(error.message) }, "a model has no credentials");
    }
  }
}

function networkOf(config: Config): NonNullable<Parameters<typeof buildHouse>[0]["network"]> {
  const { sslVerify, sslCertificate, caBundles, proxies } = config.network;
  return {
    sslVerify,
    sslCertificate: sslCertificate && (sslCertificate.key ? [sslCertificate.cert, sslCertificate.key] : sslCertificate.cert),
    caFiles: caBundles,
    proxies: { ...proxies, none: proxies.no },
  };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\./.test(host);
}

/** The secrets that we hold: what redaction looks for. */
function* secretsOf(config: Config, rows: Config["rows"], masterKey: string | undefined): Iterable<string> {
  if (masterKey) yield masterKey;
  for (const row of rows) {
    for (const [name, value] of Object.entries(row.litellm_params))
      if (typeof value === "string" && /key|secret|token|password|credential/i.test(name)) yield value;
  }
  for (const [name, value] of Object.entries(config.environment))
    if (value && /_(API_KEY|KEY|SECRET|TOKEN|PASSWORD)$/.test(name)) yield value;
}

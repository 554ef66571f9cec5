/** Builds the house: the only file, with keeping.ts, that knows every other. `overrides` is what tests use instead of mocks. */

import { randomBytes, randomUUID } from "node:crypto";
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
import { type Access, createAccess } from "./access/access.ts";
import { createBinder } from "./access/bind-call.ts";
import type { Config } from "./config/config.ts";
import { growWithWork } from "./engine.ts";
import { createGate } from "./http/gate.ts";
import { InFlight } from "./http/in-flight.ts";
import type { LlmServerOptions } from "./http/llm-server.ts";
import { createHeaders } from "./http/reply-headers.ts";
import { registerRoutes } from "./http/routes.ts";
import { createServer } from "./http/server.ts";
import { type Keeping, openKeeping } from "./keeping.ts";
import { openAdmission } from "./limits/admission.ts";
import { createHandlers } from "./management/handlers.ts";
import { fileModels, type InForce, openInForce } from "./models-in-force.ts";
import { logCall } from "./observers/call-log.ts";
import { createLog, type Log } from "./observers/log.ts";
import { createOthers } from "./others.ts";
import { type CallParts, callParts, type Finished } from "./serve-call.ts";
import { createCallTexts } from "./spend/call-texts.ts";
import { copyOf } from "./spend/copied-reply.ts";
import { createRowIds, entryOf } from "./spend/entry-of.ts";
import { maxCharsOf, type PromptSettings } from "./spend/prompts.ts";
import type { OpenedDatabase } from "./store/open-database.ts";
import { warmUp } from "./warm-up/warm-up.ts";

export interface Overrides {
  readonly transport?: Transport;
  readonly clock?: Clock;
  readonly chance?: () => number;
  readonly log?: Log;
  readonly onRecord?: (record: CallRecord) => void;
  /** One that is open already; "none": there are no virtual keys, and nothing is kept. */
  readonly database?: OpenedDatabase | "none";
}

export interface AssembleOptions {
  /** Undefined only where an open door was decided on. */
  readonly masterKey: string | undefined;
  readonly version: string;
  /** Plays calls once it listens, so that the first real ones are quick. */
  readonly warm?: boolean;
  readonly overrides?: Overrides;
}

export interface Gateway {
  readonly app: FastifyInstance;
  readonly house: BuiltHouse;
  readonly keeping: Keeping | undefined;
  listen(): Promise<{ url: string }>;
  /** Puts the models of a config read anew in force; unchanged ones keep their standing. */
  reload(config: Config): void;
  /** Stops accepting, waits for calls in flight up to `graceMs`, then ends what is left. */
  close(graceMs: number): Promise<void>;
}

const BODY_SILENCE_MS = 20_000;

export async function assemble(config: Config, options: AssembleOptions): Promise<Gateway> {
  const { masterKey, version, overrides = {} } = options;
  const clock = overrides.clock ?? systemClock;
  let inForce: InForce | undefined;
  const log =
    overrides.log ??
    createLog({
      level: config.log.level,
      json: config.log.json ?? !process.stdout.isTTY,
      secrets: () => secretsOf(config, inForce?.models.rows ?? config.rows, masterKey),
      clock,
    });
  const book = await bundledPriceBook();
  const house = openHouse(config, { book, log, overrides });
  const given = overrides.database;
  let onListening = (): void => undefined;
  const listening = new Promise<void>((resolve) => {
    onListening = resolve;
  });
  const keeping =
    given === "none"
      ? undefined
      : openKeeping({ config, house, clock, log, instance: randomUUID(), listening, ...(given && { database: given }) });
  inForce = openInForce(config, { house, keeping, log });
  const { models, settings } = inForce;
  warnOfMissingKeys(house, log);
  const access = await openAccess(config, { masterKey, clock, keeping, settings });
  const inFlight = new InFlight(growWithWork);
  const parts = callParts({
    house,
    access,
    admission: keeping?.admission ?? openAdmission,
    bound: createBinder({
      aliasOf: (name) => config.router.aliases.get(name)?.model,
      teamOf: (name) => keeping?.teamModels().ownerOf(name),
      enforcedParams: config.access.enforcedParams,
      enforceUser: config.access.enforceUser,
    }),
    mockAllowed: config.mockTestingAllowed,
    closing: () => inFlight.closing,
    newCallId: randomUUID,
    headersOf: createHeaders(version),
    onBug: (callId, cause) =>
      log.error(
        { call_id: callId, error: log.redact(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)) },
        "a bug of the gateway",
      ),
    ...(keeping && config.books.storePrompts && { copyOf }),
    ...(keeping && { onBegun: (unended) => keeping.lasting.add(() => entryOf(unended(), { rowIdOf })) }),
    onFinished: bookkeeper(config, { log, keeping, onRecord: overrides.onRecord }),
  });
  const http: LlmServerOptions = {
    limits: { bytes: config.http.maxRequestBytes, silenceMs: BODY_SILENCE_MS },
    corsOrigins: config.http.corsOrigins,
    corsCredentials: config.http.corsCredentials,
    rootPath: config.http.serverRootPath,
    tls: config.http.tls && { key: readFileSync(config.http.tls.keyFile, "utf8"), cert: readFileSync(config.http.tls.certFile, "utf8") },
    inFlight,
  };
  const app = createServer(parts, http);
  registerRoutes(app, {
    house,
    book,
    version,
    rootPath: config.http.serverRootPath,
    gate: createGate(access, {
      ...config.access,
      rootPath: config.http.serverRootPath,
      opened: keeping?.opened ?? (() => Promise.resolve()),
    }),
    handlers: keeping ? createHandlers({ config, house, keeping, ...inForce, clock, newId: randomUUID, newKey }) : {},
    notReady: () => (inFlight.closing ? "The gateway is shutting down." : undefined),
    keeping,
    teamModels: keeping?.teamModels,
    newCallId: randomUUID,
  });
  return {
    app,
    house,
    keeping,
    async listen() {
      const url = await app.listen({ host: config.http.host, port: config.http.port, listenTextResolver: () => "" });
      onListening();
      // What the first call would wait for is loaded while nobody waits.
      void house.transport.prepare?.();
      const idle = (): boolean => inFlight.count === 0 && !inFlight.closing;
      if (options.warm) void warmUp({ parts, book, router: config.router, http, log, idle });
      return { url };
    },
    reload(next) {
      models.replaceFile(fileModels(next));
      warnOfMissingKeys(house, log);
    },
    async close(graceMs) {
      // It listens on: probes are told 503, new calls are refused, those under way finish.
      inFlight.closing = true;
      await inFlight.drained(graceMs, house.clock);
      const closed = app.close();
      app.server.closeAllConnections();
      await closed;
      inForce.close();
      await house.close();
      await keeping?.close();
      log.close();
    },
  };
}

type Book = Awaited<ReturnType<typeof bundledPriceBook>>;

function openHouse(config: Config, { book, log, overrides }: { book: Book; log: Log; overrides: Overrides }): BuiltHouse {
  const told = new Set<string>();
  return buildHouse({
    // models/ puts them in.
    rows: [],
    router: config.router,
    book,
    network: networkOf(config),
    env: config.environment,
    dropParams: config.defaults.dropParams,
    allowPrivate: config.egressAllowPrivate,
    loopbackAllowed: isLoopback(config.http.host),
    onProblem: (row: DeploymentRow, error: GatewayError) => {
      const what = `${row.model_name} ${error.message}`;
      if (!told.has(what)) log.warn({ model_name: row.model_name, error: log.redact(error.message) }, "a model cannot be used");
      told.add(what);
    },
    clock: overrides.clock,
    chance: overrides.chance,
    transport: overrides.transport,
  });
}

interface AccessOf {
  readonly masterKey: string | undefined;
  readonly clock: Clock;
  readonly keeping: Keeping | undefined;
  readonly settings: InForce["settings"];
}

async function openAccess(config: Config, { masterKey, clock, keeping, settings }: AccessOf): Promise<Access> {
  return createAccess({
    masterKey,
    clock,
    headerName: config.http.keyHeaderName,
    principals: keeping?.principals,
    belongings: keeping?.belongings,
    global: keeping?.global,
    others: keeping && (await createOthers(config, keeping, clock)),
    get allowedIps() {
      return settings.allowedIps;
    },
  });
}

interface Bookkeeping {
  readonly log: Log;
  readonly keeping: Keeping | undefined;
  readonly onRecord: Overrides["onRecord"];
}

/** Keys of rows whose calls their clients named. */
const rowIdOf = createRowIds(randomUUID);

/** The log has its line, the books their row, then the client the last of its answer. */
function bookkeeper(config: Config, { log, keeping, onRecord }: Bookkeeping): CallParts["onFinished"] {
  const texts = config.books.storePrompts ? createCallTexts(promptSettingsOf(config)) : undefined;
  return (finished: Finished, written) => {
    const { record } = finished;
    logCall(log, record);
    onRecord?.(record);
    if (keeping) keeping.ledger.record(entryOf(finished, { texts, rowIdOf }), written);
    else written();
  };
}

function promptSettingsOf({ books, environment }: Config): PromptSettings {
  return {
    store: books.storePrompts,
    redact: books.redactPrompts,
    maxChars: maxCharsOf(environment["MAX_STRING_LENGTH_PROMPT_IN_DB"]),
  };
}

/** 128 bits in 22 letters. */
function newKey(): string {
  return `sk-${randomBytes(16).toString("base64url")}`;
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

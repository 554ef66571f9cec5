/** A PostgreSQL server as an engine: a pool for queries, and a connection of its own that listens and watches. */

import { Socket } from "node:net";
import { Client, type ClientConfig, Pool } from "pg";
import { type Clock, GatewayError } from "tollgate/parts";
import { columnTypes } from "./column-types.ts";
import { channels, type Engine, type Session, type SessionEvents } from "./engine.ts";
import { hearFaults } from "./hear-faults.ts";
import { migrate } from "./migrate.ts";
import { type PostgresAddress, placeOf, spotOf } from "./postgres-address.ts";
import { oldestVersion, serverProblem } from "./problems.ts";
import { goesWithoutTls, tlsOptions } from "./server-tls.ts";
import { within } from "./within.ts";

export interface PostgresOptions {
  readonly address: PostgresAddress;
  readonly poolSize: number;
  readonly connectTimeoutMs: number;
  readonly clock: Clock;
  /** Told when notifications do not come through and a poll must do. */
  readonly onDeaf?: () => void;
}

const prefix = "tollgate_";
const echo = `${prefix}echo`;
/** How often the server is asked whether it is still there: a network that swallows everything tells nothing. */
const beatMs = 2000;
const answerMs = 5000;
/** A pooler between us and the server may keep notifications from us. */
const echoMs = 1000;
const pollMs = 1500;

export function postgresEngine(options: PostgresOptions): Engine {
  const { address } = options;
  let withoutTls = false;
  return {
    kind: "server",
    place: placeOf(address),
    isThere: () => true,
    longestDelayMs: 4000,
    explain: (cause) => (cause instanceof GatewayError ? cause.message : serverProblem(cause, address)),
    async connect(events) {
      const sockets = new Set<Socket>();
      try {
        const base = await clientConfig(options, sockets, withoutTls);
        return await begin(base, { options, sockets, events });
      } catch (cause) {
        for (const socket of sockets) socket.destroy();
        if (withoutTls || !goesWithoutTls(cause, address)) throw cause;
        withoutTls = true;
        return this.connect(events);
      }
    },
  };
}

async function clientConfig(
  { address, connectTimeoutMs }: PostgresOptions,
  sockets: Set<Socket>,
  withoutTls: boolean,
): Promise<ClientConfig> {
  const { host, port, user, password, database, schema } = address;
  return {
    ...{ host, port, user, database },
    // An empty one keeps `pg` from looking for a password elsewhere.
    password: password ?? "",
    ssl: withoutTls ? false : await tlsOptions(address),
    stream: () => tracked(sockets),
    types: columnTypes,
    keepAlive: true,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: "tollgate",
    ...(schema !== undefined && { options: `-c search_path="${schema.replace(/["\\\s]/g, "")}"` }),
  };
}

/** Known to us, so that a session which is lost can be dropped at once instead of waiting for silent queries. */
function tracked(sockets: Set<Socket>): Socket {
  const socket = new Socket();
  sockets.add(socket);
  socket.once("close", () => sockets.delete(socket));
  return socket;
}

interface Scene {
  readonly options: PostgresOptions;
  readonly sockets: Set<Socket>;
  readonly events: SessionEvents;
}

async function begin(config: ClientConfig, scene: Scene): Promise<Session> {
  const { options, sockets } = scene;
  const anchor = new Client(config);
  // Before the session stands its faults reject what is awaited; afterwards `watch` hears them, too.
  anchor.on("error", () => undefined);
  await anchor.connect();
  const version = await checkedVersion(anchor, options.address);
  if (options.address.schema !== undefined) await makeSchema(anchor, options.address.schema);
  const migrated = await migrate(anchor);
  const pool = new Pool({ ...config, max: options.poolSize, idleTimeoutMillis: 60_000 });
  hearFaults(pool);
  const watcher = watch(anchor, scene);
  await listen(anchor, pool, { ...scene, watcher });
  return {
    pool,
    version,
    migrated,
    verify: () => watcher.verify(),
    async notify(channel, payload) {
      await pool.query("select pg_notify($1, $2)", [prefix + channel, payload]);
    },
    async close() {
      watcher.stop();
      await Promise.all([pool.end(), anchor.end()]);
    },
    abandon() {
      watcher.stop();
      for (const socket of sockets) socket.destroy();
      void pool.end().catch(() => undefined);
    },
  };
}

async function checkedVersion(anchor: Client, address: PostgresAddress): Promise<string> {
  const { rows } = await anchor.query<{ number: number; name: string; read_only: string }>(
    "select current_setting('server_version_num')::int4 as number, current_setting('server_version') as name, current_setting('transaction_read_only') as read_only",
  );
  const [row] = rows;
  if (row && row.number < oldestVersion * 10_000)
    throw new GatewayError(
      "database_away",
      `${spotOf(address)} runs PostgreSQL ${row.name}, which is too old. Use PostgreSQL ${oldestVersion} or newer.`,
    );
  if (row?.read_only === "on") throw readOnly();
  return `PostgreSQL ${row?.name.split(" ")[0]}`;
}

/** As a server says it when somebody writes. */
function readOnly(): Error {
  return Object.assign(new Error("the server is read-only"), { code: "25006" });
}

async function makeSchema(anchor: Client, name: string): Promise<void> {
  const { rows } = await anchor.query("select 1 from pg_namespace where nspname = $1", [name]);
  if (rows.length === 0) await anchor.query(`create schema if not exists "${name.replace(/["\\\s]/g, "")}"`);
}

interface Watcher {
  verify(): Promise<void>;
  stop(): void;
  /** Called off with the rest. */
  onStop(end: () => void): void;
}

/** Asks the anchor again and again, and tells once when it does not answer. */
function watch(anchor: Client, { options: { clock }, events }: Scene): Watcher {
  const ends: (() => void)[] = [];
  let over = false;
  const stop = (): void => {
    over = true;
    for (const end of ends.splice(0)) end();
  };
  const lost = (cause: unknown): void => {
    if (over) return;
    stop();
    events.lost(cause);
  };
  const verify = async (): Promise<void> => {
    const asked = anchor.query<{ read_only: string }>("select current_setting('transaction_read_only') as read_only");
    const { rows } = await within(asked, answerMs, clock);
    if (rows[0]?.read_only === "on") throw readOnly();
  };
  anchor.on("error", lost);
  anchor.on("end", () => lost(new Error("Connection terminated")));
  ends.push(clock.every(beatMs, () => void verify().catch(lost)));
  return { verify, stop, onStop: (end) => void ends.push(end) };
}

/** Listens, and makes sure that it hears: behind a pooler that hands connections around it would not. */
async function listen(anchor: Client, pool: Pool, { options, events, watcher }: Scene & { readonly watcher: Watcher }): Promise<void> {
  let heard = (): void => undefined;
  const hearing = new Promise<void>((resolve) => {
    heard = resolve;
  });
  anchor.on("notification", ({ channel, payload }) => {
    if (channel === echo) return heard();
    const name = channels.find((each) => prefix + each === channel);
    if (name) events.notified(name, payload ?? "");
  });
  await anchor.query([echo, ...channels.map((name) => prefix + name)].map((name) => `listen ${name}`).join("; "));
  await pool.query("select pg_notify($1, '')", [echo]);
  try {
    await within(hearing, echoMs, options.clock);
  } catch {
    options.onDeaf?.();
    const tellAll = (): void => {
      for (const channel of channels) events.notified(channel, "*");
    };
    watcher.onStop(options.clock.every(pollMs, tellAll));
  }
}

/** Opens the database in the background, and keeps it: watched, tried again when it is away, told of by its state. */

import { Kysely, PostgresDialect } from "kysely";
import { type Alarm, type Clock, GatewayError } from "tollgate/parts";
import type { Channel, Database, DatabaseState } from "./database.ts";
import { embeddedEngine } from "./embedded.ts";
import { channels, type Engine, type Session } from "./engine.ts";
import { databaseAway } from "./faults.ts";
import { guardedPool } from "./guarded-pool.ts";
import { WRONG_MIGRATIONS } from "./migrate.ts";
import { postgresEngine } from "./postgres.ts";
import { parsePostgresAddress } from "./postgres-address.ts";
import type { Tables } from "./tables.ts";
import { within } from "./within.ts";

export interface DatabaseOptions {
  /** postgresql://…; without it the embedded database of `folder` is opened. */
  readonly url?: string;
  /** The folder of the embedded database itself: nobody else may have it open. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: { info(fields: object, text: string): void; warn(fields: object, text: string): void };
  /** Connections to a server at most; `connection_limit` of the URL wins. Default 10. */
  readonly poolSize?: number;
  /** For one connection, and for a free one of the pool. Default 10 s. */
  readonly connectTimeoutMs?: number;
  /** The first try waits for this: the embedded engine's start would take the processor from a server that is not listening yet. */
  readonly after?: Promise<unknown>;
  /** An embedded database that was never made sleeps until somebody needs it. Default: it is made at once. */
  readonly sleeps?: boolean;
}

/** A database that knows what it is: for the first screen and for readiness. */
export interface OpenedDatabase extends Database {
  /** `host:port/database`, or the folder. */
  readonly place: string;
  /** Known once it was connected. */
  readonly version: string | undefined;
  /** The migrations that were applied when it was connected last. */
  readonly migrated: readonly string[];
}

const firstDelayMs = 200;
const closeMs = 5000;
/** So long an opening under way may still come to its end; it survives being broken off. */
const openingMs = 1500;
/** So long those wait who ask a database that must be woken. */
const wakingMs = 20_000;

/** Throws only for a URL that cannot be read. */
export function openDatabase(options: DatabaseOptions): OpenedDatabase {
  return new KeptDatabase(engineFor(options), options);
}

function engineFor({ url, folder, clock, log, poolSize = 10, connectTimeoutMs = 10_000 }: DatabaseOptions): Engine {
  if (url === undefined) return embeddedEngine(folder);
  const address = parsePostgresAddress(url);
  if ("problem" in address) throw new GatewayError("database_away", address.problem);
  return postgresEngine({
    address,
    clock,
    poolSize: address.poolSize ?? poolSize,
    connectTimeoutMs: address.connectTimeoutMs ?? connectTimeoutMs,
    onDeaf: () =>
      log.warn(
        {},
        "notifications of the database do not come through (a pooler in between?): changes of others are looked for every 1.5 s",
      ),
  });
}

class KeptDatabase implements OpenedDatabase {
  readonly kind: "embedded" | "server";
  readonly place: string;
  readonly sql: Kysely<Tables>;
  readonly ready: Promise<void>;
  readonly #engine: Engine;
  readonly #options: DatabaseOptions;
  readonly #watchers = new Set<(state: DatabaseState) => void>();
  readonly #listeners = new Map<Channel, Set<(payload: string) => void>>(channels.map((channel) => [channel, new Set()]));
  #settle: { resolve(): void; reject(cause: unknown): void } = { resolve: () => undefined, reject: () => undefined };
  #state: DatabaseState = "opening";
  #problem: string | undefined;
  #session: Session | undefined;
  #version: string | undefined;
  #alarm: Alarm | undefined;
  /** The first one, or the one that is waited for before. */
  #attempt: Promise<void> | undefined;
  /** Begun by `wake`, not over yet. */
  #waking: Promise<void> | undefined;
  /** A first try was made. */
  #trying = false;
  #doubting = false;
  #delay = firstDelayMs;
  #closed = false;

  constructor(engine: Engine, options: DatabaseOptions) {
    this.#engine = engine;
    this.#options = options;
    this.kind = engine.kind;
    this.place = engine.place;
    this.ready = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // Whoever awaits it hears of it; nobody must.
    this.ready.catch(() => undefined);
    const pool = guardedPool({
      awake: () => this.#awake(),
      current: () => this.#session?.pool,
      doubted: (cause) => this.#doubt(cause),
    });
    this.sql = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
    if (options.sleeps && !engine.isThere()) this.#state = "asleep";
    else this.#attempt = this.#first();
  }

  get state(): DatabaseState {
    return this.#state;
  }
  get problem(): string | undefined {
    return this.#problem;
  }
  get version(): string | undefined {
    return this.#version;
  }
  get migrated(): readonly string[] {
    return this.#session?.migrated ?? [];
  }

  wake(): void {
    if (this.#state !== "asleep") return;
    this.#attempt = this.#first();
    const waking = within(this.#attempt, wakingMs, this.#options.clock)
      .catch(() => undefined)
      .finally(() => {
        this.#waking = undefined;
      });
    this.#waking = waking;
    this.#become("opening");
  }

  watch(listener: (state: DatabaseState) => void): () => void {
    this.#watchers.add(listener);
    listener(this.#state);
    return () => void this.#watchers.delete(listener);
  }

  listen(channel: Channel, listener: (payload: string) => void): () => void {
    this.#listeners.get(channel)?.add(listener);
    return () => void this.#listeners.get(channel)?.delete(listener);
  }

  async notify(channel: Channel, payload: string): Promise<void> {
    // Whoever is away asks anew when it is back, so nothing is missed.
    await this.#session?.notify(channel, payload).catch((cause: unknown) => this.#doubt(cause));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#alarm?.cancel();
    if (this.#trying && this.#attempt) await within(this.#attempt, openingMs, this.#options.clock).catch(() => undefined);
    const session = this.#session;
    this.#session = undefined;
    this.#problem = "The gateway is shutting down.";
    this.#become("away");
    this.#watchers.clear();
    if (session) await within(session.close(), closeMs, this.#options.clock).catch(() => session.abandon());
    this.#settle.reject(databaseAway());
  }

  #first(): Promise<void> {
    const { after } = this.#options;
    return after ? after.then(() => this.#connect()) : this.#connect();
  }

  #awake(): Promise<void> | undefined {
    this.wake();
    return this.#waking;
  }

  async #connect(): Promise<void> {
    if (this.#closed) return;
    this.#trying = true;
    try {
      const session = await this.#engine.connect({
        notified: (channel, payload) => this.#tell(channel, payload),
        lost: (cause) => this.#lost(cause),
      });
      if (this.#closed) session.abandon();
      else this.#connected(session);
    } catch (cause) {
      this.#away(cause);
      if (!(cause instanceof GatewayError) || cause.detail.code !== WRONG_MIGRATIONS) return;
      // No further try changes that.
      this.#alarm?.cancel();
      this.#settle.reject(cause);
    }
  }

  #connected(session: Session): void {
    const again = this.#version !== undefined;
    this.#session = session;
    this.#version = session.version;
    this.#problem = undefined;
    this.#delay = firstDelayMs;
    if (again) this.#options.log.info({ database: this.place }, "the database is back");
    this.#become("connected");
    this.#settle.resolve();
    if (again) for (const channel of channels) this.#tell(channel, "*");
  }

  /** One connection broke. Only if the session does not answer, all is lost. */
  #doubt(cause: unknown): void {
    const session = this.#session;
    if (!session || this.#doubting) return;
    this.#doubting = true;
    session
      .verify()
      .catch(() => {
        if (this.#session === session) this.#lost(cause);
      })
      .finally(() => {
        this.#doubting = false;
      });
  }

  #lost(cause: unknown): void {
    const session = this.#session;
    this.#session = undefined;
    session?.abandon();
    this.#away(cause);
  }

  #away(cause: unknown): void {
    if (this.#closed) return;
    const problem = this.#engine.explain(cause);
    if (problem !== this.#problem) this.#options.log.warn({ database: this.place, problem }, "the database is away");
    this.#problem = problem;
    this.#become("away");
    this.#alarm?.cancel();
    this.#alarm = this.#options.clock.after(this.#delay, () => {
      this.#attempt = this.#connect();
    });
    this.#delay = Math.min(this.#delay * 2, this.#engine.longestDelayMs);
  }

  #become(state: DatabaseState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const watcher of this.#watchers) watcher(state);
  }

  #tell(channel: Channel, payload: string): void {
    for (const listener of this.#listeners.get(channel) ?? []) listener(payload);
  }
}

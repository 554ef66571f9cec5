/** Joins what is kept: the database, the books, the limits, the people. Part of assemble.ts. */

import { join } from "node:path";
import { type BuiltHouse, type Clock, nanoOf } from "tollgate/parts";
import { type BelongingsOf, createBelongings } from "./access/belongings.ts";
import type { CompileContext } from "./access/compile-principal.ts";
import { createGroups } from "./access/groups.ts";
import { createPeople, type People } from "./access/people.ts";
import type { Principal, Subject } from "./access/principal.ts";
import { createPrincipals, type Principals } from "./access/principals.ts";
import { createTeamModels, type TeamModels } from "./access/team-models.ts";
import type { Config } from "./config/config.ts";
import type { Admission } from "./limits/admission.ts";
import { createAdmission } from "./limits/admit.ts";
import { createGuardedCounters, type GuardedCounters } from "./limits/counters-guarded.ts";
import { createMemoryCounters } from "./limits/counters-memory.ts";
import { createRedisCounters } from "./limits/counters-redis.ts";
import { createEscrow } from "./limits/escrow.ts";
import type { Purses } from "./limits/purses.ts";
import { createReach } from "./limits/reach.ts";
import type { LimitSettings } from "./limits/settings.ts";
import { momentAfter } from "./management/durations.ts";
import type { Log } from "./observers/log.ts";
import { createLedger } from "./spend/create-ledger.ts";
import { createLasting, type Lasting } from "./spend/lasting.ts";
import type { Ledger } from "./spend/ledger.ts";
import { startRetention } from "./spend/retention.ts";
import { type OpenedDatabase, openDatabase } from "./store/open-database.ts";
import { openRedis, type RedisLink } from "./store/redis.ts";

export interface Keeping {
  readonly database: OpenedDatabase;
  readonly ledger: Ledger;
  readonly lasting: Lasting;
  readonly people: People;
  readonly principals: Principals;
  readonly belongings: BelongingsOf;
  readonly admission: Admission;
  readonly context: () => Promise<CompileContext>;
  /** Resolves when the database is open for the first time, or cannot be reached; waits no longer than some seconds. */
  readonly opened: () => Promise<void>;
  readonly global: readonly Subject[];
  readonly teamModels: () => TeamModels;
  readonly redis?: RedisLink;
  readonly counters?: GuardedCounters;
  close(): Promise<void>;
}

export interface KeepingOptions {
  readonly config: Config;
  readonly house: BuiltHouse;
  readonly clock: Clock;
  readonly log: Log;
  readonly instance: string;
  /** A database that is open already; tests bring theirs. */
  readonly database?: OpenedDatabase;
  /** The server listens: now the database may take the processor. */
  readonly listening: Promise<unknown>;
}

export function openKeeping({ config, house, clock, log, instance, database: given, listening }: KeepingOptions): Keeping {
  const warn = (fields: object, text: string): void => log.warn(fields, text);
  const database =
    given ??
    openDatabase({
      url: config.store.databaseUrl,
      folder: join(config.dataDir, "database"),
      clock,
      log: { info: (fields, text) => log.info(fields, text), warn },
      poolSize: config.store.poolSize,
      connectTimeoutMs: config.store.connectTimeoutMs,
      after: listening,
      sleeps: true,
    });
  const onProblem = (cause: unknown): void => warn({ error: log.redact(String(cause)) }, "what is lent must be written down again later");
  const purses = createEscrow({ database, clock, instance, onProblem });
  const ledger = openLedger({ config, clock, log, instance, database, purses });
  const stopForgetting = startRetention({ database, clock, keepMs: keepMsOf(config, clock, warn), warn });
  const { counters, redis } = openCounters(config, clock, instance, warn);
  const opened = openedWithin(database, clock);
  const people = whenOpened(createPeople(database), opened);
  const groups = createGroups({ people, database, routes: () => house.router.routes });
  const teamModels = createTeamModels(() => house.router.routes);
  const global = globalSubjects(config);
  const context = async (): Promise<CompileContext> => ({
    now: clock.now(),
    global,
    group: await groups(),
    teamModels: (teamId) => teamModels().of(teamId),
    skipUserBudgetOnTeamKey: config.limits.skipUserBudgetOnTeamKey,
  });
  const principals = createPrincipals({
    people,
    database,
    clock,
    context,
    freshMs: config.store.keyFreshMs,
    ...(config.store.admitWhenAway && { whenAway: () => stranger(global) }),
  });
  const admission = createAdmission({
    counters,
    purses,
    clock,
    settings: limitSettingsOf(config),
    reachOf: createReach(() => house.router.routes, config.router),
  });
  const lasting = createLasting(clock, (entry) => ledger.begun(entry));
  return {
    database,
    ledger,
    lasting,
    people,
    principals,
    belongings: createBelongings({
      people,
      database,
      clock,
      customerBudgetId: config.limits.customerBudgetId,
      customerMaxBudget: config.limits.customerMaxBudget,
      customerHeaders: config.access.customerHeaders,
      rejectClientTags: config.access.rejectClientTags,
    }),
    admission,
    context,
    opened,
    global,
    teamModels,
    ...(redis && { redis, counters: counters as GuardedCounters }),
    async close() {
      principals.close();
      stopForgetting();
      lasting.close();
      await ledger.close();
      await purses.close();
      await counters.close();
      await redis?.close();
      if (!given) await database.close();
    },
  };
}

function openLedger(of: { config: Config; clock: Clock; log: Log; instance: string; database: OpenedDatabase; purses: Purses }): Ledger {
  const { config, clock, log, instance, database, purses } = of;
  return createLedger({
    dataFolder: config.dataDir,
    database,
    clock,
    instanceId: instance,
    redact: (text) => log.redact(text),
    warn: (fields, text) => log.warn(fields, text),
    onWritten: (charges) => purses.written(charges),
    onRecovered: (instances) =>
      void purses
        .recovered(instances)
        .catch((cause: unknown) => log.warn({ error: log.redact(String(cause)) }, "what a former run had borrowed could not be freed yet")),
    fsync: config.books.fsyncAlways ? "always" : "grouped",
    batchMs: config.books.writeEveryMs,
    rules: {
      disableLogs: config.books.disableLogs,
      disableErrorLogs: config.books.disableErrorLogs,
      disableTotals: config.books.disableTotals,
    },
  });
}

const DAY_MS = 86_400_000;

/** How long rows of calls are kept; undefined: for ever. */
function keepMsOf({ books }: Config, clock: Clock, warn: (fields: object, text: string) => void): number | undefined {
  // What is left of a row then is only for telling it from its double.
  if (books.disableLogs) return DAY_MS;
  const now = clock.now();
  const until = momentAfter(books.retention, now);
  if (books.retention !== undefined && !until)
    warn(
      { maximum_spend_logs_retention_period: books.retention },
      "this is no duration, so rows of calls are kept for ever: write 30d, 12h or 1mo",
    );
  return until && until.getTime() - now;
}

function openCounters(config: Config, clock: Clock, instance: string, warn: (fields: object, text: string) => void) {
  const local = createMemoryCounters(clock);
  if (!config.store.redis) return { counters: local };
  const redis = openRedis(config.store.redis);
  const shared = createRedisCounters({ redis, clock, instance });
  const onState = (state: string, cause: unknown): void =>
    warn({ state, ...(cause instanceof Error && { error: cause.message }) }, "where rate limits are counted has changed");
  return { counters: createGuardedCounters({ shared, local, clock, onState }), redis };
}

/** `litellm_settings.max_budget` and `global_max_parallel_requests`: for everybody together, the master key too. */
function globalSubjects({ limits }: Config): readonly Subject[] {
  const { globalMaxBudget: most, globalBudgetDuration: duration, globalParallel: parallel } = limits;
  if (most === undefined && parallel === undefined) return [];
  const budgets = most === undefined ? [] : [{ limitNano: nanoOf(most), ...(duration !== undefined && { duration }) }];
  return [{ level: "global", id: "gateway", name: "whole gateway", limits: { budgets, ...(parallel !== undefined && { parallel }) } }];
}

/** Who is let in while keys cannot be looked up (`allow_requests_on_db_unavailable`): may ask models, and nothing else. */
function stranger(global: readonly Subject[]): Principal {
  return {
    kind: "custom",
    name: "failed-to-connect-to-db",
    role: "customer",
    userId: "failed-to-connect-to-db",
    models: [],
    tags: [],
    allowClientTags: false,
    subjects: global,
  };
}

function limitSettingsOf({ limits }: Config): LimitSettings {
  return {
    windowMs: limits.rateWindowMs,
    timeZone: limits.timezone,
    edge: limits.budgetEdge,
    waitMs: limits.budgetWaitMs,
    outputTokens: limits.reserveOutputTokens,
    tokensCounted: limits.tokenRateType,
    ...(limits.budgetExceededStatus !== 429 && { budgetExceededStatus: limits.budgetExceededStatus }),
  };
}

/** People who are looked up while the database opens: they wait for it. */
function whenOpened(people: People, opened: () => Promise<void>): People {
  return {
    key: (hash) => opened().then(() => people.key(hash)),
    user: (userId, teamId) => opened().then(() => people.user(userId, teamId)),
    customer: (id, budgetId) => opened().then(() => people.customer(id, budgetId)),
    tags: () => opened().then(() => people.tags()),
    accessGroups: () => opened().then(() => people.accessGroups()),
  };
}

const OPEN_WITHIN_MS = 20_000;

/** Who needs the database wakes it. The embedded one takes a moment to open: who comes meanwhile waits instead of being refused. */
function openedWithin(database: OpenedDatabase, clock: Clock): () => Promise<void> {
  return () => {
    database.wake();
    if (database.state !== "opening") return Promise.resolve();
    return new Promise((resolve) => {
      const over = (): void => {
        alarm.cancel();
        stop();
        resolve();
      };
      const alarm = clock.after(OPEN_WITHIN_MS, over);
      const stop = database.watch((state) => {
        // Told of the present state at once, before there is anything to stop.
        if (state !== "opening") void Promise.resolve().then(over);
      });
    });
  };
}

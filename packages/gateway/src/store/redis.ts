/** The connection to Redis: scripts run as one step, and how it stands. The only file that knows ioredis. */

import { createHash } from "node:crypto";
import type { Cluster, ClusterOptions, Redis, RedisOptions } from "ioredis";
import { GatewayError } from "tollgate/parts";

export interface RedisAddress {
  /** `redis://` or `rediss://`; the other members are laid over it. */
  readonly url?: string;
  readonly host?: string;
  readonly port?: number;
  readonly username?: string;
  readonly password?: string;
  readonly database?: number;
  readonly tls?: boolean;
  readonly clusterNodes?: readonly { readonly host: string; readonly port: number }[];
  readonly sentinels?: readonly { readonly host: string; readonly port: number }[];
  readonly sentinelName?: string;
  readonly sentinelPassword?: string;
}

/** One step on the server: text of Lua, sent once and named by its hash from then on. */
export interface Script {
  readonly lua: string;
  readonly sha: string;
}

export interface RedisLink {
  /** Rejects at once while the connection is away. In a cluster all keys must share one hash tag. */
  run(script: Script, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown>;
  readonly state: "opening" | "connected" | "away";
  /** Why it is away, without secrets. */
  readonly problem: string | undefined;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 5_000;
const LONGEST_WAIT_MS = 2_000;

export function script(lua: string): Script {
  return { lua, sha: createHash("sha1").update(lua).digest("hex") };
}

/** Connects in the background, and again whenever the connection breaks. */
export function openRedis(address: RedisAddress): RedisLink {
  let client: Redis | Cluster | undefined;
  let problem: string | undefined;
  let closed = false;
  /** What this connection was sent: the first time whole, so that nothing sent later overtakes it. */
  const sent = new Set<string>();
  const opening = connect(address, (cause) => {
    problem = cause.message;
    sent.clear();
  }).then(
    (made) => {
      client = made;
      if (closed) made.disconnect();
    },
    (cause: unknown) => {
      problem = cause instanceof Error ? cause.message : String(cause);
    },
  );
  const ready = (): boolean => client?.status === "ready";
  return {
    async run(step, keys, values) {
      if (!client || !ready()) throw away(problem);
      if (!sent.has(step.sha)) {
        sent.add(step.sha);
        return client.eval(step.lua, keys.length, ...keys, ...values);
      }
      try {
        return await client.evalsha(step.sha, keys.length, ...keys, ...values);
      } catch (cause) {
        if (!(cause instanceof Error) || !cause.message.startsWith("NOSCRIPT")) throw cause;
        return await client.eval(step.lua, keys.length, ...keys, ...values);
      }
    },
    get state() {
      if (ready()) return "connected";
      return problem === undefined ? "opening" : "away";
    },
    get problem() {
      return ready() ? undefined : problem;
    },
    async close() {
      closed = true;
      await opening;
      client?.disconnect();
    },
  };
}

/** Loaded when first asked for: most gateways have no Redis. */
async function connect(address: RedisAddress, onError: (cause: Error) => void): Promise<Redis | Cluster> {
  const { Cluster, Redis } = await import("ioredis");
  const options = optionsOf(address);
  const client = address.clusterNodes
    ? new Cluster([...address.clusterNodes], clusterOptions(options))
    : address.url === undefined
      ? new Redis(options)
      : new Redis(address.url, options);
  // Without a listener ioredis writes to the console.
  client.on("error", onError);
  client.on("close", () => onError(new Error("the connection was closed")));
  return client;
}

function optionsOf(address: RedisAddress): RedisOptions {
  const { host, port, username, password, database, tls, sentinels, sentinelName, sentinelPassword } = address;
  const given = { host, port, username, password, db: database, name: sentinelName, sentinelPassword };
  return {
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    ...(sentinels && { sentinels: [...sentinels] }),
    ...(tls && { tls: {} }),
    connectTimeout: CONNECT_TIMEOUT_MS,
    // Who waits in a line for Redis to come back waits too long: callers have another way.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: retryAfter,
  };
}

function clusterOptions(options: RedisOptions): ClusterOptions {
  return { redisOptions: options, enableOfflineQueue: false, clusterRetryStrategy: retryAfter };
}

function retryAfter(times: number): number {
  return Math.min(times * 100, LONGEST_WAIT_MS);
}

function away(problem: string | undefined): GatewayError {
  return new GatewayError(
    "unavailable",
    `Redis is away: ${problem ?? "it is not connected yet"}. Check redis_host, redis_port and redis_password.`,
  );
}

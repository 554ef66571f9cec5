/** Principals by the hash of their key: from memory, else from the store; out of force as soon as something about them changes. */

import { type Clock, GatewayError } from "tollgate/parts";
import type { Database } from "../store/database.ts";
import { type CompileContext, compilePrincipal } from "./compile-principal.ts";
import { LateLru } from "./late-lru.ts";
import { limitsUntil } from "./limit-set.ts";
import type { People } from "./people.ts";
import type { Principal } from "./principal.ts";
import type { KeyRows } from "./rows.ts";
import { WrongKeys } from "./wrong-keys.ts";

export interface Principals {
  /** Throws, or rejects with, wrong_key, blocked_key, too many wrong keys, database_away. */
  find(hash: string, ip: string): Principal | Promise<Principal>;
  /** Something changed: a key's hash, `team:t1`, `budget:b1` … or `*`. */
  forget(what: string): void;
  close(): void;
}

export interface PrincipalsOptions {
  readonly people: People;
  readonly database: Pick<Database, "listen" | "state">;
  readonly clock: Clock;
  /** What a compilation needs beside the rows; asked anew for each. */
  readonly context: () => CompileContext | Promise<CompileContext>;
  /** `user_api_key_cache_ttl`: after so long a key is read again while it goes on to be used. */
  readonly freshMs: number;
  /** What a key may do that cannot be looked up: `allow_requests_on_db_unavailable`. */
  readonly whenAway?: () => Principal;
}

interface Entry {
  /** An error: blocked. */
  readonly principal: Principal | GatewayError;
  readonly dependsOn: ReadonlySet<string>;
  /** Then it must be compiled anew: a temporary increase ends. */
  readonly until: number;
  readAt: number;
}

const MOST = 50_000;
const UNKNOWN_FOR_MS = 5_000;

export function createPrincipals(options: PrincipalsOptions): Principals {
  const { people, clock, database, freshMs } = options;
  const known = new LateLru<Entry>(MOST);
  const unknown = new LateLru<number>(MOST);
  const looking = new Map<string, Promise<Principal>>();
  const wrong = new WrongKeys(clock);
  /** Counts changes: what was read while one arrived is not kept. */
  let changes = 0;

  const forget = (what: string): void => {
    changes += 1;
    unknown.clear();
    if (what === "*") known.clear();
    else for (const [hash, entry] of known.entries()) if (hash === what || entry.dependsOn.has(what)) known.delete(hash);
  };
  const stops = [database.listen("keys", forget), database.listen("people", forget)];

  async function read(hash: string, ip: string): Promise<Principal> {
    const before = changes;
    let rows: KeyRows | undefined;
    let context: CompileContext;
    try {
      [rows, context] = await Promise.all([people.key(hash), options.context()]);
    } catch (thrown) {
      const stale = known.get(hash);
      if (stale) return given(stale);
      const error = GatewayError.from(thrown);
      if (error.kind === "database_away" && options.whenAway) return options.whenAway();
      throw error;
    }
    if (!rows) {
      known.delete(hash);
      unknown.set(hash, clock.now());
      throw wrong.refusal(ip);
    }
    const principal = blockedOf(rows) ?? compilePrincipal(rows, context);
    const entry: Entry = { principal, dependsOn: namesOf(rows), until: untilOf(rows, context.now), readAt: clock.now() };
    if (changes === before) known.set(hash, entry);
    return given(entry);
  }

  function lookUp(hash: string, ip: string): Promise<Principal> {
    const under = looking.get(hash);
    if (under) return under;
    const asked = read(hash, ip).finally(() => looking.delete(hash));
    looking.set(hash, asked);
    return asked;
  }

  return {
    find(hash, ip) {
      const entry = known.get(hash);
      if (entry && clock.now() < entry.until) {
        if (clock.now() - entry.readAt > freshMs && database.state === "connected" && !looking.has(hash)) {
          entry.readAt = clock.now();
          // Changes are told; this is for those whose telling was lost.
          lookUp(hash, ip).catch(() => undefined);
        }
        return given(entry);
      }
      wrong.check(ip);
      const since = unknown.get(hash);
      if (since !== undefined && clock.now() - since < UNKNOWN_FOR_MS) throw wrong.refusal(ip);
      return lookUp(hash, ip);
    },
    forget,
    close() {
      for (const stop of stops) stop();
    },
  };
}

function given({ principal }: Entry): Principal {
  if (principal instanceof GatewayError) throw principal;
  return principal;
}

function blockedOf({ key, team, project }: KeyRows): GatewayError | undefined {
  if (key.blocked)
    return new GatewayError(
      "blocked_key",
      "Authentication Error, this key is blocked. An administrator can unblock it with /key/unblock.",
      {
        code: "key_blocked",
      },
    );
  for (const [what, row] of [
    ["team", team],
    ["project", project],
  ] as const)
    if (row?.blocked)
      return new GatewayError("blocked_key", `The ${what} ${row.name} is blocked. An administrator can unblock it with /${what}/unblock.`);
  return undefined;
}

function untilOf({ key, user, team, member, organization, project }: KeyRows, now: number): number {
  return Math.min(...[key, user, team, member, organization, project].map((row) => limitsUntil(row?.settings ?? {}, now)));
}

function namesOf({ key, user, team, organization, project }: KeyRows): ReadonlySet<string> {
  const names = new Set([key.hash]);
  for (const [kind, row] of Object.entries({ user, team, organization, project })) if (row) names.add(`${kind}:${row.id}`);
  // Which shared budgets and groups stand behind the settings is not kept: any change of theirs counts.
  names.add("budgets").add("access_groups");
  return names;
}

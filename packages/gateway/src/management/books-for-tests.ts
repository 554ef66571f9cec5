/** Books with some calls in them, for the tests of reports: two teams, two users, one organization, today and yesterday. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "tollgate/parts";
import { sha256 } from "../access/key-of.ts";
import type { Caller } from "../http/admin-routes.ts";
import { createLedger } from "../spend/create-ledger.ts";
import { entryOf, recordOf } from "../spend/fakes-for-tests.ts";
import type { Ledger, LedgerEntry } from "../spend/ledger.ts";
import type { Database } from "../store/database.ts";
import { rowsOf } from "../store/rows-of.ts";
import { caller } from "./for-tests.ts";

const DAY_MS = 86_400_000;
export const now = systemClock.now();
export const today = new Date(now).toISOString().slice(0, 10);
export const monthAgo = new Date(now - 29 * DAY_MS).toISOString().slice(0, 10);

export interface Person {
  readonly user: string;
  readonly team: string;
  readonly organization?: string;
  /** The key itself, and its hash. */
  readonly key: string;
  readonly hash: string;
}

const person = (user: string, team: string, organization?: string): Person => {
  const key = `sk-of-${user}-in-${team}`;
  return { user, team, organization, key, hash: sha256(key) };
};

/** Ann is in the red team of an organization and in the blue one; Bob is in the blue one. */
export const people = [person("ann", "red", "org"), person("ann", "blue"), person("bob", "blue")];

/** Sixty calls of today and yesterday; their numbers say what they cost, Bob's dearest, and every tenth failed. */
export const entries: readonly LedgerEntry[] = Array.from({ length: 60 }, (_, at) => {
  const who = people[at % people.length];
  const failed = at % 10 === 9;
  const record = recordOf(`c${at}`, {
    startedAt: now - (at % 2) * DAY_MS - 1000,
    model: `m${at % 4}`,
    group: `m${at % 4}`,
    provider: "acme",
    costNano: failed ? 0 : at * (1 + (at % 3)) * 1_000_000,
    usage: { inputTokens: 10, outputTokens: at },
    ...(failed && { status: "failure", httpStatus: 429, error: { kind: "rate_limited", message: "Slow down.", status: 429, code: "429" } }),
  });
  return entryOf(`c${at}`, {
    record,
    keyHash: who?.hash,
    keyAlias: `${who?.user}-${who?.team}`,
    userId: who?.user,
    teamId: who?.team,
    organizationId: who?.organization,
    customerId: at % 5 === 0 ? "shop" : undefined,
    sessionId: at < 6 ? "long-talk" : undefined,
    tags: at % 2 === 0 ? ["even"] : [],
    meters: [
      { meter: `key:${who?.hash}|total|0`, lent: false },
      { meter: `team:${who?.team}|total|0`, lent: false },
      { meter: `user:${who?.user}|total|0`, lent: false },
    ],
  });
});

/** Dollars of the calls that fit. */
export function spendOf(fits: (entry: LedgerEntry) => boolean): number {
  return entries.filter(fits).reduce((total, { record }) => total + (record.costNano ?? 0), 0) / 1e9;
}

/** Teams, users and keys, and a ledger that has the calls but has not written them. */
export async function openBooks(database: Database): Promise<Ledger> {
  await rowsOf(database.sql, "insert into organizations (organization_id, organization_alias, settings) values ('org', 'Org', '{}')");
  await rowsOf(
    database.sql,
    "insert into teams (team_id, team_alias, organization_id, settings) values ('red', 'Red', 'org', '{}'), ('blue', 'Blue', null, '{}')",
  );
  await rowsOf(
    database.sql,
    "insert into users (user_id, user_role, settings) values ('ann', 'internal_user', '{}'), ('bob', 'internal_user', '{}')",
  );
  for (const { hash, user, team, organization = null } of people)
    await rowsOf(
      database.sql,
      "insert into keys (token, key_name, key_alias, user_id, team_id, organization_id, settings) values ($1, 'sk-...test', $2, $3, $4, $5, '{}')",
      [hash, `${user}-${team}`, user, team, organization],
    );
  const dataFolder = mkdtempSync(join(tmpdir(), "books-"));
  // Nothing is written but on demand.
  const ledger = createLedger({
    dataFolder,
    database,
    clock: systemClock,
    instanceId: "i1",
    redact: (text) => text,
    warn() {},
    batchMs: 3_600_000,
  });
  for (const entry of entries) ledger.record(entry, () => {});
  return {
    ...ledger,
    get state() {
      return ledger.state;
    },
    async close() {
      await ledger.close();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

/** Each of them with the calls that it may see. */
export const viewers: readonly (readonly [name: string, who: Caller, sees: (entry: LedgerEntry) => boolean])[] = [
  ["an administrator", caller("proxy_admin"), () => true],
  ["a viewer", caller("proxy_admin_viewer"), () => true],
  ["a user", caller("internal_user", { userId: "ann", memberOfTeams: ["red", "blue"] }), ({ userId }) => userId === "ann"],
  [
    "an admin of a team",
    caller("internal_user", { userId: "bob", memberOfTeams: ["blue"], adminOfTeams: ["blue"] }),
    ({ userId, teamId }) => userId === "bob" || teamId === "blue",
  ],
  [
    "a member whose team lets all see",
    caller("internal_user", { userId: "bob", memberOfTeams: ["blue"], teamId: "blue", teamPermissions: ["/team/daily/activity"] }),
    ({ userId, teamId }) => userId === "bob" || teamId === "blue",
  ],
  [
    "an admin of an organization",
    caller("org_admin", { userId: "eve", adminOfOrganizations: ["org"] }),
    ({ organizationId }) => organizationId === "org",
  ],
  ["a key of nobody", caller("customer", { keyHash: people[2]?.hash }), ({ keyHash }) => keyHash === people[2]?.hash],
  ["a stranger", caller("internal_user", { userId: "mallory" }), () => false],
];

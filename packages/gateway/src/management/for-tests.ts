/** What tests of handlers share: parts over a real database, and callers of each role. */

import { randomBytes, randomUUID } from "node:crypto";
import { GatewayError, systemClock } from "tollgate/parts";
import type { Principal, Role } from "../access/principal.ts";
import type { Caller } from "../http/admin-routes.ts";
import type { Database } from "../store/database.ts";
import type { ManagementParts } from "./parts.ts";

export interface TestParts extends ManagementParts {
  /** What was told to have changed: `keys <hash>`. */
  readonly told: string[];
}

export function testParts(database: Database, settings: Partial<ManagementParts["settings"]> = {}): TestParts {
  const told: string[] = [];
  return {
    database,
    clock: systemClock,
    newId: () => randomUUID(),
    newKey: () => `sk-${randomBytes(16).toString("base64url")}`,
    timezone: "UTC",
    settings: {
      defaultKeyParams: {},
      upperboundKeyParams: {},
      defaultUserParams: {},
      defaultTeamParams: {},
      keyGeneration: {},
      personalKeysDisabled: false,
      ...settings,
    },
    changed: async (channel, what) => void told.push(`${channel} ${what}`),
    isKnownModel: () => true,
    told,
  };
}

export function caller(role: Role, more: Partial<Principal> = {}): Caller {
  return {
    principal: { kind: "key", name: `a ${role}`, role, models: [], tags: [], allowClientTags: false, subjects: [], ...more },
    ip: "127.0.0.1",
    requestId: "request-1",
  };
}

export const admin: Caller = caller("proxy_admin", { kind: "master", userId: "default_user_id" });

/** The kind of the error that something ends with. */
export async function refusal(doing: Promise<unknown>): Promise<string> {
  try {
    await doing;
    return "done";
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown.kind;
    throw thrown;
  }
}

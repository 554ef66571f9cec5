/** LiteLLM's keys: their hashes, so that everybody's key works on. */

import { createHash } from "node:crypto";
import { type Copied, type Copy, type Scene, settingsOf, stampsOf } from "./copy.ts";
import { spentOf } from "./copy-limits.ts";
import { type Fields, momentOf, textOf } from "./fields.ts";

const names = [
  ...["models", "aliases", "config", "router_settings", "permissions", "max_parallel_requests", "metadata", "tpm_limit", "rpm_limit"],
  ...["max_budget", "budget_duration", "budget_limits", "allowed_cache_controls", "allowed_routes", "policies", "access_group_ids"],
  ...["model_max_budget", "agent_id", "auto_rotate", "rotation_interval"],
];

/** The team of the keys that its admin pages make for whoever signs in. */
const pagesTeam = "litellm-dashboard";

const keys: Copy = {
  thing: "keys",
  from: "LiteLLM_VerificationToken",
  to: "keys",
  id: ["token"],
  rows(there, scene) {
    const token = hashOf(there["token"]);
    const why = reasonAgainst(there, token, scene);
    if (why !== undefined) scene.leftOut("keys", textOf(there["key_name"]) ?? token.slice(0, 12), why);
    return why === undefined ? [key(there, token, scene)] : [];
  },
};

function key(there: Fields, token: string, scene: Scene): Copied {
  const of = (column: string): string | null => textOf(there[column]) ?? null;
  const row = {
    token,
    key_name: textOf(there["key_name"]) ?? "sk-...",
    key_alias: aliasOf(there, token, scene),
    user_id: of("user_id"),
    team_id: of("team_id"),
    organization_id: of("organization_id"),
    project_id: of("project_id"),
    budget_id: of("budget_id"),
    expires: momentOf(there["expires"]),
    blocked: there["blocked"] === true,
    last_active: momentOf(there["last_active"]),
    settings: settingsOf(there, names, scene, "keys", token),
    ...stampsOf(there, scene),
  };
  return { row, spent: spentOf("key", token, there, scene) };
}

/** The first versions kept keys as they are. */
function hashOf(token: unknown): string {
  const text = String(token);
  return text.startsWith("sk-") ? createHash("sha256").update(text).digest("hex") : text;
}

function reasonAgainst(there: Fields, token: string, { masterHashes }: Scene): string | undefined {
  if (masterHashes.has(token)) return "it is the master key, which must not live on as a key";
  if (there["team_id"] === pagesTeam) return "it belongs to a session of LiteLLM's admin pages";
  return undefined;
}

/** There two keys may have one alias; here the later gets its hash behind it. */
function aliasOf(there: Fields, token: string, { taken, note }: Scene): string | null {
  const alias = textOf(there["key_alias"]);
  if (alias === undefined) return null;
  const owner = taken.aliases.get(alias) ?? token;
  taken.aliases.set(alias, owner);
  if (owner === token) return alias;
  const other = `${alias}-${token.slice(0, 8)}`;
  taken.aliases.set(other, token);
  note("keys", token, `the alias ${alias} is another key's already, so this one is called ${other}`);
  return other;
}

const rotated: Copy = {
  thing: "rotated keys in their grace",
  from: "LiteLLM_DeprecatedVerificationToken",
  to: "rotated_keys",
  id: ["token"],
  rows(there, { now }) {
    const until = momentOf(there["revoke_at"]);
    if (until === null || Date.parse(until) <= Date.parse(now)) return [];
    return [{ row: { token: String(there["token"]), active_token: String(there["active_token_id"]), revoke_at: until } }];
  },
};

const jwtMappings: Copy = {
  thing: "keys by JWT claim",
  from: "LiteLLM_JWTKeyMapping",
  to: "jwt_mappings",
  id: ["id"],
  rows(there, scene) {
    const row = {
      id: String(there["id"]),
      jwt_claim_name: String(there["jwt_claim_name"]),
      jwt_claim_value: String(there["jwt_claim_value"]),
      token: String(there["token"]),
      description: textOf(there["description"]) ?? null,
      is_active: there["is_active"] !== false,
      ...stampsOf(there, scene),
    };
    return [{ row }];
  },
};

export const keyCopies: readonly Copy[] = [keys, rotated, jwtMappings];

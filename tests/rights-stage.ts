/** Two tenants and somebody of each kind in the first: whom the tests of rights ask with and what they ask about. */

import { sql } from "kysely";
import { sha256 } from "../packages/gateway/src/access/key-of.ts";
import type { OpenedDatabase } from "../packages/gateway/src/store/open-database.ts";
import { MASTER_KEY } from "../packages/testkit/src/gateway.ts";

/** All but the last two belong to tenant `a`; the order is that of the marks in rights-rows.ts. */
export const callers = [
  "anonymous",
  "llmKey",
  "readOnlyKey",
  "keyOfNobody",
  "user",
  "viewer",
  "teamAdmin",
  "organizationAdmin",
  "adminViewer",
  "admin",
  "master",
] as const;
export type CallerName = (typeof callers)[number];
export type Tenant = "a" | "b";

/** Longer than any made by chance in a test, and easy to tell apart. */
export function keyFor(who: CallerName, tenant: Tenant = "a"): string | undefined {
  if (who === "anonymous") return undefined;
  return who === "master" ? MASTER_KEY : `sk-rights-${tenant}-${who}-0123456789`;
}

const tables = [
  "calls",
  "daily",
  "audit",
  "invitations",
  "rotated_keys",
  "deleted",
  "models",
  "credentials",
  "access_groups",
  "tags",
  "customers",
  "keys",
  "projects",
  "team_members",
  "organization_members",
  "teams",
  "users",
  "organizations",
  "budgets",
  "config",
] as const;

/** For calls of any day. */
export async function makeRoom({ sql: store }: Pick<OpenedDatabase, "sql">): Promise<void> {
  await sql.raw("create table calls_of_any_day partition of calls default").execute(store);
}

/** As at the begin of each case; models in the store need their secrets and are made by who tests them. */
export async function seed({ sql: store }: Pick<OpenedDatabase, "sql">): Promise<void> {
  const statements = tables.map((table) => `delete from ${table}`);
  await sql.raw(`do $$ begin ${[...statements, ...tenants.flatMap(rowsOf)].join("; ")}; end $$`).execute(store);
}

const tenants: readonly Tenant[] = ["a", "b"];

/** The role of each person, and what its key belongs to. */
const people: readonly { who: CallerName; role: string; inTeam?: "admin" | "user"; inOrganization?: string; settings?: object }[] = [
  { who: "llmKey", role: "internal_user", inTeam: "user", settings: { key_type: "llm_api" } },
  { who: "readOnlyKey", role: "internal_user", inTeam: "user", settings: { key_type: "read_only" } },
  { who: "user", role: "internal_user", inTeam: "user", inOrganization: "internal_user" },
  { who: "viewer", role: "internal_user_viewer", inTeam: "user" },
  { who: "teamAdmin", role: "internal_user", inTeam: "admin" },
  { who: "organizationAdmin", role: "org_admin", inOrganization: "org_admin" },
  { who: "adminViewer", role: "proxy_admin_viewer" },
  { who: "admin", role: "proxy_admin" },
];

function rowsOf(of: Tenant): string[] {
  const stamp = "now(), now()";
  const json = (settings: object = {}): string => `'${JSON.stringify(settings)}'`;
  const key = (who: string, user: string, team: string, settings?: object): string => {
    const secret = `sk-rights-${of}-${who}-0123456789`;
    return `insert into keys (token, key_name, key_alias, user_id, team_id, settings, created_at, updated_at)
      values ('${sha256(secret)}', 'sk-...6789', 'alias-${of}-${who}', ${user}, ${team}, ${json(settings)}, ${stamp})`;
  };
  const entity = (table: string, columns: string, values: string, settings?: object): string =>
    `insert into ${table} (${columns}, settings, created_at, updated_at) values (${values}, ${json(settings)}, ${stamp})`;
  return [
    entity("budgets", "budget_id", `'budget-${of}'`, { max_budget: 5 }),
    entity("organizations", "organization_id, organization_alias", `'organization-${of}', 'Organization ${of}'`),
    entity("teams", "team_id, team_alias, organization_id", `'team-${of}', 'Team ${of}', 'organization-${of}'`),
    entity("projects", "project_id, project_alias, team_id", `'project-${of}', 'Project ${of}', 'team-${of}'`),
    entity("customers", "user_id, alias", `'customer-${of}', 'Customer ${of}'`),
    entity("tags", "tag_name", `'tag-${of}'`),
    entity("access_groups", "access_group_id, access_group_name", `'group-${of}', 'Group ${of}'`),
    ...people.flatMap(({ who, role, inTeam, inOrganization, settings }) => [
      entity("users", "user_id, user_email, user_role", `'${who}-${of}', '${who}@${of}.example', '${role}'`),
      ...(inTeam
        ? [
            `insert into team_members (team_id, user_id, role, settings, created_at) values ('team-${of}', '${who}-${of}', '${inTeam}', '{}', now())`,
          ]
        : []),
      ...(inOrganization
        ? [
            `insert into organization_members (organization_id, user_id, user_role, settings, created_at)
              values ('organization-${of}', '${who}-${of}', '${inOrganization}', '{}', now())`,
          ]
        : []),
      key(who, `'${who}-${of}'`, "null", settings),
    ]),
    `insert into calls (call_id, day, started_at, ended_at, status, http_status, call_type, endpoint, stream, model, key_hash, user_id, team_id,
        organization_id, customer_id, tags, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, spend_nano,
        unpriced, estimated, metadata)
      values ('call-${of}', '2026-01-15', '2026-01-15T10:00:00Z', '2026-01-15T10:00:01Z', 'success', 200, 'acompletion', '/v1/chat/completions',
        false, 'gpt-4o-mini', '${sha256(keyFor("user", of) ?? "")}', 'user-${of}', 'team-${of}', 'organization-${of}', 'customer-${of}',
        '{tag-${of}}', 1, 1, 0, 0, 0, ${of === "a" ? 1_000_000 : 70_000_000}, false, false, '{}')`,
    `insert into daily (day, key_hash, user_id, team_id, organization_id, customer_id, model, model_group, provider, endpoint, requests, failures,
        input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, spend_nano)
      values ('2026-01-15', '${sha256(keyFor("user", of) ?? "")}', 'user-${of}', 'team-${of}', 'organization-${of}', 'customer-${of}',
        'gpt-4o-mini', 'fast', 'openai', '/v1/chat/completions', 1, 0, 1, 1, 0, 0, 0, ${of === "a" ? 1_000_000 : 70_000_000})`,
    key("keyOfNobody", "null", "null"),
    key("ofTeam", "null", `'team-${of}'`),
    `insert into invitations (id, user_id, expires_at, created_at, updated_at)
      values ('${sha256(`invitation-${of}`)}', 'user-${of}', now() + interval '1 day', ${stamp})`,
  ];
}

/** Names of fields → what they are to be when a row is asked about a tenant's things. */
export function usualValue(field: string, of: Tenant): unknown {
  const values: Readonly<Record<string, unknown>> = {
    key: sha256(keyFor("user", of) ?? ""),
    keys: [sha256(keyFor("user", of) ?? "")],
    user_id: `user-${of}`,
    user_ids: [`user-${of}`],
    team_id: `team-${of}`,
    team_ids: [`team-${of}`],
    organization_id: `organization-${of}`,
    organization_ids: [`organization-${of}`],
    organizations: [`organization-${of}`],
    project_id: `project-${of}`,
    project_ids: [`project-${of}`],
    end_user_id: `customer-${of}`,
    budget_id: `budget-${of}`,
    budgets: [`budget-${of}`],
    id: `budget-${of}`,
    name: `tag-${of}`,
    names: [`tag-${of}`],
    access_group_id: `group-${of}`,
    access_group: `group-of-models-${of}`,
    access_group_name: `new-group-${of}`,
    credential_name: `credential-${of}`,
    model_id: `model-${of}`,
    invitation_id: `invitation-${of}`,
    member: { role: "user", user_id: `readOnlyKey-${of}` },
    start_date: "2026-01-01",
    end_date: "2026-01-31",
    reset_to: 0,
    models: ["fast"],
  };
  return values[field];
}

/** What nobody outside a tenant may be told. */
export function namesOf(of: Tenant): readonly string[] {
  const ofPeople = people.flatMap(({ who }) => [`${who}-${of}`, `${who}@${of}.example`, `alias-${of}-${who}`]);
  const things = ["team", "organization", "project", "customer", "budget", "credential", "model", "call", "group"].map(
    (thing) => `${thing}-${of}`,
  );
  return [...ofPeople, ...things, sha256(keyFor("user", of) ?? ""), `Team ${of}`, `Organization ${of}`, `Project ${of}`];
}

/** All rows of all seeded tables, as one text. */
export async function snapshot({ sql: store }: Pick<OpenedDatabase, "sql">): Promise<string> {
  const sums = tables.map(
    (table) => `select '${table}' as name, coalesce(string_agg(each::text, ',' order by each::text), '') as content from ${table} each`,
  );
  const { rows } = await sql.raw<{ name: string; content: string }>(sums.join(" union all ")).execute(store);
  return rows.map(({ name, content }) => `${name}: ${content}`).join("\n");
}

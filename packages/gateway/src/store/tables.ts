/** The tables of the store as types; migrations/ makes them. Columns that nobody searches by live in `settings`, as they were given. */

import type { ColumnType, Generated } from "kysely";

type Json = ColumnType<Record<string, unknown>, Record<string, unknown> | string, Record<string, unknown> | string>;
type Stamp = ColumnType<Date, Date | string | undefined, Date | string>;
type MaybeStamp = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
/** int8: whole nano-dollars, or counts that may outgrow int4. */
type Int8 = ColumnType<bigint, bigint | number | undefined, bigint | number>;

/** Who made and changed a row: a user id, or `default_user_id` for the master key. */
interface Stamps {
  created_at: Stamp;
  created_by: string | null;
  updated_at: Stamp;
  updated_by: string | null;
}

/** Limits and everything else that LiteLLM's request bodies name, under the names that they have there, dollars as decimals. */
interface Entity extends Stamps {
  settings: Json;
}

export interface KeysTable extends Entity {
  /** SHA-256 of the key, hexadecimal. */
  token: string;
  /** `sk-...` and the last four letters. */
  key_name: string;
  key_alias: string | null;
  user_id: string | null;
  team_id: string | null;
  organization_id: string | null;
  project_id: string | null;
  budget_id: string | null;
  expires: MaybeStamp;
  blocked: Generated<boolean>;
  last_active: MaybeStamp;
}

/** An old key that still works until its grace is over. */
export interface RotatedKeysTable {
  token: string;
  active_token: string;
  revoke_at: Stamp;
}

/** Keys and teams that were deleted: the row as it was. */
export interface DeletedTable {
  kind: string;
  id: string;
  deleted_at: Stamp;
  deleted_by: string | null;
  row: Json;
}

export interface UsersTable extends Entity {
  user_id: string;
  user_email: string | null;
  user_alias: string | null;
  user_role: string;
  sso_user_id: string | null;
  /** scrypt; never leaves the store. */
  password: string | null;
  budget_id: string | null;
}

export interface TeamsTable extends Entity {
  team_id: string;
  team_alias: string | null;
  organization_id: string | null;
  blocked: Generated<boolean>;
  budget_id: string | null;
}

export interface TeamMembersTable {
  team_id: string;
  user_id: string;
  /** `admin` or `user`. */
  role: string;
  budget_id: string | null;
  /** max_budget_in_team, tpm_limit, rpm_limit, allowed_models … */
  settings: Json;
  created_at: Stamp;
}

export interface OrganizationsTable extends Entity {
  organization_id: string;
  organization_alias: string;
  budget_id: string | null;
}

export interface OrganizationMembersTable {
  organization_id: string;
  user_id: string;
  user_role: string;
  budget_id: string | null;
  settings: Json;
  created_at: Stamp;
}

export interface ProjectsTable extends Entity {
  project_id: string;
  project_alias: string | null;
  team_id: string | null;
  blocked: Generated<boolean>;
  budget_id: string | null;
}

/** Customers, also called end users. */
export interface CustomersTable extends Entity {
  user_id: string;
  alias: string | null;
  blocked: Generated<boolean>;
  budget_id: string | null;
}

/** Shared limits. */
export interface BudgetsTable extends Entity {
  budget_id: string;
}

export interface TagsTable extends Entity {
  tag_name: string;
  budget_id: string | null;
}

export interface AccessGroupsTable extends Entity {
  access_group_id: string;
  access_group_name: string;
}

/** Encrypted values: the text of secrets/encryption.ts. */
export interface CredentialsTable extends Stamps {
  credential_name: string;
  credential_values: string;
  credential_info: Json;
}

export interface ModelsTable extends Stamps {
  model_id: string;
  model_name: string;
  /** litellm_params, encrypted whole. */
  litellm_params: string;
  model_info: Json;
  team_id: string | null;
  blocked: Generated<boolean>;
}

/** Settings changed at run time, by name. */
export interface ConfigTable {
  param_name: string;
  param_value: Json;
  updated_at: Stamp;
}

export interface InvitationsTable extends Stamps {
  /** SHA-256 of what stands in the link. */
  id: string;
  user_id: string;
  is_accepted: Generated<boolean>;
  accepted_at: MaybeStamp;
  expires_at: Stamp;
}

export interface JwtMappingsTable extends Stamps {
  id: string;
  jwt_claim_name: string;
  jwt_claim_value: string;
  token: string;
  description: string | null;
  is_active: Generated<boolean>;
}

export interface AuditTable {
  id: Generated<string>;
  at: Stamp;
  changed_by: string | null;
  /** SHA-256 of the key that was used. */
  changed_by_api_key: string | null;
  /** created, updated, deleted, blocked, unblocked, rotated. */
  action: string;
  table_name: string;
  object_id: string;
  before_value: ColumnType<Record<string, unknown> | null, string | null, string | null>;
  updated_values: ColumnType<Record<string, unknown> | null, string | null, string | null>;
}

/**
 * What was spent in one window of one subject. The id names subject, window and the window's begin (`key:<hash>|30d|1764547200000`,
 * `team:t1|total|0`), so a new window is a new row and no job has to reset anything.
 */
export interface MetersTable {
  id: string;
  spent_nano: Int8;
  /** In the hands of instances: lent for calls in flight, or spent and not yet written. */
  lent_nano: Int8;
  /** The window's end; null: never. */
  until: MaybeStamp;
}

/** Who has how much of a meter's `lent_nano`. */
export interface LoansTable {
  instance_id: string;
  meter_id: string;
  nano: Int8;
}

/** Gateways that run; one whose beat is old is gone. */
export interface InstancesTable {
  id: string;
  started_at: Stamp;
  beat_at: Stamp;
}

/** One row for each call that was let in. Partitioned by `day` on a PostgreSQL server. */
export interface CallsTable {
  call_id: string;
  /** The UTC day of the begin. */
  day: ColumnType<string, string, never>;
  started_at: Stamp;
  ended_at: Stamp;
  first_byte_at: MaybeStamp;
  /** success, failure, aborted, cached. */
  status: string;
  http_status: number;
  /** `acompletion`, `aembedding` …: the words that LiteLLM's logs use. */
  call_type: string;
  endpoint: string;
  stream: boolean;
  model: string;
  model_group: string | null;
  provider: string | null;
  wire_model: string | null;
  deployment_id: string | null;
  api_base: string | null;
  reply_id: string | null;
  /** What the client called it (`x-litellm-call-id`): it may come again, and is no key. */
  client_call_id: string | null;
  key_hash: string | null;
  user_id: string | null;
  team_id: string | null;
  organization_id: string | null;
  project_id: string | null;
  customer_id: string | null;
  tags: string[];
  input_tokens: Int8;
  output_tokens: Int8;
  cache_read_tokens: Int8;
  cache_write_tokens: Int8;
  reasoning_tokens: Int8;
  spend_nano: Int8;
  /** True: nobody knew the price. */
  unpriced: boolean;
  estimated: boolean;
  session_id: string | null;
  requester_ip: string | null;
  error_kind: string | null;
  /** The rest: usage details, attempts, error, metadata, names as they were at that time. */
  metadata: Json;
  /** Only with store_prompts_in_spend_logs. */
  messages: ColumnType<unknown, string | null, string | null>;
  response: ColumnType<unknown, string | null, string | null>;
}

interface DailySums {
  requests: Int8;
  failures: Int8;
  input_tokens: Int8;
  output_tokens: Int8;
  cache_read_tokens: Int8;
  cache_write_tokens: Int8;
  reasoning_tokens: Int8;
  spend_nano: Int8;
}

/** Sums by day and everything that reports group by; absent dimensions are "". */
export interface DailyTable extends DailySums {
  day: ColumnType<string, string, never>;
  key_hash: string;
  user_id: string;
  team_id: string;
  organization_id: string;
  customer_id: string;
  model: string;
  model_group: string;
  provider: string;
  endpoint: string;
}

/** The same by tag: a call counts once for each of its tags. */
export interface DailyTagsTable extends DailySums {
  day: ColumnType<string, string, never>;
  tag: string;
  key_hash: string;
  model: string;
  model_group: string;
  provider: string;
  endpoint: string;
}

/** Opaque ids of people who are signed in at the UI; SHA-256 of the cookie. */
export interface SessionsTable {
  id: string;
  user_id: string;
  created_at: Stamp;
  seen_at: Stamp;
  expires_at: Stamp;
}

export interface Tables {
  keys: KeysTable;
  rotated_keys: RotatedKeysTable;
  deleted: DeletedTable;
  users: UsersTable;
  teams: TeamsTable;
  team_members: TeamMembersTable;
  organizations: OrganizationsTable;
  organization_members: OrganizationMembersTable;
  projects: ProjectsTable;
  customers: CustomersTable;
  budgets: BudgetsTable;
  tags: TagsTable;
  access_groups: AccessGroupsTable;
  credentials: CredentialsTable;
  models: ModelsTable;
  config: ConfigTable;
  invitations: InvitationsTable;
  jwt_mappings: JwtMappingsTable;
  audit: AuditTable;
  meters: MetersTable;
  loans: LoansTable;
  instances: InstancesTable;
  calls: CallsTable;
  daily: DailyTable;
  daily_tags: DailyTagsTable;
  sessions: SessionsTable;
}

/** The first tables: who may call, what they spent, what happened. */

const people = `
create table keys (
  token text primary key,
  key_name text not null,
  key_alias text,
  user_id text,
  team_id text,
  organization_id text,
  project_id text,
  budget_id text,
  expires timestamptz,
  blocked boolean not null default false,
  last_active timestamptz,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  created_by text,
  updated_at timestamptz not null default now(),
  updated_by text
) with (fillfactor = 80);
create unique index keys_key_alias on keys (key_alias) where key_alias is not null;
create index keys_user_id on keys (user_id) where user_id is not null;
create index keys_team_id on keys (team_id) where team_id is not null;
create index keys_organization_id on keys (organization_id) where organization_id is not null;
create index keys_project_id on keys (project_id) where project_id is not null;
create index keys_budget_id on keys (budget_id) where budget_id is not null;
create index keys_created_at on keys (created_at desc, token);
create index keys_expires on keys (expires) where expires is not null;

create table rotated_keys (
  token text primary key,
  active_token text not null,
  revoke_at timestamptz not null
);
create index rotated_keys_active_token on rotated_keys (active_token);
create index rotated_keys_revoke_at on rotated_keys (revoke_at);

create table deleted (
  kind text not null,
  id text not null,
  deleted_at timestamptz not null default now(),
  deleted_by text,
  "row" jsonb not null
);
create index deleted_kind_id on deleted (kind, id);
create index deleted_kind_deleted_at on deleted (kind, deleted_at desc);

create table users (
  user_id text primary key,
  user_email text,
  user_alias text,
  user_role text not null,
  sso_user_id text,
  password text,
  budget_id text,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  created_by text,
  updated_at timestamptz not null default now(),
  updated_by text
);
create unique index users_user_email on users (lower(user_email)) where user_email is not null;
create unique index users_sso_user_id on users (sso_user_id) where sso_user_id is not null;
create index users_user_role on users (user_role);
create index users_created_at on users (created_at desc, user_id);

create table teams (
  team_id text primary key,
  team_alias text,
  organization_id text,
  blocked boolean not null default false,
  budget_id text,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  created_by text,
  updated_at timestamptz not null default now(),
  updated_by text
);
create index teams_team_alias on teams (team_alias) where team_alias is not null;
create index teams_organization_id on teams (organization_id) where organization_id is not null;
create index teams_created_at on teams (created_at desc, team_id);

create table team_members (
  team_id text not null,
  user_id text not null,
  role text not null,
  budget_id text,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  primary key (team_id, user_id)
);
create index team_members_user_id on team_members (user_id);

create table organizations (
  organization_id text primary key,
  organization_alias text not null,
  budget_id text,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  created_by text,
  updated_at timestamptz not null default now(),
  updated_by text
);
create index organizations_organization_alias on organizations (organization_alias);

create table organization_members (
  organization_id text not null,
  user_id text not null,
  user_role text not null,
  budget_id text,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  primary key (organization_id, user_id)
);
create index organization_members_user_id on organization_members (user_id);

create table projects (
  project_id text primary key,
  project_alias text,
  team_id text,
  blocked boolean not null default false,
  budget_id text,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  created_by text,
  updated_at timestamptz not null default now(),
  updated_by text
);
create index projects_team_id on projects (team_id) where team_id is not null;

create table customers (
  user_id text primary key,
  alias text,
  blocked boolean not null default false,
  budget_id text,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  created_by text,
  updated_at timestamptz not null default now(),
  updated_by text
);
create index customers_created_at on customers (created_at desc, user_id);
`;

const settings = `
create table budgets (
  budget_id text primary key,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  created_by text,
  updated_at timestamptz not null default now(),
  updated_by text
);

create table tags (
  tag_name text primary key,
  budget_id text,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  created_by text,
  updated_at timestamptz not null default now(),
  updated_by text
);

create table access_groups (
  access_group_id text primary key,
  access_group_name text not null,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  created_by text,
  updated_at timestamptz not null default now(),
  updated_by text
);
create unique index access_groups_access_group_name on access_groups (access_group_name);

create table credentials (
  credential_name text primary key,
  credential_values text not null,
  credential_info jsonb not null default '{}',
  created_at timestamptz not null default now(),
  created_by text,
  updated_at timestamptz not null default now(),
  updated_by text
);

create table models (
  model_id text primary key,
  model_name text not null,
  litellm_params text not null,
  model_info jsonb not null default '{}',
  team_id text,
  blocked boolean not null default false,
  created_at timestamptz not null default now(),
  created_by text,
  updated_at timestamptz not null default now(),
  updated_by text
);
create index models_model_name on models (model_name);
create index models_team_id on models (team_id) where team_id is not null;

create table config (
  param_name text primary key,
  param_value jsonb not null,
  updated_at timestamptz not null default now()
);

create table invitations (
  id text primary key,
  user_id text not null,
  is_accepted boolean not null default false,
  accepted_at timestamptz,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  created_by text,
  updated_at timestamptz not null default now(),
  updated_by text
);
create index invitations_user_id on invitations (user_id);

create table jwt_mappings (
  id text primary key,
  jwt_claim_name text not null,
  jwt_claim_value text not null,
  token text not null,
  description text,
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  created_by text,
  updated_at timestamptz not null default now(),
  updated_by text
);
create unique index jwt_mappings_claim on jwt_mappings (jwt_claim_name, jwt_claim_value);
create index jwt_mappings_token on jwt_mappings (token);

create table sessions (
  id text primary key,
  user_id text not null,
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index sessions_user_id on sessions (user_id);
create index sessions_expires_at on sessions (expires_at);

create table audit (
  id text primary key default gen_random_uuid()::text,
  at timestamptz not null default now(),
  changed_by text,
  changed_by_api_key text,
  action text not null,
  table_name text not null,
  object_id text not null,
  before_value jsonb,
  updated_values jsonb
);
create index audit_at on audit (at desc, id);
create index audit_object_id on audit (object_id, at desc);
create index audit_changed_by on audit (changed_by, at desc) where changed_by is not null;
`;

// Meters change with every flush: room in each page lets them change in place, without a touch of the index.
const money = `
create table meters (
  id text primary key,
  spent_nano int8 not null default 0,
  lent_nano int8 not null default 0,
  until timestamptz
) with (fillfactor = 50);
create index meters_until on meters (until) where until is not null;

create table loans (
  instance_id text not null,
  meter_id text not null,
  nano int8 not null default 0,
  primary key (instance_id, meter_id)
) with (fillfactor = 50);
create index loans_meter_id on loans (meter_id);

create table instances (
  id text primary key,
  started_at timestamptz not null default now(),
  beat_at timestamptz not null default now()
) with (fillfactor = 50);
`;

const calls = `
create table calls (
  call_id text not null,
  day date not null,
  started_at timestamptz not null,
  ended_at timestamptz not null,
  first_byte_at timestamptz,
  status text not null,
  http_status int4 not null,
  call_type text not null,
  endpoint text not null,
  stream boolean not null,
  model text not null,
  model_group text,
  provider text,
  wire_model text,
  deployment_id text,
  api_base text,
  reply_id text,
  client_call_id text,
  key_hash text,
  user_id text,
  team_id text,
  organization_id text,
  project_id text,
  customer_id text,
  tags text[] not null default '{}',
  input_tokens int8 not null default 0,
  output_tokens int8 not null default 0,
  cache_read_tokens int8 not null default 0,
  cache_write_tokens int8 not null default 0,
  reasoning_tokens int8 not null default 0,
  spend_nano int8 not null default 0,
  unpriced boolean not null default false,
  estimated boolean not null default false,
  session_id text,
  requester_ip text,
  error_kind text,
  metadata jsonb not null default '{}',
  messages jsonb,
  response jsonb,
  primary key (call_id, day)
) partition by range (day);
create index calls_started_at on calls (started_at desc, call_id);
create index calls_key_hash on calls (key_hash, started_at desc) where key_hash is not null;
create index calls_user_id on calls (user_id, started_at desc) where user_id is not null;
create index calls_team_id on calls (team_id, started_at desc) where team_id is not null;
create index calls_customer_id on calls (customer_id, started_at desc) where customer_id is not null;
create index calls_reply_id on calls (reply_id) where reply_id is not null;
create index calls_client_call_id on calls (client_call_id) where client_call_id is not null;
create index calls_session_id on calls (session_id) where session_id is not null;
`;

const sums = `
  requests int8 not null default 0,
  failures int8 not null default 0,
  input_tokens int8 not null default 0,
  output_tokens int8 not null default 0,
  cache_read_tokens int8 not null default 0,
  cache_write_tokens int8 not null default 0,
  reasoning_tokens int8 not null default 0,
  spend_nano int8 not null default 0,`;

const daily = `
create table daily (
  day date not null,
  key_hash text not null default '',
  user_id text not null default '',
  team_id text not null default '',
  organization_id text not null default '',
  customer_id text not null default '',
  model text not null default '',
  model_group text not null default '',
  provider text not null default '',
  endpoint text not null default '',${sums}
  primary key (day, key_hash, user_id, team_id, organization_id, customer_id, model, model_group, provider, endpoint)
) with (fillfactor = 70);
create index daily_key_hash on daily (key_hash, day);
create index daily_user_id on daily (user_id, day);
create index daily_team_id on daily (team_id, day);
create index daily_organization_id on daily (organization_id, day);
create index daily_customer_id on daily (customer_id, day);
create index daily_model on daily (model, day);
create index daily_model_group on daily (model_group, day);
create index daily_provider on daily (provider, day);

create table daily_tags (
  day date not null,
  tag text not null,
  key_hash text not null default '',
  model text not null default '',
  model_group text not null default '',
  provider text not null default '',
  endpoint text not null default '',${sums}
  primary key (day, tag, key_hash, model, model_group, provider, endpoint)
) with (fillfactor = 70);
create index daily_tags_tag on daily_tags (tag, day);
`;

export const firstTables = people + settings + money + calls + daily;

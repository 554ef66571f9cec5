/** A row of `calls` as LiteLLM's log rows name it. */

import { dollars } from "./dollars.ts";

/** As the columns of `calls`; `messages` and `response` only where they were asked for. */
export interface CallRow {
  readonly call_id: string;
  readonly started_at: Date;
  readonly ended_at: Date;
  readonly first_byte_at: Date | null;
  readonly status: string;
  readonly http_status: number;
  readonly call_type: string;
  readonly endpoint: string;
  readonly model: string;
  readonly model_group: string | null;
  readonly provider: string | null;
  readonly wire_model: string | null;
  readonly deployment_id: string | null;
  readonly api_base: string | null;
  readonly reply_id: string | null;
  readonly client_call_id: string | null;
  readonly key_hash: string | null;
  readonly user_id: string | null;
  readonly team_id: string | null;
  readonly organization_id: string | null;
  readonly project_id: string | null;
  readonly customer_id: string | null;
  readonly tags: readonly string[];
  readonly input_tokens: bigint;
  readonly output_tokens: bigint;
  readonly cache_read_tokens: bigint;
  readonly cache_write_tokens: bigint;
  readonly reasoning_tokens: bigint;
  readonly spend_nano: bigint;
  readonly unpriced: boolean;
  readonly estimated: boolean;
  readonly session_id: string | null;
  readonly requester_ip: string | null;
  readonly metadata: CallMetadata;
  readonly messages?: unknown;
  readonly response?: unknown;
}

interface CallMetadata {
  readonly key_alias?: string;
  readonly team_alias?: string;
  readonly overhead_ms?: number;
  readonly attempts?: readonly object[];
  readonly error?: {
    readonly kind: string;
    readonly message: string;
    readonly status: number;
    readonly code: string;
    readonly provider?: string;
  };
  readonly usage?: object;
  readonly given?: Readonly<Record<string, unknown>>;
}

export function logRowOf(row: CallRow) {
  const [prompt, completion] = [Number(row.input_tokens), Number(row.output_tokens)];
  return {
    request_id: row.reply_id ?? row.client_call_id ?? row.call_id,
    litellm_call_id: row.client_call_id ?? row.call_id,
    call_type: row.call_type,
    api_key: row.key_hash ?? "",
    spend: dollars(row.spend_nano),
    total_tokens: prompt + completion,
    prompt_tokens: prompt,
    completion_tokens: completion,
    startTime: row.started_at.toISOString(),
    endTime: row.ended_at.toISOString(),
    completionStartTime: row.first_byte_at?.toISOString() ?? null,
    request_duration_ms: row.ended_at.getTime() - row.started_at.getTime(),
    model: row.wire_model ?? row.model,
    model_id: row.deployment_id ?? "",
    model_group: row.model_group ?? row.model,
    custom_llm_provider: row.provider ?? "",
    api_base: row.api_base ?? "",
    user: row.user_id ?? "",
    metadata: metadataOf(row),
    cache_hit: row.status === "cached" ? "True" : "False",
    cache_key: "",
    request_tags: row.tags,
    team_id: row.team_id,
    organization_id: row.organization_id,
    end_user: row.customer_id ?? "",
    requester_ip_address: row.requester_ip,
    session_id: row.session_id ?? row.call_id,
    status: succeeded(row) ? "success" : "failure",
    messages: row.messages ?? {},
    response: row.response ?? {},
    proxy_server_request: {},
  };
}

/** Whoever left did not get the answer. */
function succeeded({ status }: CallRow): boolean {
  return status === "success" || status === "cached";
}

function metadataOf(row: CallRow): object {
  const { given = {}, error, attempts, usage = {}, overhead_ms, key_alias, team_alias } = row.metadata;
  return {
    ...given,
    user_api_key: row.key_hash,
    user_api_key_alias: key_alias ?? null,
    user_api_key_user_id: row.user_id,
    user_api_key_team_id: row.team_id,
    user_api_key_team_alias: team_alias ?? null,
    user_api_key_org_id: row.organization_id,
    user_api_key_project_id: row.project_id,
    user_api_key_end_user_id: row.customer_id,
    spend_logs_metadata: given["spend_logs_metadata"] ?? null,
    requester_ip_address: row.requester_ip,
    status: succeeded(row) ? "success" : "failure",
    http_status: row.http_status,
    endpoint: row.endpoint,
    usage_object: {
      ...usage,
      prompt_tokens: Number(row.input_tokens),
      completion_tokens: Number(row.output_tokens),
      total_tokens: Number(row.input_tokens + row.output_tokens),
      cache_read_input_tokens: Number(row.cache_read_tokens),
      cache_creation_input_tokens: Number(row.cache_write_tokens),
      reasoning_tokens: Number(row.reasoning_tokens),
    },
    usage_estimated: row.estimated,
    price_known: !row.unpriced,
    litellm_overhead_time_ms: overhead_ms ?? null,
    attempted_retries: attempts ? Math.max(0, attempts.length - 1) : 0,
    ...(attempts && { attempts }),
    ...(error && {
      error_information: {
        error_code: error.code,
        error_class: error.kind,
        error_message: error.message,
        llm_provider: error.provider ?? row.provider ?? "",
      },
    }),
  };
}

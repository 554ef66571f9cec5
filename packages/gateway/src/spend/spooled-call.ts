/** A row of the spool when it is read again; see row-of.ts. */

export interface SpooledCall {
  readonly call_id: string;
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly took: number;
  readonly first_byte?: number;
  readonly status: string;
  readonly http_status: number;
  readonly call_type: string;
  readonly endpoint: string;
  readonly stream?: boolean;
  readonly model: string;
  readonly model_group?: string;
  readonly provider?: string;
  readonly wire_model?: string;
  readonly deployment_id?: string;
  readonly api_base?: string;
  readonly reply_id?: string;
  readonly client_call_id?: string;
  readonly key_hash?: string;
  readonly user_id?: string;
  readonly team_id?: string;
  readonly organization_id?: string;
  readonly project_id?: string;
  readonly customer_id?: string;
  readonly session_id?: string;
  readonly requester_ip?: string;
  readonly tags?: readonly string[];
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly cache_read_tokens?: number;
  readonly cache_write_tokens?: number;
  readonly reasoning_tokens?: number;
  readonly spend_nano?: number;
  readonly unpriced?: boolean;
  readonly estimated?: boolean;
  readonly error_kind?: string;
  /** Id, 1 when it was lent, the window's end. */
  readonly meters?: readonly (readonly [id: string, lent: 0 | 1, until?: number])[];
  readonly metadata?: object;
  readonly messages?: unknown;
  readonly response?: unknown;
}

const DAY_MS = 86_400_000;
let lastDay = -1;
let lastText = "";

/** The UTC day, `YYYY-MM-DD`. */
export function dayOf(milliseconds: number): string {
  const day = Math.floor(milliseconds / DAY_MS);
  if (day !== lastDay) {
    lastText = new Date(day * DAY_MS).toISOString().slice(0, 10);
    lastDay = day;
  }
  return lastText;
}

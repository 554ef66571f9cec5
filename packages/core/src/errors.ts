/** The one error class of the house and the table that says what each kind of error means. */

/** When a failed attempt may be made again: never, at once elsewhere, or (also) at the same deployment after a wait. */
export type Retry = "never" | "same" | "elsewhere";
/** Whose fault it is: what the client sent, the deployment's settings, the provider, or this gateway. */
export type Blame = "client" | "deployment" | "provider" | "gateway";

export interface ErrorKindRow {
  /** HTTP status for the client, unless the provider's own status stands in the detail. */
  readonly status: number;
  readonly retry: Retry;
  readonly blame: Blame;
  /** `error.type` of OpenAI's error body. */
  readonly type: string;
  /** `error.code` when no provider's own code is known: the status as a string. */
  readonly code: string;
  /** The class that LiteLLM's and OpenAI's clients know it by. */
  readonly className: string;
}

const row = (status: number, retry: Retry, blame: Blame, type: string, className: string): ErrorKindRow => ({
  status,
  retry,
  blame,
  type,
  code: String(status),
  className,
});

/** Router, retry loop, metrics and HTTP status all read this table; nobody else decides by error. */
export const errorKinds = {
  bad_request: row(400, "never", "client", "invalid_request_error", "BadRequestError"),
  unsupported_params: row(400, "never", "client", "invalid_request_error", "UnsupportedParamsError"),
  context_window: row(400, "never", "client", "invalid_request_error", "ContextWindowExceededError"),
  content_policy: row(400, "never", "client", "invalid_request_error", "ContentPolicyViolationError"),
  image_fetch: row(400, "never", "client", "invalid_request_error", "ImageFetchError"),
  unknown_model: row(400, "never", "client", "invalid_request_error", "BadRequestError"),
  no_key: row(401, "never", "client", "auth_error", "AuthenticationError"),
  wrong_key: row(401, "never", "client", "auth_error", "AuthenticationError"),
  expired_key: row(401, "never", "client", "expired_key", "AuthenticationError"),
  blocked_key: row(403, "never", "client", "auth_error", "PermissionDeniedError"),
  forbidden_model: row(403, "never", "client", "key_model_access_denied", "PermissionDeniedError"),
  budget_exceeded: row(429, "never", "client", "budget_exceeded", "BudgetExceededError"),
  /** A limit of ours; `rate_limit` is the provider's. */
  limit_reached: row(429, "never", "client", "rate_limit_error", "RateLimitError"),
  conflict: row(409, "never", "client", "conflict_error", "ConflictError"),
  gone: row(410, "never", "client", "not_found_error", "NotFoundError"),
  database_away: row(503, "never", "gateway", "no_db_connection", "ServiceUnavailableError"),
  forbidden: row(403, "never", "client", "permission_error", "PermissionDeniedError"),
  not_found: row(404, "never", "client", "not_found_error", "NotFoundError"),
  method_not_allowed: row(405, "never", "client", "invalid_request_error", "BadRequestError"),
  slow_client: row(408, "never", "client", "timeout_error", "Timeout"),
  too_large: row(413, "never", "client", "invalid_request_error", "BadRequestError"),
  unsupported_media: row(415, "never", "client", "invalid_request_error", "BadRequestError"),
  client_gone: row(499, "never", "client", "client_closed_request", "BadRequestError"),
  upstream_auth: row(401, "elsewhere", "deployment", "authentication_error", "AuthenticationError"),
  upstream_forbidden: row(403, "elsewhere", "deployment", "permission_error", "PermissionDeniedError"),
  upstream_not_found: row(404, "elsewhere", "deployment", "not_found_error", "NotFoundError"),
  no_credentials: row(401, "elsewhere", "deployment", "authentication_error", "AuthenticationError"),
  tls: row(502, "elsewhere", "deployment", "tls_error", "APIConnectionError"),
  unprocessable: row(422, "never", "client", "invalid_request_error", "UnprocessableEntityError"),
  timeout: row(408, "same", "provider", "timeout_error", "Timeout"),
  rate_limit: row(429, "same", "provider", "rate_limit_error", "RateLimitError"),
  all_resting: row(429, "never", "provider", "rate_limit_error", "RateLimitError"),
  upstream_internal: row(500, "same", "provider", "server_error", "InternalServerError"),
  connection: row(502, "same", "provider", "connection_error", "APIConnectionError"),
  bad_reply: row(502, "same", "provider", "server_error", "BadGatewayError"),
  bad_gateway: row(502, "same", "provider", "server_error", "BadGatewayError"),
  unavailable: row(503, "same", "provider", "server_error", "ServiceUnavailableError"),
  gateway_timeout: row(504, "same", "provider", "timeout_error", "Timeout"),
  stream_broken: row(502, "never", "provider", "server_error", "MidStreamFallbackError"),
  blocked_address: row(403, "never", "client", "permission_error", "PermissionDeniedError"),
  not_implemented: row(501, "never", "gateway", "not_implemented", "NotImplementedError"),
  shutting_down: row(503, "never", "gateway", "server_error", "ServiceUnavailableError"),
  internal: row(500, "never", "gateway", "internal_server_error", "InternalServerError"),
} as const satisfies Record<string, ErrorKindRow>;

export type ErrorKind = keyof typeof errorKinds;

/** What is known beyond kind and message. All optional; a provider's own words survive here. */
export interface ErrorDetail {
  /** The provider's HTTP status, when it says more than the kind (e.g. 529 told as 500 keeps 529 here). */
  readonly upstreamStatus?: number;
  /** Overrides the kind's status for the client. */
  readonly status?: number;
  readonly type?: string;
  readonly param?: string | null;
  /** The provider's own code: `invalid_api_key`, `context_length_exceeded` … */
  readonly code?: string | number | null;
  readonly provider?: string;
  readonly model?: string;
  /** Milliseconds that the provider asked us to wait. */
  readonly retryAfterMs?: number;
  /** Headers of the provider's reply; they travel to the client as `llm_provider-*`. */
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>;
  /** Headers of our own that the client is told with this error: `x-ratelimit-…`, `x-should-retry`. */
  readonly replyHeaders?: Readonly<Record<string, string>>;
  /** Whatever else of the provider's body a client may want: Azure's innererror … */
  readonly providerFields?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * Every failure that anyone outside is told about. `message` says what happened, then what to do.
 * `status`, `code`, `provider` and `retryAfter` (seconds) are there for users of the library.
 */
export class GatewayError extends Error {
  readonly kind: ErrorKind;
  readonly detail: ErrorDetail;

  constructor(kind: ErrorKind, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = errorKinds[kind].className;
    this.kind = kind;
    this.detail = detail;
  }

  get row(): ErrorKindRow {
    return errorKinds[this.kind];
  }
  get status(): number {
    return this.detail.status ?? this.row.status;
  }
  get type(): string {
    return this.detail.type ?? this.row.type;
  }
  /** The provider's own code, or the status as a string. */
  get code(): string {
    return String(this.detail.code ?? this.status);
  }
  get provider(): string | undefined {
    return this.detail.provider;
  }
  /** Seconds to wait before another try, when the provider said so. */
  get retryAfter(): number | undefined {
    return this.detail.retryAfterMs === undefined ? undefined : Math.ceil(this.detail.retryAfterMs / 1000);
  }

  /** The same error with more known about it. */
  with(detail: ErrorDetail): GatewayError {
    const more = new GatewayError(this.kind, this.message, { ...this.detail, ...detail });
    more.stack = this.stack;
    return more;
  }

  /** Anything thrown, as a GatewayError; what was none is our own fault and says nothing about our insides. */
  static from(thrown: unknown): GatewayError {
    if (thrown instanceof GatewayError) return thrown;
    return new GatewayError("internal", "The gateway failed on this call. The log holds the details under its call id.", { cause: thrown });
  }
}

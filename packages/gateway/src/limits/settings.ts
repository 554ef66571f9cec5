/** What the config says about limits and money. */

export interface LimitSettings {
  /** Of rate limits: LITELLM_RATE_LIMIT_WINDOW_SIZE. */
  readonly windowMs: number;
  /** IANA name: where budget windows begin. */
  readonly timeZone: string;
  /** What happens to a call that may cost more than what is left of a budget. */
  readonly edge: "shorten" | "refuse" | "overrun";
  /** How long a call waits for room that others may give back. */
  readonly waitMs: number;
  /** Output that is reserved for at most, where neither the request nor a scarce budget says less. */
  readonly outputTokens: number;
  /** What token limits count. */
  readonly tokensCounted: "total" | "input" | "output";
  /** Instead of 429. */
  readonly budgetExceededStatus?: number;
}

export const defaultLimitSettings: LimitSettings = {
  windowMs: 60_000,
  timeZone: "UTC",
  edge: "shorten",
  waitMs: 2_000,
  outputTokens: 16_384,
  tokensCounted: "total",
};

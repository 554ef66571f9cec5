/** The sums that all reports are made of, in SQL and as the metrics that LiteLLM's clients know. */

import { dollars } from "./dollars.ts";

export interface Sums {
  readonly requests: number;
  readonly failures: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_read_tokens: number;
  readonly cache_write_tokens: number;
  readonly spend_nano: number;
}

const names = ["requests", "failures", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "spend_nano"] as const;

/** Whole up to 2^53: nine million dollars in one sum. */
export const sumColumns = names.map((name) => `coalesce(sum(${name}), 0)::float8 as ${name}`).join(", ");

/** The same for sums that are summed again. */
export const wholeSumColumns = names.map((name) => `sum(${name})::int8 as ${name}`).join(", ");

export type Growing = { -readonly [Name in keyof Sums]: number };

export function noSums(): Growing {
  return {
    requests: 0,
    failures: 0,
    input_tokens: 0,
    output_tokens: 0,
    cache_read_tokens: 0,
    cache_write_tokens: 0,
    spend_nano: 0,
  };
}

export function grow(sum: Growing, by: Sums): void {
  for (const name of names) sum[name] += by[name];
}

export type KeySpendMetrics = {
  readonly spend: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly api_requests: number;
  readonly successful_requests: number;
  readonly failed_requests: number;
  readonly cache_read_input_tokens: number;
  readonly cache_creation_input_tokens: number;
};

/** LiteLLM's SpendMetrics; what we have no notion of is nothing. */
export type SpendMetrics = KeySpendMetrics & {
  readonly flat_cost: number;
  readonly compression_saved_tokens: number;
  readonly compression_savings_spend: number;
  readonly prompt_caching_savings_spend: number;
  readonly gateway_injected_caching_savings_spend: number;
  readonly autorouter_savings_spend: number;
  readonly total_response_time_ms: number;
  readonly timed_requests: number;
};

export function metricsOf(sums: Sums): SpendMetrics {
  return {
    ...keyMetricsOf(sums),
    flat_cost: 0,
    compression_saved_tokens: 0,
    compression_savings_spend: 0,
    prompt_caching_savings_spend: 0,
    gateway_injected_caching_savings_spend: 0,
    autorouter_savings_spend: 0,
    total_response_time_ms: 0,
    timed_requests: 0,
  };
}

/** LiteLLM's KeySpendMetrics: there are many of them in a reply, so they hold what matters only. */
export function keyMetricsOf(sums: Sums): KeySpendMetrics {
  return {
    spend: dollars(sums.spend_nano),
    prompt_tokens: sums.input_tokens,
    completion_tokens: sums.output_tokens,
    total_tokens: sums.input_tokens + sums.output_tokens,
    api_requests: sums.requests,
    successful_requests: sums.requests - sums.failures,
    failed_requests: sums.failures,
    cache_read_input_tokens: sums.cache_read_tokens,
    cache_creation_input_tokens: sums.cache_write_tokens,
  };
}

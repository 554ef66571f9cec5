/** Numbers per kind of error, by the names that LiteLLM's policies have for them: `TimeoutErrorRetries`, `RateLimitErrorAllowedFails` … */

import type { GatewayError } from "../errors.ts";

type Policy = Readonly<Record<string, number>>;

/** Classes without a number of their own take that of the class they are kinds of. */
const parents: Readonly<Record<string, string>> = {
  ContextWindowExceededError: "BadRequestError",
  ContentPolicyViolationError: "BadRequestError",
  UnsupportedParamsError: "BadRequestError",
  ImageFetchError: "BadRequestError",
  UnprocessableEntityError: "BadRequestError",
  BadGatewayError: "InternalServerError",
  ServiceUnavailableError: "InternalServerError",
  APIConnectionError: "InternalServerError",
  PermissionDeniedError: "AuthenticationError",
};

export function policyNumber(policy: Policy | undefined, error: GatewayError, suffix: "Retries" | "AllowedFails"): number | undefined {
  if (!policy) return undefined;
  for (let name: string | undefined = error.row.className; name !== undefined; name = parents[name]) {
    // LiteLLM's class is Timeout, its policies say TimeoutError.
    const value = policy[`${name.endsWith("Error") ? name : `${name}Error`}${suffix}`];
    if (value !== undefined) return value;
  }
  return policy[`Default${suffix}`];
}

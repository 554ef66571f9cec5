/** The errors under the names that OpenAI's and LiteLLM's users catch: each is a view of the one class, told apart by its kind. */

import { GatewayError } from "./errors.ts";

interface ErrorView {
  [Symbol.hasInstance](thrown: unknown): thrown is GatewayError;
}

/** `error instanceof RateLimitError` is true for every GatewayError of that name. */
function view(...names: readonly string[]): ErrorView {
  return {
    [Symbol.hasInstance]: (thrown: unknown): thrown is GatewayError => thrown instanceof GatewayError && names.includes(thrown.name),
  };
}

export const UnsupportedParamsError = view("UnsupportedParamsError");
export const ContextWindowExceededError = view("ContextWindowExceededError");
export const ContentPolicyViolationError = view("ContentPolicyViolationError");
/** Any 400; the three above and ImageFetchError are among them. */
export const BadRequestError = view(
  "BadRequestError",
  "UnsupportedParamsError",
  "ContextWindowExceededError",
  "ContentPolicyViolationError",
  "ImageFetchError",
);
export const ImageFetchError = view("ImageFetchError");
export const AuthenticationError = view("AuthenticationError");
export const PermissionDeniedError = view("PermissionDeniedError");
export const NotFoundError = view("NotFoundError");
export const UnprocessableEntityError = view("UnprocessableEntityError");
export const RateLimitError = view("RateLimitError");
export const Timeout = view("Timeout");
export const APIConnectionError = view("APIConnectionError");
export const InternalServerError = view("InternalServerError");
export const BadGatewayError = view("BadGatewayError");
export const ServiceUnavailableError = view("ServiceUnavailableError");

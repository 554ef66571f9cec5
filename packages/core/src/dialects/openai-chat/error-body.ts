/** OpenAI's error body, as we answer it. Source: platform.openai.com/docs/guides/error-codes; `code` is the status as a string, as LiteLLM's clients expect. */

import type { GatewayError } from "../../errors.ts";
import type { Outbound } from "../dialect.ts";

export function errorBody(error: GatewayError): { error: Record<string, unknown> } {
  const { detail } = error;
  const code = detail.code;
  const own = code !== undefined && code !== null && String(code) !== String(error.status) ? { code } : undefined;
  const fields = own || detail.providerFields ? { ...detail.providerFields, ...own } : undefined;
  return {
    error: {
      message: error.message,
      type: error.type,
      param: detail.param ?? null,
      code: String(error.status),
      ...(fields && { provider_specific_fields: fields }),
    },
  };
}

export function openaiErrorReply(error: GatewayError): Outbound {
  return { status: error.status, headers: { "content-type": "application/json" }, body: JSON.stringify(errorBody(error)) };
}

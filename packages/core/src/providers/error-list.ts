/** Errors of providers that tell several at once, `{"errors": [{"code": …, "message": "…"}]}`: the messages, without the JSON around them. */

import { openaiError } from "../dialects/openai-chat/error.ts";
import { GatewayError } from "../errors.ts";
import type { Quirks } from "./provider.ts";
import { fieldsOf } from "./quirks.ts";

export const errorList: Quirks = {
  error(reply) {
    const told = fieldsOf(reply.body)["errors"];
    const list = (Array.isArray(told) ? told : []).map(fieldsOf).filter(({ message }) => typeof message === "string" && message !== "");
    if (list.length === 0) return undefined;
    const message = list.map((each) => String(each["message"])).join(" ");
    const error = openaiError({ ...reply, body: { message } });
    const codes = list.map(({ code }) => code);
    // A quota of tokens is told with the status of a refusal.
    return codes.includes("token_quota_reached") ? new GatewayError("rate_limit", message, { ...error.detail, status: 429 }) : error;
  },
};

/** One event of a stream as JSON; an answer that a proxy cut over several events is put together again. */

import type { WireEvent } from "../../transport/transport.ts";
import type { GenerateReply } from "./wire.ts";

/** Undefined while something is missing, and for what is no JSON object. */
export function eventReader(): (event: WireEvent) => GenerateReply | undefined {
  let held = "";
  return ({ data }) => {
    if (data === "[DONE]") return undefined;
    const whole = parsed(data) ?? (held ? parsed(held + data) : undefined);
    // Only what begins like an answer can be the beginning of one: not a proxy's ping.
    if (whole) held = "";
    else if (held || /^\s*[{[]/.test(data)) held += data;
    return whole;
  };
}

/** Without `alt=sse` each event would be a member of a list; proxies pass some on like that. */
function parsed(text: string): GenerateReply | undefined {
  if (!/[}\]]\s*$/.test(text.slice(-16))) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const body: unknown = Array.isArray(value) ? value[0] : value;
    return body !== null && typeof body === "object" ? (body as GenerateReply) : undefined;
  } catch {
    return undefined;
  }
}

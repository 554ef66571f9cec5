/** What sound used where the provider does not say: measured on what was sent, guessed from what came. */

import type { Headers } from "../transport/transport.ts";
import type { Usage } from "../usage.ts";
import { type JsonAnswer, usageOf } from "./read-reply.ts";
import type { Sent } from "./sent.ts";
import { guessed, soundUsage } from "./sound-length.ts";

/** The answer to a transcription, with the seconds of its file when the provider told neither seconds nor tokens. */
export async function measured(sent: Sent, answer: JsonAnswer): Promise<JsonAnswer> {
  const { usage } = answer;
  const [file] = sent.call.at.files?.get("file") ?? [];
  if (!file || usage?.units?.seconds !== undefined || usage?.inputTokens !== undefined) return answer;
  const { units, ...more } = await soundUsage(file);
  return { ...answer, usage: { ...usage, ...more, units: { ...usage?.units, ...units } } };
}

/** Speech is paid by what was said; only models that are paid by the second need to know how long it lasts. */
export function spoken(sent: Sent, headers: Headers, length: number): Usage | undefined {
  const usage = usageOf(sent, { status: 200, headers, body: undefined });
  const bySecond = Object.keys(sent.deployment.facts).some((field) => field.startsWith("output_cost_per_second"));
  if (!bySecond || usage?.units?.seconds !== undefined) return usage;
  const { units, ...more } = guessed(length, String(headers["content-type"] ?? ""));
  return { ...usage, ...more, units: { ...usage?.units, ...units } };
}

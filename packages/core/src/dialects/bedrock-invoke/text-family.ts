/** A family of models that are given one prompt and answer with one text. */

import type { ChatRequest } from "../../hub/chat.ts";
import type { Usage } from "../../usage.ts";
import type { TranslateContext } from "../dialect.ts";
import type { JsonObject } from "./wire.ts";

/** What a reply, or one piece of a stream, says. */
export interface Told {
  readonly text?: string;
  readonly reasoning?: string;
  /** The model's own word for why it ended. */
  readonly reason?: string;
  readonly input?: number;
  readonly output?: number;
}

export interface TextFamily {
  readonly request: (context: TranslateContext<"chat">) => JsonObject;
  /** Both for a whole reply and for a piece of a stream, which has the same members or fewer. Undefined: neither. */
  readonly read: (body: JsonObject) => Told | undefined;
  /** The answer begins in the middle of its thinking. */
  readonly thinksFirst?: boolean;
}

/** The names that a family has for the parameters that most have. */
export interface ParameterNames {
  readonly maxTokens: string;
  readonly temperature?: string;
  readonly topP?: string;
  readonly topK?: string;
  readonly stop?: string;
}

const translated = new Set(
  "model messages stream stream_options max_tokens max_completion_tokens temperature top_p top_k stop user metadata n extra_headers".split(
    " ",
  ),
);

export function parametersOf(asked: ChatRequest, names: ParameterNames): JsonObject {
  const stop = typeof asked.stop === "string" ? [asked.stop] : asked.stop;
  const told: readonly (readonly [string | undefined, unknown])[] = [
    [names.maxTokens, asked.max_completion_tokens ?? asked.max_tokens],
    [names.temperature, asked.temperature],
    [names.topP, asked.top_p],
    [names.topK, asked["top_k"]],
    [names.stop, stop && stop.length > 0 ? stop : undefined],
  ];
  return Object.fromEntries(told.filter(([name, value]) => name !== undefined && value !== undefined && value !== null));
}

/** The model's own parameters travel on. */
export function ownParameters(asked: ChatRequest, known: readonly string[] = []): JsonObject {
  return Object.fromEntries(
    Object.entries(asked).filter(
      ([name, value]) => !translated.has(name) && !known.includes(name) && value !== undefined && value !== null,
    ),
  );
}

/** What the last piece of every stream counts, whatever the family. Source: docs.aws.amazon.com/bedrock/latest/userguide/inference-invoke.html. */
export function metricsIn(body: JsonObject): Usage | undefined {
  const metrics = body["amazon-bedrock-invocationMetrics"];
  if (metrics === null || typeof metrics !== "object") return undefined;
  const { inputTokenCount: input, outputTokenCount: output } = metrics as { inputTokenCount?: unknown; outputTokenCount?: unknown };
  return countsOf({ input: numberIn(input), output: numberIn(output) });
}

export function countsOf({ input, output }: Told): Usage | undefined {
  if (input === undefined && output === undefined) return undefined;
  return { ...(input !== undefined && { inputTokens: input }), ...(output !== undefined && { outputTokens: output }) };
}

export function numberIn(value: unknown): number | undefined {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

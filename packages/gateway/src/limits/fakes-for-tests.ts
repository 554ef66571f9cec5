/** Calls, models and principals for the tests of limits. */

import {
  type Ask,
  Body,
  type BuiltHouse,
  beginCall,
  buildHouse,
  type Call,
  type CallRecord,
  type ClientSide,
  type DeploymentRow,
  openaiChatClient,
  openaiEmbeddingsClient,
  type PriceBook,
  type RouterSettings,
} from "tollgate/parts";
import type { Level, LimitSet, Principal, Subject } from "../access/principal.ts";

export const plainRouter: RouterSettings = {
  strategy: "simple-shuffle",
  numRetries: 0,
  retryAfterMs: 0,
  timeoutMs: 600_000,
  cooldownMs: 5_000,
  disableCooldowns: true,
  fallbacks: new Map(),
  contextWindowFallbacks: new Map(),
  contentPolicyFallbacks: new Map(),
  defaultFallbacks: [],
  maxFallbacks: 5,
  aliases: new Map(),
  retryPolicy: {},
  groupRetryPolicy: new Map(),
  allowedFailsPolicy: {},
};

/** A book that knows nothing: rows bring their own prices. */
const emptyBook: PriceBook = { facts: () => ({}), providerOf: () => undefined, names: () => [], rows: () => ({}) };

/** 1000 nano-dollars a token, both ways. */
export const paid = { input_cost_per_token: 0.000_001, output_cost_per_token: 0.000_001 };

export function row(
  name: string,
  more: Readonly<Record<string, unknown>> = paid,
  info: Readonly<Record<string, unknown>> = {},
): DeploymentRow {
  return { model_name: name, litellm_params: { model: `openai/${name}`, api_key: "none", mock_response: "hi", ...more }, model_info: info };
}

export function houseOf(rows: readonly DeploymentRow[]): BuiltHouse {
  return buildHouse({ rows, router: plainRouter, book: emptyBook });
}

export function chatCall(model: string, more: Readonly<Record<string, unknown>> = {}, ask: Partial<Ask> = {}): Call {
  const body = Body.of({ model, messages: [{ role: "user", content: "hi" }], ...more });
  const call = beginCall("c1", openaiChatClient as ClientSide, { headers: {}, params: {}, query: {}, body });
  return { ...call, ask: { ...call.ask, ...ask } };
}

export function embedCall(model: string, input: unknown): Call {
  const body = Body.of({ model, input });
  return beginCall("c1", openaiEmbeddingsClient as ClientSide, { headers: {}, params: {}, query: {}, body });
}

export function subject(level: Level, id: string, limits: Partial<LimitSet>): Subject {
  return { level, id, name: `the ${id}`, limits: { budgets: [], ...limits } };
}

export function principal(subjects: readonly Subject[], more: Partial<Principal> = {}): Principal {
  return { kind: "key", name: "k", role: "internal_user", models: [], tags: [], allowClientTags: false, subjects, ...more };
}

export function record(inputTokens: number, outputTokens: number, costNano = (inputTokens + outputTokens) * 1000): CallRecord {
  return {
    callId: "c1",
    operation: "chat",
    clientDialect: "openai-chat",
    stream: false,
    startedAt: 0,
    durationMs: 1,
    status: "success",
    httpStatus: 200,
    model: "m",
    usage: { inputTokens, outputTokens },
    costNano,
    attempts: [],
  };
}

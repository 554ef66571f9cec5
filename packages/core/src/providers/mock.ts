/** `mock_response` and `mock_tool_calls`: a service that passes all steps of a call but never sends. */

import { Buffer } from "node:buffer";
import { mistralOcr } from "../dialects/mistral-ocr/provider-side.ts";
import { type ErrorKind, GatewayError } from "../errors.ts";
import type { InboundReply, OutboundRequest } from "../transport/transport.ts";
import { madeUpOther } from "./made-up-others.ts";
import { chatReply, chatStream, embeddingReply, inPieces, jsonReply } from "./made-up-wire.ts";
import { openaiSides } from "./openai-sides.ts";
import type { ExchangeContext, Service, Settings } from "./provider.ts";
import { type Fields, isFields } from "./quirks.ts";

const everything = ["chat", "embed", "rerank", "image", "edit", "vary", "speak", "transcribe", "translate", "moderate"] as const;

/** What a made-up answer is said to have used. */
const USAGE = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };
const VECTOR = [0, 0, 0];

/** LiteLLM's class names, without their module; the kinds are those that a provider's own answer would have. */
const kinds: Readonly<Record<string, ErrorKind>> = {
  APIConnectionError: "connection",
  APIError: "upstream_internal",
  AuthenticationError: "upstream_auth",
  BadGatewayError: "bad_gateway",
  BadRequestError: "bad_request",
  ContentPolicyViolationError: "content_policy",
  ContextWindowExceededError: "context_window",
  ImageFetchError: "image_fetch",
  InternalServerError: "upstream_internal",
  NotFoundError: "upstream_not_found",
  PermissionDeniedError: "upstream_forbidden",
  RateLimitError: "rate_limit",
  ServiceUnavailableError: "unavailable",
  Timeout: "timeout",
  UnprocessableEntityError: "unprocessable",
  UnsupportedParamsError: "unsupported_params",
};

/** The service itself when its settings ask for no made-up answer. */
export function mockService(settings: Settings, service: Service): Service {
  const { mock_response: wanted, mock_tool_calls: calls } = settings;
  if ((wanted === undefined || wanted === null) && !Array.isArray(calls)) return service;
  return {
    model: service.model,
    baseUrl: "http://mock.localhost/v1",
    supports: service.supports,
    refuses: service.refuses,
    sides: { ...openaiSides(everything), ocr: [mistralOcr] },
    exchange: async (request, context) => answer(wanted, calls, request, { ...context, model: service.model }),
  };
}

function answer(
  wanted: unknown,
  calls: unknown,
  request: OutboundRequest,
  context: ExchangeContext & { readonly model: string },
): InboundReply {
  const { model } = context;
  const error = errorNamed(wanted);
  if (error) throw error;
  if (isFields(wanted)) return jsonReply(wanted);
  if (context.operation === "embed") return embeddingReply(model, vectorsOf(wanted, inputsOf(request)), USAGE.prompt_tokens);
  const now = Math.floor(context.clock.now() / 1000);
  if (context.operation !== "chat") {
    const asked = askedIn(request);
    return madeUpOther({ operation: context.operation, model, wanted, asked, now, id: `mock-${context.newId()}` });
  }
  const chat = {
    id: `chatcmpl-${context.newId()}`,
    created: now,
    model,
    pieces: piecesOf(wanted),
    toolCalls: Array.isArray(calls) ? calls : undefined,
    usage: USAGE,
  };
  return context.stream ? chatStream(chat) : chatReply(chat);
}

/** `litellm.RateLimitError`, with or without words of its own behind a colon. */
function errorNamed(wanted: unknown): GatewayError | undefined {
  if (typeof wanted !== "string") return undefined;
  const named = /^(?:litellm\.)([A-Z]\w+)(?::\s*(.+))?$/s.exec(wanted.trim());
  const kind = named?.[1] === undefined ? undefined : kinds[named[1]];
  return kind && new GatewayError(kind, named?.[2] ?? `Made-up ${named?.[1]}, as mock_response asks for.`);
}

/** One vector stands for every input. */
function vectorsOf(wanted: unknown, inputs: number): readonly (readonly number[])[] {
  if (Array.isArray(wanted) && wanted.length > 0 && wanted.every((each) => Array.isArray(each))) return wanted;
  const vector: readonly number[] = Array.isArray(wanted) ? wanted : VECTOR;
  return Array.from({ length: inputs }, () => vector);
}

/** A form is not read: nothing of it is in the answer. */
function askedIn({ body }: OutboundRequest): Fields {
  const json: unknown = typeof body === "string" || Buffer.isBuffer(body) ? JSON.parse(body.toString()) : {};
  return isFields(json) ? json : {};
}

function inputsOf(request: OutboundRequest): number {
  const { input } = askedIn(request);
  return Array.isArray(input) && typeof input[0] !== "number" ? input.length : 1;
}

function piecesOf(wanted: unknown): readonly string[] {
  if (Array.isArray(wanted)) return wanted.map(String);
  return wanted === undefined || wanted === null ? [] : inPieces(String(wanted));
}

/** Small questions about a call that is not made: tokens, parameters, the request as it would be sent. */

import type { FastifyInstance, FastifyRequest } from "fastify";
import {
  Body,
  type BuiltHouse,
  beginCall,
  type ClientSide,
  countRequest,
  type Deployment,
  GatewayError,
  laneOf,
  openaiChatClient,
  openaiCompletionsClient,
  openaiEmbeddingsClient,
  prepare,
  supportedParameters,
} from "tollgate/parts";

export function registerUtilities(app: FastifyInstance, house: BuiltHouse): void {
  app.post("/utils/token_counter", (request) => countTokens(record(request), house));
  app.get<{ Querystring: { model?: string } }>("/utils/supported_openai_params", (request) => {
    const { model } = request.query;
    if (!model) throw new GatewayError("bad_request", "Missing required parameter: 'model'.", { param: "model" });
    const deployment = deploymentOf(model, house);
    const known = deployment.service.supports.chat ?? supportedParameters(deployment.provider, "chat", deployment.model, deployment.facts);
    return { supported_openai_params: [...(known ?? [])] };
  });
  app.post("/utils/transform_request", (request) => transform(record(request), house));
}

async function countTokens(body: Record<string, unknown>, house: BuiltHouse): Promise<object> {
  const { model } = body;
  if (typeof model !== "string" || model === "")
    throw new GatewayError("bad_request", "Missing required parameter: 'model'.", { param: "model" });
  if (body["prompt"] === undefined && body["messages"] === undefined && body["contents"] === undefined) {
    throw new GatewayError("bad_request", "Missing required parameter: 'messages' or 'prompt'.", { param: "messages" });
  }
  const used = house.router.routes.find(model)?.[0]?.model ?? model;
  const counted = await countRequest(body, used);
  return {
    total_tokens: counted.tokens,
    request_model: model,
    model_used: used,
    tokenizer_type: "openai_tokenizer",
    original_response: null,
  };
}

const clients: Readonly<Record<string, ClientSide>> = {
  completion: openaiChatClient as ClientSide,
  acompletion: openaiChatClient as ClientSide,
  text_completion: openaiCompletionsClient as ClientSide,
  atext_completion: openaiCompletionsClient as ClientSide,
  embedding: openaiEmbeddingsClient as ClientSide,
  aembedding: openaiEmbeddingsClient as ClientSide,
};

/** Address, headers without secrets, and body of the request that a call would make; nothing is sent. */
async function transform(asked: Record<string, unknown>, house: BuiltHouse): Promise<object> {
  const { call_type: type, request_body: body } = asked;
  const client = typeof type === "string" ? clients[type] : undefined;
  if (!client)
    throw new GatewayError("bad_request", `Invalid 'call_type': it must be one of ${Object.keys(clients).join(", ")}.`, {
      param: "call_type",
    });
  if (body === null || typeof body !== "object" || Array.isArray(body))
    throw new GatewayError("bad_request", "Missing required parameter: 'request_body', an object.", { param: "request_body" });
  const call = beginCall("transform", client, { headers: {}, params: {}, query: {}, body: Body.of(body as Record<string, unknown>) });
  const deployment = { ...deploymentOf(call.ask.model, house), credential: () => ({}), lanes: new Map() };
  const { request } = await prepare(call, deployment, laneOf(deployment, client), house);
  const raw: unknown = JSON.parse(String(request.body ?? "{}"));
  return {
    raw_request_api_base: request.origin + request.path,
    raw_request_headers: withoutSecrets(request.headers),
    raw_request_body: raw,
    error: null,
  };
}

/** A public name, any `provider/model`, or what a wildcard takes: in this order, so that a wildcard does not hide a provider. */
function deploymentOf(model: string, house: BuiltHouse): Deployment {
  const found = house.router.routes.find(model);
  const named = found?.find((each) => !each.row.model_name.includes("*"));
  if (named) return named;
  try {
    return house.compile({ model_name: model, litellm_params: { model }, source: "api" });
  } catch (thrown) {
    if (found?.[0]) return found[0];
    throw thrown;
  }
}

function withoutSecrets(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !/key|authorization|token|cookie/i.test(name)));
}

function record(request: FastifyRequest): Record<string, unknown> {
  const { body } = request;
  if (body === null || typeof body !== "object" || Array.isArray(body))
    throw new GatewayError("bad_request", "The request body must be a JSON object.");
  return body as Record<string, unknown>;
}

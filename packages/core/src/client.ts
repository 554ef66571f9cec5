/** The library's client: router, translators and transport in-process, without a server. */

import { beginCall } from "./call/begin.ts";
import { routingFields } from "./call/gateway-fields.ts";
import { type Opened, open } from "./call/open.ts";
import { chunksOf } from "./chunks-of.ts";
import type { CompletionRequest, EmbeddingRequest, TextCompletion, TextCompletionRequest } from "./client-types.ts";
import type { ClientSide } from "./dialects/dialect.ts";
import { openaiChatClient } from "./dialects/openai-chat/client-side.ts";
import { openaiCompletionsClient } from "./dialects/openai-completions/client-side.ts";
import { openaiEmbeddingsClient } from "./dialects/openai-embeddings/client-side.ts";
import { GatewayError } from "./errors.ts";
import { type BuiltHouse, buildHouse } from "./house.ts";
import type { ChatChunk, ChatResponse } from "./hub/chat.ts";
import type { EmbedResponse } from "./hub/embed.ts";
import { bundledPriceBook } from "./pricing/price-book.ts";
import type { Deployment, DeploymentRow } from "./router/deployment.ts";
import { type RouterOptions, routerSettingsFrom } from "./router/settings-from.ts";
import { Body } from "./transport/body.ts";
import { networkOptionsOf } from "./transport/network.ts";
import { proxiesOf } from "./transport/proxies.ts";
import type { Transport } from "./transport/transport.ts";

export interface ClientOptions extends RouterOptions {
  /** LiteLLM's `model_list`. Without it, models are called as `provider/model` with the keys of the environment. */
  readonly model_list?: readonly DeploymentRow[];
  readonly drop_params?: boolean;
  /** False accepts any certificate; a path names a CA bundle. */
  readonly ssl_verify?: boolean | string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** For tests. */
  readonly transport?: Transport;
}

export interface Client {
  completion(request: CompletionRequest & { stream: true }): Promise<AsyncIterable<ChatChunk>>;
  completion(request: CompletionRequest & { stream?: false | null }): Promise<ChatResponse>;
  completion(request: CompletionRequest): Promise<ChatResponse | AsyncIterable<ChatChunk>>;
  embedding(request: EmbeddingRequest): Promise<EmbedResponse>;
  textCompletion(request: TextCompletionRequest): Promise<TextCompletion>;
  /** Ends its connections. */
  close(): Promise<void>;
}

/** What of a request belongs to the deployment: the caller is the owner, so all of it is allowed. */
const ownSettings: ReadonlySet<string> = new Set([...routingFields, "mock_response", "mock_tool_calls"]);

export function createClient(options: ClientOptions = {}): Client {
  let house: Promise<BuiltHouse> | undefined;
  const built = (): Promise<BuiltHouse> => {
    house ??= build(options);
    return house;
  };
  return {
    completion: (request: CompletionRequest) => ask(openaiChatClient as ClientSide, request, built) as never,
    embedding: (request) => ask(openaiEmbeddingsClient as ClientSide, request, built) as Promise<EmbedResponse>,
    textCompletion: (request) => ask(openaiCompletionsClient as ClientSide, request, built) as Promise<TextCompletion>,
    async close() {
      if (house) await (await house).close();
    },
  };
}

/** Takes any `provider/model` as it is. */
const anyModel: DeploymentRow = { model_name: "*", litellm_params: { model: "*" } };

async function build(options: ClientOptions): Promise<BuiltHouse> {
  const env = options.env ?? process.env;
  const rows = options.model_list ?? [anyModel];
  const house = buildHouse({
    rows,
    router: routerSettingsFrom(options),
    book: await bundledPriceBook(),
    env,
    network: { ...networkOptionsOf({ ssl_verify: options.ssl_verify }, env), proxies: proxiesOf(env) },
    dropParams: options.drop_params,
    loopbackAllowed: true,
    transport: options.transport,
  });
  const override = (deployment: Deployment, settings: Readonly<Record<string, unknown>>): Deployment => {
    const { row } = deployment;
    const own = house.compile({ ...row, litellm_params: { ...row.litellm_params, ...settings } });
    return { ...own, id: deployment.id, standing: deployment.standing };
  };
  return { ...house, override };
}

async function ask(client: ClientSide, request: object, house: () => Promise<BuiltHouse>): Promise<unknown> {
  const { signal, ...body } = request as Record<string, unknown> & { signal?: AbortSignal };
  const mine = Object.entries(body).filter(([name, value]) => ownSettings.has(name) && value !== undefined);
  const asked = Object.fromEntries(Object.entries(body).filter(([name, value]) => !ownSettings.has(name) && value !== undefined));
  const parts = await house();
  const begun = beginCall(parts.newId(), client, { headers: {}, params: {}, query: {}, body: Body.of(asked) });
  const call = mine.length === 0 ? begun : { ...begun, overrides: Object.fromEntries(mine) };
  const stop = (): void =>
    call.cancel.abort(new GatewayError("client_gone", "The call was aborted by its signal.", { cause: signal?.reason }));
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop, { once: true });
  const opened: Opened = await open(call, parts);
  const { answer, finish } = opened;
  if (answer.kind === "stream") return chunksOf(answer.relay, call.cancel, (error) => finish({ durationMs: opened.waitedMs, error }));
  finish({ durationMs: opened.waitedMs });
  signal?.removeEventListener("abort", stop);
  return JSON.parse(String(answer.outbound.body)) as unknown;
}

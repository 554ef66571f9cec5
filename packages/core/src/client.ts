/** The library's client: router, translators and transport in-process, without a server. */

import { Buffer } from "node:buffer";
import type { BytesAnswer } from "./call/answer.ts";
import { beginCall } from "./call/begin.ts";
import type { BytesOut } from "./call/bytes-relay.ts";
import { routingFields } from "./call/gateway-fields.ts";
import { type Opened, open } from "./call/open.ts";
import { chunksOf } from "./chunks-of.ts";
import type {
  CompletionRequest,
  EmbeddingRequest,
  ImageChangeRequest,
  ImageGenerationRequest,
  ModerationRequest,
  OcrReadingRequest,
  RerankingRequest,
  Speech,
  SpeechRequest,
  TextCompletion,
  TextCompletionRequest,
  TranscriptionRequest,
} from "./client-types.ts";
import { cohereRerankClient } from "./dialects/cohere-rerank/client-side.ts";
import type { ClientSide, Outbound } from "./dialects/dialect.ts";
import { mistralOcrClient } from "./dialects/mistral-ocr/client-side.ts";
import { openaiChatClient } from "./dialects/openai-chat/client-side.ts";
import { openaiCompletionsClient } from "./dialects/openai-completions/client-side.ts";
import { openaiEmbeddingsClient } from "./dialects/openai-embeddings/client-side.ts";
import { openaiImageEditsClient, openaiImagesClient, openaiImageVariationsClient } from "./dialects/openai-images/client-side.ts";
import { openaiModerationsClient } from "./dialects/openai-moderations/client-side.ts";
import { openaiSpeechClient } from "./dialects/openai-speech/client-side.ts";
import { openaiTranscriptionsClient, openaiTranslationsClient } from "./dialects/openai-transcriptions/client-side.ts";
import { GatewayError } from "./errors.ts";
import { filesOfGiven } from "./file-of-given.ts";
import { type BuiltHouse, buildHouse } from "./house.ts";
import type { TranscribeResponse } from "./hub/audio.ts";
import type { ChatChunk, ChatResponse } from "./hub/chat.ts";
import type { EmbedResponse } from "./hub/embed.ts";
import type { ImageResponse } from "./hub/image.ts";
import type { ModerateResponse } from "./hub/moderate.ts";
import type { OcrResponse } from "./hub/ocr.ts";
import type { RerankResponse } from "./hub/rerank.ts";
import { bundledPriceBook } from "./pricing/price-book.ts";
import type { Deployment, DeploymentRow } from "./router/deployment.ts";
import { type RouterOptions, routerSettingsFrom } from "./router/settings-from.ts";
import { Body } from "./transport/body.ts";
import { unpacked } from "./transport/latin1.ts";
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
  rerank(request: RerankingRequest): Promise<RerankResponse>;
  imageGeneration(request: ImageGenerationRequest): Promise<ImageResponse>;
  imageEdit(request: ImageChangeRequest): Promise<ImageResponse>;
  imageVariation(request: ImageChangeRequest): Promise<ImageResponse>;
  speech(request: SpeechRequest): Promise<Speech>;
  transcription(request: TranscriptionRequest): Promise<TranscribeResponse>;
  translation(request: TranscriptionRequest): Promise<TranscribeResponse>;
  moderation(request: ModerationRequest): Promise<ModerateResponse>;
  ocr(request: OcrReadingRequest): Promise<OcrResponse>;
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
    rerank: (request) => ask(cohereRerankClient as ClientSide, request, built) as Promise<RerankResponse>,
    imageGeneration: (request) => ask(openaiImagesClient as ClientSide, request, built) as Promise<ImageResponse>,
    imageEdit: (request) => ask(openaiImageEditsClient as ClientSide, request, built) as Promise<ImageResponse>,
    imageVariation: (request) => ask(openaiImageVariationsClient as ClientSide, request, built) as Promise<ImageResponse>,
    speech: (request) => ask(openaiSpeechClient as ClientSide, request, built) as Promise<Speech>,
    transcription: (request) => ask(openaiTranscriptionsClient as ClientSide, request, built) as Promise<TranscribeResponse>,
    translation: (request) => ask(openaiTranslationsClient as ClientSide, request, built) as Promise<TranscribeResponse>,
    moderation: (request) => ask(openaiModerationsClient as ClientSide, request, built) as Promise<ModerateResponse>,
    ocr: (request) => ask(mistralOcrClient as ClientSide, request, built) as Promise<OcrResponse>,
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
  const { signal, ...given } = request as Record<string, unknown> & { signal?: AbortSignal };
  const { files, rest: body } = client.takes ? await filesOfGiven(given) : { files: undefined, rest: given };
  const mine = Object.entries(body).filter(([name, value]) => ownSettings.has(name) && value !== undefined);
  const asked = Object.fromEntries(Object.entries(body).filter(([name, value]) => !ownSettings.has(name) && value !== undefined));
  const parts = await house();
  const begun = beginCall(parts.newId(), client, { headers: {}, params: {}, query: {}, body: Body.of(asked), ...(files && { files }) });
  const call = mine.length === 0 ? begun : { ...begun, overrides: Object.fromEntries(mine) };
  const stop = (): void =>
    call.cancel.abort(new GatewayError("client_gone", "The call was aborted by its signal.", { cause: signal?.reason }));
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop, { once: true });
  const opened: Opened = await open(call, parts);
  const { answer, finish } = opened;
  if (answer.kind === "stream") return chunksOf(answer.relay, call.cancel, (error) => finish({ durationMs: opened.waitedMs, error }));
  if (answer.kind === "bytes") return soundOf(answer, (error) => finish({ durationMs: opened.waitedMs, error }));
  const { inputTokens = 0, outputTokens = 0 } = answer.usage ?? {};
  finish({ durationMs: opened.waitedMs, tokens: inputTokens + outputTokens });
  signal?.removeEventListener("abort", stop);
  return wholeOf(answer.outbound);
}

/** Text where text was asked for, sound where sound was made; everything else is JSON. */
function wholeOf(outbound: Outbound): unknown {
  const mediaType = outbound.headers["content-type"] ?? "";
  const body = unpacked(outbound);
  if (mediaType.startsWith("text/plain")) return { text: String(body) };
  if (mediaType.startsWith("application/json")) return JSON.parse(String(body)) as unknown;
  return { mediaType, audio: Buffer.from(body) };
}

function soundOf({ relay, contentType }: BytesAnswer, onEnd: (error?: GatewayError) => void): Promise<Speech> {
  const parts: Buffer[] = [];
  return new Promise((resolve, reject) => {
    const out: BytesOut = {
      bytes: (part) => {
        parts.push(part);
        return true;
      },
      end: () => resolve({ mediaType: contentType, audio: Buffer.concat(parts) }),
      breakOff: () => {},
    };
    relay.attach(out, ({ error }, finish) => {
      finish();
      onEnd(error);
      if (error) reject(error);
    });
  });
}

/** The two sides of a wire format: how we call a provider in it, and how a client calls us in it. Pure: no time, no network, no provider names. */

import type { GatewayError } from "../errors.ts";
import type { FilePart } from "../hub/file-part.ts";
import type { ModelFacts } from "../hub/model-facts.ts";
import type { Operation, Operations } from "../hub/operations.ts";
import type { Body, Patch } from "../transport/body.ts";
import type { Headers, WireEvent, WireReply } from "../transport/transport.ts";
import type { Usage } from "../usage.ts";

export type DialectName =
  | "openai-chat"
  | "openai-completions"
  | "openai-embeddings"
  | "anthropic-messages"
  | "gemini"
  | "gemini-embed"
  | "ollama-chat"
  | "ollama-generate"
  | "ollama-embed"
  | "openai-images"
  | "openai-speech"
  | "openai-transcriptions"
  | "openai-moderations"
  | "cohere-chat"
  | "cohere-embed"
  | "snowflake-embed"
  | "tgi-generate"
  | "triton-generate"
  | "triton-infer"
  | "triton-embed"
  | "replicate-prediction"
  | "huggingface-embed"
  | "tei-rerank"
  | "sap-orchestration"
  | "sap-embed"
  | "oci-generic"
  | "oci-cohere"
  | "oci-embed"
  | "nlp-cloud"
  | "aleph-alpha"
  | "petals-generate"
  | "watsonx-generate"
  | "watsonx-embed"
  | "watsonx-rerank"
  | "cohere-rerank"
  | "mistral-ocr"
  | "bedrock-converse"
  | "bedrock-invoke"
  | "bedrock-embed"
  | "bedrock-image"
  | "bedrock-rerank"
  | "sagemaker-text"
  | "sagemaker-embed"
  | "aws-polly"
  | "gemini-image"
  | "gemini-speech"
  | "gemini-transcribe"
  | "imagen"
  | "vertex-embed"
  | "vertex-multimodal-embed"
  | "vertex-rank"
  | "vertex-chat-predict"
  | "google-speech"
  | "stability-image"
  | "bfl-image"
  | "fal-image"
  | "runway-image"
  | "runway-speech"
  | "topaz-image"
  | "deepgram-listen"
  | "deepgram-speak"
  | "elevenlabs-speech"
  | "elevenlabs-transcribe"
  | "assemblyai-transcript"
  | "soniox-transcription"
  | "azure-speech"
  | "azure-transcribe"
  | "minimax-speech"
  | "openai-chat-image"
  | "xai-images"
  | "deepinfra-rerank"
  | "nvidia-rerank";

export type Framing = "sse" | "json-lines" | "aws-event-stream" | "aws-payload-parts";

/** What a reply is read as: `bytes` comes whole as a Buffer to `response`, or pours through where the client takes bytes of any kind. */
export type Returns = "json" | "text" | "bytes";

/** A deployment's `litellm_params`, resolved: `os.environ/NAME` replaced, credentials filled in. */
export interface Settings {
  readonly model: string;
  readonly api_key?: string;
  readonly api_base?: string;
  readonly api_version?: string;
  readonly [name: string]: unknown;
}

/** A file that call/ fetched for a translator: `bytes` in base64. */
export interface FetchedFile {
  readonly mediaType: string;
  readonly base64: string;
}

/** What a translator must be told because neither hub nor wire says it. */
export interface TranslateContext<O extends Operation> {
  /** The hub request after parameters were renamed, dropped or refused. Never changed by a translator. */
  readonly asked: Operations[O]["request"];
  /** The model's wire name. */
  readonly model: string;
  /** The model's public name: what hub responses and chunks carry. */
  readonly publicModel: string;
  readonly facts: ModelFacts;
  readonly settings: Settings;
  /** True when what the provider lacks may be dropped silently (`drop_params`). */
  readonly dropParams: boolean;
  /** Addresses named by `fetches`, downloaded. */
  readonly fetched: ReadonlyMap<string, FetchedFile>;
  /** Files named by `reads`, in base64. */
  readonly files?: ReadonlyMap<FilePart, string>;
  /** Seconds since 1970, for `created`. */
  readonly now: number;
  /** 24 random letters and digits. */
  readonly newId: () => string;
}

/** How a provider speaks one operation. Pure functions: hub in, wire out; wire in, hub out. */
export interface ProviderSide<O extends Operation = Operation> {
  readonly operation: O;
  readonly dialect: DialectName;
  readonly framing?: Framing;
  /** How a request is written: JSON unless this says otherwise. `form`: members that are FileParts or lists of them become file parts. `bytes`: the member `file` is the body. */
  readonly sends?: "json" | "form" | "bytes";
  /** A request that came as JSON in this dialect travels as it came, though `sends` says form. */
  readonly alsoJson?: true;
  readonly returns?: Returns | ((asked: Operations[O]["request"]) => Returns);
  /** Path with its query, appended to the service's base address. */
  readonly path: (at: { model: string; stream: boolean; settings: Settings; asked?: Operations[O]["request"] }) => string;
  /** Hands off: what the same dialect still needs: the wire model where it stands in the body, usage asked for. `body` is the client's. */
  readonly patch: (at: { model: string; stream: boolean; body: Pick<Body, "get"> }) => Patch;
  /** Headers that this dialect always sends, and those that a request's features need. */
  readonly headers?: (context: TranslateContext<O>, wire: Readonly<Record<string, unknown>>) => Readonly<Record<string, string>>;
  /** Addresses that call/ downloads first, guarded. */
  readonly fetches?: (asked: Operations[O]["request"], model: string) => readonly string[];
  /** Files of the request that call/ reads whole first, for dialects that write them into JSON. */
  readonly reads?: (asked: Operations[O]["request"]) => readonly FilePart[];
  /** Throws a GatewayError (bad_request, unsupported_params) for what cannot be said in this dialect. */
  readonly request: (context: TranslateContext<O>) => Record<string, unknown>;
  /** Throws a GatewayError (bad_reply) for what is no answer. */
  readonly response: (reply: WireReply, context: TranslateContext<O>) => Operations[O]["response"];
  readonly stream?: (context: TranslateContext<O>) => StreamDecoder<Operations[O]["chunk"]>;
  readonly glance: () => Glance;
  /** Hands off: a cheap test on the text of one event (bytes as latin1): true when it is nothing but content, so that the glance need not see it. */
  readonly isPlain?: (event: string, from: number) => boolean;
  /** Hands off: what a JSON reply still needs: the public model name, missing fields. Throws a GatewayError (bad_reply) for what is no answer. */
  readonly replyPatch: (body: Readonly<Record<string, unknown>>, at: { publicModel: string; now: number; newId: () => string }) => Patch;
  /**
   * Hands off: the only members, at any depth, whose values `replyPatch` looks at; of others it asks whether they are there, and of what
   * kind, and `usage` asks for nothing but `usage`. Replies that were seen to be alike in this are not parsed. Left out: each is.
   */
  readonly replyToldBy?: readonly string[];
  /** `asked` is there for operations whose replies do not say what they used (characters, images). */
  readonly usage: (reply: WireReply, asked?: Operations[O]["request"]) => Usage | undefined;
  /** The only one that looks at this dialect's error bodies. Called for status >= 400 and for error events. */
  readonly error: (reply: WireReply) => GatewayError;
}

/** Wire events in, hub chunks out. Remembers what must be remembered between events, nothing else. May throw a GatewayError. */
export interface StreamDecoder<Chunk> {
  push(event: WireEvent, emit: (chunk: Chunk) => void): void;
  /** The body ended; emits what was held back. */
  end(emit: (chunk: Chunk) => void): void;
  readonly usage: Usage | undefined;
  /** A finish reason or the terminator was seen; an end before that is an error. */
  readonly complete: boolean;
}

/** Looks at a dialect's events as they pass by, hands off. */
export interface Glance {
  /**
   * `usage`: an event with usage and nothing else, held back from who did not ask; `end`: the terminator;
   * an error event comes back as the error; `data` replaces an untidy event's data.
   */
  push(event: WireEvent): "pass" | "usage" | "end" | GatewayError | { readonly data: string };
  readonly usage: Usage | undefined;
  readonly complete: boolean;
}

/** A client's request as the HTTP layer or the library hands it over. */
export interface Inbound {
  readonly headers: Headers;
  /** Path parameters: `model` where it stands in the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** A multipart request is its text fields as an object; its files stand apart. */
  readonly body: Body;
  /** Files of a multipart request by the name of their field, without `[]`. */
  readonly files?: ReadonlyMap<string, readonly FilePart[]>;
}

export type FormField = "number" | "boolean" | "json" | "list";

/** A reply before it has a transport. */
export interface Outbound {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  /** Each letter of a text body stands for one byte: so bytes pass that nobody read as text. */
  readonly encoding?: "latin1";
}

/** How a client speaks one operation to us: /v1/chat/completions, /v1/completions … */
export interface ClientSide<O extends Operation = Operation> {
  readonly operation: O;
  readonly dialect: DialectName;
  readonly framing: Framing;
  /** How requests come: JSON unless this says otherwise. */
  readonly takes?: "json" | "form" | "either";
  /** What texts of a form stand for; a name that is not here is a text. A list is written `name[]`, or its name several times. */
  readonly formFields?: Readonly<Record<string, FormField>>;
  /** Bytes of the provider's reply may pour through as they come. */
  readonly pours?: boolean;
  /** Throws a GatewayError (bad_request) that names the missing or wrong field. Looks at no more than it must. */
  readonly ask: (at: Inbound) => { model: string; stream: boolean; wantsUsage: boolean };
  /** The hub form; built once, on demand. */
  readonly request: (at: Inbound) => Operations[O]["request"];
  readonly response: (hub: Operations[O]["response"], at: Inbound) => Outbound;
  readonly stream?: (at: Inbound, options: { wantsUsage: boolean }) => StreamEncoder<Operations[O]["chunk"]>;
  readonly error: (error: GatewayError) => Outbound;
  /** Hands off on a stream: the text that ends it well when the provider left its terminator out, and that tells an error. */
  readonly terminator?: string;
  readonly streamError: (error: GatewayError) => string;
  /** Headers that travel on to the same dialect. */
  readonly forwards?: readonly string[];
}

/** Hub chunks in, text for the client out ("" for nothing). */
export interface StreamEncoder<Chunk> {
  push(chunk: Chunk): string;
  fail(error: GatewayError): string;
  end(): string;
}

/** Events of a stream of /v2/chat as chat chunks. Source: docs.cohere.com/docs/streaming. */

import { GatewayError } from "../../errors.ts";
import type { ChatChunk } from "../../hub/chat.ts";
import type { WireEvent } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import { type ChunkMaker, chunkMaker } from "../chunk-maker.ts";
import type { StreamDecoder, TranslateContext } from "../dialect.ts";
import { eventJson } from "../event-json.ts";
import { annotationOf } from "./citations.ts";
import { noAnswer } from "./error.ts";
import { toolCall } from "./response.ts";
import { cohereUsage } from "./usage.ts";
import type { CohereCitation, CohereContent, CohereEvent } from "./wire.ts";

type Emit = (chunk: ChatChunk) => void;
type Delta = NonNullable<CohereEvent["delta"]>;

export function cohereDecoder(context: TranslateContext<"chat">): StreamDecoder<ChatChunk> {
  return new CohereDecoder(context);
}

class CohereDecoder implements StreamDecoder<ChatChunk> {
  usage: Usage | undefined;
  complete = false;
  readonly #newId: () => string;
  readonly #chunks: ChunkMaker;
  #calls = -1;
  /** Lengths of the texts of earlier parts, in whose places later citations count from zero. */
  readonly #lengths: number[] = [];

  constructor(context: TranslateContext<"chat">) {
    this.#newId = context.newId;
    this.#chunks = chunkMaker(context);
  }

  push({ data }: WireEvent, emit: Emit): void {
    const event: CohereEvent | undefined = eventJson(data);
    if (!event || this.complete) return;
    const { type, delta = {} } = event;
    const { message = {} } = delta;
    if (type === "message-start") this.#chunks.named(event.id);
    else if (type === "content-start" || type === "content-delta") this.#content(message.content ?? {}, event.index ?? 0, emit);
    else if (type === "tool-plan-delta" && message.tool_plan) this.#chunks.tell({ reasoning_content: message.tool_plan }, emit);
    else if (type === "tool-call-start" || type === "tool-call-delta") this.#call(type === "tool-call-start", delta, emit);
    else if (type === "citation-start") this.#citation(message.citations ?? {}, emit);
    else if (type === "message-end") this.#finish(delta, emit);
    // Errors come as a bare body.
    else if (type === undefined) throw noAnswer(event);
  }

  end(): void {}

  #content({ text, thinking }: CohereContent, index: number, emit: Emit): void {
    if (text) this.#lengths[index] = (this.#lengths[index] ?? 0) + text.length;
    this.#chunks.tell({ ...(thinking && { reasoning_content: thinking }), ...(text && { content: text }) }, emit);
  }

  #call(begins: boolean, { message }: Delta, emit: Emit): void {
    const told = message?.tool_calls;
    if (!told) return;
    if (begins) this.#calls += 1;
    const index = Math.max(this.#calls, 0);
    const piece = begins ? toolCall(told, this.#newId) : { function: { arguments: told.function?.arguments ?? "" } };
    this.#chunks.tell({ tool_calls: [{ index, ...piece }] } as ChatChunk["choices"][number]["delta"], emit);
  }

  #citation(citation: CohereCitation, emit: Emit): void {
    const before = this.#lengths.slice(0, citation.content_index ?? 0).reduce((sum, length) => sum + (length ?? 0), 0);
    const annotation = annotationOf(citation, before);
    this.#chunks.tell({ ...(annotation && { annotations: [annotation] }), provider_specific_fields: { citations: [citation] } }, emit);
  }

  #finish({ finish_reason: native = "COMPLETE", usage, error }: Delta, emit: Emit): void {
    if (error) throw new GatewayError("upstream_internal", error);
    this.complete = true;
    this.usage = cohereUsage(usage);
    this.#chunks.finish(native, emit);
    this.#chunks.usage(this.usage, emit);
  }
}

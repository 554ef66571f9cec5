/** A container's stream of tokens as hub chunks. */

import { GatewayError } from "../../errors.ts";
import type { ChatChunk, ChatDelta } from "../../hub/chat.ts";
import { type ChunkHead, chunkOf } from "../../hub/chat-chunk.ts";
import { chatUsage } from "../../hub/chat-usage.ts";
import type { WireEvent } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import { isObject, objectIn, objectsIn, parsed, textIn } from "../anthropic-messages/json.ts";
import { finishOf } from "../anthropic-messages/response.ts";
import { awsError, awsFrameError } from "../aws-error.ts";
import type { StreamDecoder, TranslateContext } from "../dialect.ts";
import { countsIn } from "./response.ts";

type Emit = (chunk: ChatChunk) => void;

export class SagemakerTextDecoder implements StreamDecoder<ChatChunk> {
  readonly #frame: ChunkHead;
  #begun = false;
  #reason: string | undefined;
  usage: Usage | undefined;
  complete = false;

  constructor({ newId, now, publicModel }: TranslateContext<"chat">) {
    this.#frame = { id: `chatcmpl-${newId()}`, object: "chat.completion.chunk", created: now, model: publicModel };
  }

  push(event: WireEvent, emit: Emit): void {
    const failure = awsFrameError(event);
    if (failure) throw failure;
    if (event.data === "[DONE]") {
      this.#ended(undefined);
      return;
    }
    const wire = parsed(event.data);
    if (!isObject(wire))
      throw new GatewayError("bad_reply", `The provider sent an event that is no JSON object: ${event.data.slice(0, 200)}`);
    if (wire["error"] !== undefined) throw awsError({ status: 500, headers: {}, body: wire });
    this.#read(wire, emit);
  }

  end(emit: Emit): void {
    const { reason, fields } = finishOf(this.#reason, undefined, false);
    const choice = { index: 0, delta: this.#withRole({}), finish_reason: reason };
    emit(chunkOf(this.#frame, [fields ? { ...choice, provider_specific_fields: fields } : choice]));
    if (this.usage) emit(chunkOf(this.#frame, [], chatUsage(this.usage)));
  }

  /** Tokens one by one (`token`), or pieces of all outputs (`outputs`); the last one brings the whole text or the reason. */
  #read(wire: Record<string, unknown>, emit: Emit): void {
    const token = objectIn(wire["token"]);
    const [choice] = objectsIn(wire["choices"]);
    const outputs: readonly unknown[] = Array.isArray(wire["outputs"]) ? wire["outputs"] : [];
    const piece = textIn(token["text"]) ?? textIn(choice?.["text"]) ?? textIn(outputs[0]);
    if (piece && token["special"] !== true) this.#delta({ content: piece }, emit);
    const details = objectIn(wire["details"]);
    this.usage = countsIn(details) ?? this.usage;
    const reason = textIn(details["finish_reason"]) ?? textIn(choice?.["finish_reason"]);
    if (reason !== undefined || typeof wire["generated_text"] === "string") this.#ended(reason);
    // These containers tell no end: the last piece is one like the others.
    if (outputs.length > 0) this.complete = true;
  }

  #ended(reason: string | undefined): void {
    this.complete = true;
    this.#reason = reason ?? this.#reason;
  }

  #delta(delta: ChatDelta, emit: Emit): void {
    emit(chunkOf(this.#frame, [{ index: 0, delta: this.#withRole(delta), finish_reason: null }]));
  }

  #withRole(delta: ChatDelta): ChatDelta {
    if (this.#begun) return delta;
    this.#begun = true;
    return { role: "assistant", ...delta };
  }
}

/** A ConverseStream as hub chunks. */

import { GatewayError } from "../../errors.ts";
import type { ChatChunk, ChatDelta, ChatUsage } from "../../hub/chat.ts";
import { type ChunkHead, chunkOf } from "../../hub/chat-chunk.ts";
import type { Annotation } from "../../hub/extensions.ts";
import type { WireEvent } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import { ANSWER_TOOL, type AnswerFormat, answerFormat, answerTextOf } from "../anthropic-messages/answer-format.ts";
import { isObject, parsed } from "../anthropic-messages/json.ts";
import { finishOf } from "../anthropic-messages/response.ts";
import type { ToolNames } from "../anthropic-messages/tool-names.ts";
import { awsFrameError } from "../aws-error.ts";
import type { StreamDecoder, TranslateContext } from "../dialect.ts";
import { namesFor } from "./request.ts";
import { annotationOf } from "./response.ts";
import { hubUsage, usageOf } from "./usage.ts";
import type { WireStreamEvent } from "./wire.ts";

type Emit = (chunk: ChatChunk) => void;

/** The call that is open: its number among the answer's calls; none for the call that carries a formatted answer. */
interface Open {
  readonly call: number | undefined;
  text: string;
}

export class ConverseDecoder implements StreamDecoder<ChatChunk> {
  readonly #context: TranslateContext<"chat">;
  readonly #names: ToolNames;
  readonly #format: AnswerFormat | undefined;
  readonly #frame: ChunkHead;
  #begun = false;
  #open: Open | undefined;
  #calls = 0;
  #answers = 0;
  #length = 0;
  #finished = false;
  usage: Usage | undefined;
  complete = false;

  constructor(context: TranslateContext<"chat">) {
    this.#context = context;
    this.#names = namesFor(context.asked);
    this.#format = answerFormat(context);
    this.#frame = {
      id: `chatcmpl-${context.newId()}`,
      object: "chat.completion.chunk",
      created: context.now,
      model: context.publicModel,
    };
  }

  push(event: WireEvent, emit: Emit): void {
    const failure = awsFrameError(event);
    if (failure) throw failure;
    const wire = parsed(event.data);
    if (!isObject(wire)) {
      throw new GatewayError("bad_reply", `The provider sent an event that is no JSON object: ${event.data.slice(0, 200)}`);
    }
    this.#read(event.name, wire as WireStreamEvent, emit);
  }

  end(emit: Emit): void {
    this.#close(emit);
  }

  #read(name: string | undefined, wire: WireStreamEvent, emit: Emit): void {
    switch (name) {
      case "contentBlockStart":
        this.#close(emit);
        if (wire.start?.toolUse) this.#start(wire.start.toolUse, emit);
        return;
      case "contentBlockDelta":
        if (wire.delta) this.#grow(wire.delta, emit);
        return;
      case "contentBlockStop":
        this.#close(emit);
        return;
      case "messageStop":
        this.#close(emit);
        this.#finish(wire.stopReason, emit);
        return;
      case "metadata":
        this.#count(wire, emit);
    }
  }

  #start({ toolUseId, name = "" }: { toolUseId?: string; name?: string }, emit: Emit): void {
    const answer = this.#format?.by === "tool" && name === ANSWER_TOOL;
    const call = answer ? undefined : this.#calls++;
    this.#open = { call, text: "" };
    if (call === undefined) this.#answers += 1;
    else {
      const id = toolUseId ?? `call_${this.#context.newId()}`;
      this.#delta(
        { tool_calls: [{ index: call, id, type: "function", function: { name: this.#names.toHub(name), arguments: "" } }] },
        emit,
      );
    }
  }

  #grow(delta: NonNullable<WireStreamEvent["delta"]>, emit: Emit): void {
    if (delta.text !== undefined) this.#say(delta.text, emit);
    else if (delta.toolUse) this.#argue(delta.toolUse.input ?? "", emit);
    else if (delta.reasoningContent) this.#think(delta.reasoningContent, emit);
    else if (delta.citation) {
      const annotations: Annotation[] = annotationOf(delta.citation, 0, this.#length);
      this.#delta({ provider_specific_fields: { citation: delta.citation }, ...(annotations.length > 0 && { annotations }) }, emit);
    }
  }

  #say(text: string, emit: Emit): void {
    if (text === "") return;
    this.#length += text.length;
    this.#delta({ content: text }, emit);
  }

  #think({ text, signature, redactedContent }: { text?: string; signature?: string; redactedContent?: string }, emit: Emit): void {
    if (redactedContent !== undefined) this.#delta({ thinking_blocks: [{ type: "redacted_thinking", data: redactedContent }] }, emit);
    if (text) this.#delta({ reasoning_content: text, thinking_blocks: [{ type: "thinking", thinking: text }] }, emit);
    if (signature) this.#delta({ thinking_blocks: [{ type: "thinking", thinking: "", signature }] }, emit);
  }

  /** A formatted answer is said as it comes, unless it is wrapped: then it can be read only as a whole. */
  #argue(json: string, emit: Emit): void {
    const open = this.#open;
    if (json === "" || !open) return;
    open.text += json;
    if (open.call !== undefined) this.#delta({ tool_calls: [{ index: open.call, function: { arguments: json } }] }, emit);
    else if (!this.#wrapped) this.#say(json, emit);
  }

  get #wrapped(): boolean {
    return this.#format?.by === "tool" && this.#format.wrapped;
  }

  #close(emit: Emit): void {
    const open = this.#open;
    this.#open = undefined;
    if (!open) return;
    // A call without arguments sends no fragment at all.
    if (open.call !== undefined && open.text === "")
      this.#delta({ tool_calls: [{ index: open.call, function: { arguments: "{}" } }] }, emit);
    if (open.call === undefined && (this.#wrapped || open.text === "")) this.#say(answerTextOf(open.text || "{}", this.#wrapped), emit);
  }

  #finish(reason: string | undefined, emit: Emit): void {
    if (this.#finished) return;
    this.#finished = true;
    this.complete = true;
    const { reason: told, fields } = finishOf(reason, undefined, this.#answers > 0 && this.#calls === 0);
    const choice = { index: 0, delta: this.#withRole({}), finish_reason: told };
    emit(chunkOf(this.#frame, [fields ? { ...choice, provider_specific_fields: fields } : choice]));
  }

  #count(wire: WireStreamEvent, emit: Emit): void {
    const tier = wire.serviceTier?.type;
    this.usage = usageOf(wire.usage, tier) ?? this.usage;
    const usage: ChatUsage | undefined = hubUsage(wire.usage);
    if (!usage && wire.trace === undefined) return;
    const beside = { ...(tier && { service_tier: tier }), ...(wire.trace !== undefined && { trace: wire.trace }) };
    emit(Object.assign(chunkOf(this.#frame, [], usage), beside));
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

/** A Messages stream as hub chunks. */

import { GatewayError } from "../../errors.ts";
import type { ChatChunk, ChatDelta } from "../../hub/chat.ts";
import { type ChunkHead, chunkOf } from "../../hub/chat-chunk.ts";
import type { WireEvent } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import type { StreamDecoder, TranslateContext } from "../dialect.ts";
import { ANSWER_TOOL, type AnswerFormat, answerFormat, answerTextOf } from "./answer-format.ts";
import { errorOf } from "./error.ts";
import { isObject, parsed, present } from "./json.ts";
import { annotationOf, finishOf, placeOf } from "./response.ts";
import { type ToolNames, toolNames } from "./tool-names.ts";
import { UsageTally } from "./usage.ts";
import type { Block, BlockDelta, Citation, TextBlock, ThinkingWire, ToolUse, WireStreamEvent } from "./wire.ts";

type Emit = (chunk: ChatChunk) => void;

/** The block that is open, with what can be told only when it ends. */
interface Open {
  readonly block: Block;
  /** Number of the call among the calls of the answer; undefined for the call that carries a formatted answer. */
  readonly call?: number;
  readonly from: number;
  readonly citations: Citation[];
  text: string;
}

export class MessagesDecoder implements StreamDecoder<ChatChunk> {
  readonly #context: TranslateContext<"chat">;
  readonly #names: ToolNames;
  readonly #format: AnswerFormat | undefined;
  readonly #tally = new UsageTally();
  #id = "";
  #begun = false;
  #open: Open | undefined;
  #calls = 0;
  #ownCalls = 0;
  #answers = 0;
  /** Length of the text so far: annotations count from the start of the answer. */
  #length = 0;
  #stop: { reason: string; sequence?: string | null } | undefined;
  #beside: Record<string, unknown> = {};
  #finished = false;

  constructor(context: TranslateContext<"chat">) {
    this.#context = context;
    this.#names = toolNames(context.asked);
    this.#format = answerFormat(context);
  }

  get usage(): Usage | undefined {
    return this.#tally.usage;
  }
  get complete(): boolean {
    return this.#stop !== undefined || this.#finished;
  }

  push(event: WireEvent, emit: Emit): void {
    if (event.data === "" || event.data === "[DONE]") return;
    const wire = parsed(event.data);
    if (!isObject(wire))
      throw new GatewayError("bad_reply", `The provider sent an event that is no JSON object: ${event.data.slice(0, 200)}`);
    const isNamed = typeof wire["type"] === "string";
    this.#read((isNamed ? wire : { ...wire, type: String(wire["type"] ?? event.name) }) as unknown as WireStreamEvent, emit);
  }

  end(emit: Emit): void {
    if (this.#open) this.#close(emit);
    if (this.#stop) this.#finish(emit);
  }

  #read(event: WireStreamEvent, emit: Emit): void {
    switch (event.type) {
      case "message_start":
        this.#id = event.message?.id || this.#id;
        this.#tally.add(event.message?.usage);
        return;
      case "content_block_start":
        if (this.#open) this.#close(emit);
        if (event.content_block) this.#start(event.content_block, emit);
        return;
      case "content_block_delta":
        if (event.delta) this.#grow(event.delta, emit);
        return;
      case "content_block_stop":
        this.#close(emit);
        return;
      case "message_delta":
        this.#note(event);
        return;
      case "message_stop":
        this.#stop ??= { reason: "end_turn" };
        this.end(emit);
        return;
      case "error":
        throw errorOf({ status: 200, headers: {}, body: event });
    }
  }

  #start(block: Block, emit: Emit): void {
    const called = block.type === "tool_use" || block.type === "server_tool_use";
    const answer = block.type === "tool_use" && this.#format?.by === "tool" && (block as ToolUse).name === ANSWER_TOOL;
    const call = called && !answer ? this.#calls++ : undefined;
    this.#open = { block, call, from: this.#length, citations: [], text: "" };
    if (answer) this.#answers += 1;
    else if (block.type === "tool_use") this.#ownCalls += 1;
    if (call !== undefined) this.#delta(this.#callDelta(block as ToolUse, call), emit);
    else if (block.type === "text") this.#say((block as TextBlock).text ?? "", emit);
    else if (block.type === "thinking") this.#think((block as ThinkingWire).thinking ?? "", emit);
    else if (block.type === "redacted_thinking")
      this.#delta({ thinking_blocks: [block as { type: "redacted_thinking"; data: string }] }, emit);
  }

  #callDelta(block: ToolUse, index: number): ChatDelta {
    const call = { index, id: block.id, type: "function" as const, function: { name: this.#names.toHub(block.name), arguments: "" } };
    return { tool_calls: [block.caller === undefined ? call : { ...call, provider_specific_fields: { caller: block.caller } }] };
  }

  #grow(delta: BlockDelta, emit: Emit): void {
    if (delta.type === "text_delta") this.#say(delta.text ?? "", emit);
    else if (delta.type === "input_json_delta") this.#argue(delta.partial_json ?? "", emit);
    else if (delta.type === "thinking_delta") this.#think(delta.thinking ?? "", emit);
    else if (delta.type === "signature_delta") this.#sign(delta.signature ?? "", emit);
    else if (delta.type === "citations_delta") this.#cite(delta.citation, emit);
    else if (delta.type === "compaction_delta" && this.#open) this.#open.text += delta.content ?? "";
  }

  #sign(signature: string, emit: Emit): void {
    this.#delta({ thinking_blocks: [{ type: "thinking", thinking: "", signature }] }, emit);
  }

  #cite(citation: Citation | undefined, emit: Emit): void {
    if (!citation) return;
    this.#open?.citations.push(citation);
    this.#delta({ provider_specific_fields: { citation } }, emit);
  }

  #say(text: string, emit: Emit): void {
    if (text === "") return;
    this.#length += text.length;
    this.#delta({ content: text }, emit);
  }

  #think(text: string, emit: Emit): void {
    if (text !== "") this.#delta({ reasoning_content: text, thinking_blocks: [{ type: "thinking", thinking: text }] }, emit);
  }

  /** A formatted answer is said as it comes, unless it is wrapped: then it can be read only as a whole. */
  #argue(json: string, emit: Emit): void {
    const open = this.#open;
    if (json === "" || !open) return;
    open.text += json;
    if (open.call !== undefined) this.#delta({ tool_calls: [{ index: open.call, function: { arguments: json } }] }, emit);
    else if (open.block.type === "tool_use" && !this.#wrapped) this.#say(json, emit);
  }

  get #wrapped(): boolean {
    return this.#format?.by === "tool" && this.#format.wrapped;
  }

  #close(emit: Emit): void {
    const open = this.#open;
    this.#open = undefined;
    if (!open) return;
    const { block, call } = open;
    const place = placeOf(block);
    if (block.type === "compaction") {
      this.#delta({ provider_specific_fields: { compaction_blocks: [open.text ? { ...block, content: open.text } : block] } }, emit);
    } else if (place) {
      this.#delta({ provider_specific_fields: { [place]: [block] } }, emit);
    } else if (call !== undefined || block.type === "tool_use") {
      this.#closeCall(open, emit);
    }
    const notes = open.citations.flatMap((citation) => annotationOf(citation, open.from, this.#length));
    if (notes.length > 0) this.#delta({ annotations: notes }, emit);
  }

  /** Without a single fragment the input stands in the block's start, or there is none. */
  #closeCall(open: Open, emit: Emit): void {
    const whole = open.text === "" ? JSON.stringify((open.block as ToolUse).input ?? {}) : undefined;
    if (open.call === undefined) {
      if (this.#wrapped) this.#say(answerTextOf(open.text || (whole ?? ""), true), emit);
      else if (whole !== undefined) this.#say(whole, emit);
    } else if (whole !== undefined) {
      this.#delta({ tool_calls: [{ index: open.call, function: { arguments: whole } }] }, emit);
    }
  }

  #note(event: WireStreamEvent): void {
    this.#tally.add(event.usage);
    const { stop_reason: reason, stop_sequence: sequence, container } = event.delta ?? {};
    this.#beside = { ...this.#beside, ...present({ context_management: event.context_management, container }) };
    if (reason) this.#stop = { reason, sequence };
  }

  #finish(emit: Emit): void {
    if (this.#finished || !this.#stop) return;
    this.#finished = true;
    const { reason, fields } = finishOf(this.#stop.reason, this.#stop.sequence, this.#answers > 0 && this.#ownCalls === 0);
    const delta: ChatDelta = Object.keys(this.#beside).length > 0 ? { provider_specific_fields: this.#beside } : {};
    const choice = { index: 0, delta: this.#withRole(delta), finish_reason: reason };
    emit(chunkOf(this.#frame(), [fields ? { ...choice, provider_specific_fields: fields } : choice]));
    const usage = this.#tally.hub;
    if (usage) emit(chunkOf(this.#frame(), [], usage));
  }

  #delta(delta: ChatDelta, emit: Emit): void {
    emit(chunkOf(this.#frame(), [{ index: 0, delta: this.#withRole(delta), finish_reason: null }]));
  }

  #withRole(delta: ChatDelta): ChatDelta {
    if (this.#begun) return delta;
    this.#begun = true;
    return { role: "assistant", ...delta };
  }

  #frame(): ChunkHead {
    this.#id ||= `chatcmpl-${this.#context.newId()}`;
    return { id: this.#id, object: "chat.completion.chunk", created: this.#context.now, model: this.#context.publicModel };
  }
}

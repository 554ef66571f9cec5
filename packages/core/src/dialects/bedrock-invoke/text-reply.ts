/** Replies of the families that answer with one text, whole and in pieces, as the hub's. */

import { GatewayError } from "../../errors.ts";
import type { ChatChunk, ChatDelta, ChatResponse } from "../../hub/chat.ts";
import { type ChunkHead, chunkOf } from "../../hub/chat-chunk.ts";
import { chatUsage } from "../../hub/chat-usage.ts";
import type { Headers, WireEvent, WireReply } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import { isObject, parsed } from "../anthropic-messages/json.ts";
import { finishOf } from "../anthropic-messages/response.ts";
import { awsError } from "../aws-error.ts";
import type { StreamDecoder, TranslateContext } from "../dialect.ts";
import { countsOf, metricsIn, numberIn, type TextFamily } from "./text-family.ts";
import { parted, ThoughtSplitter } from "./thoughts.ts";
import type { JsonObject } from "./wire.ts";

export function textResponse(family: TextFamily, reply: WireReply, context: TranslateContext<"chat">): ChatResponse {
  const body = bodyOf(reply);
  const told = family.read(body);
  if (told?.text === undefined) throw noAnswer(reply);
  const { reasoning, text } = family.thinksFirst ? parted(told.text) : { reasoning: told.reasoning ?? "", text: told.text };
  const { reason, fields } = finishOf(told.reason?.toLowerCase(), undefined, false);
  const usage = textUsage(family, reply);
  const message = { role: "assistant" as const, content: text, ...(reasoning && { reasoning_content: reasoning }) };
  return {
    id: `chatcmpl-${context.newId()}`,
    object: "chat.completion",
    created: context.now,
    model: context.publicModel,
    choices: [{ index: 0, message, finish_reason: reason, ...(fields && { provider_specific_fields: fields }) }],
    ...(usage && { usage: chatUsage(usage) }),
  };
}

export function textUsage(family: TextFamily, reply: WireReply): Usage | undefined {
  const told = isObject(reply.body) ? family.read(reply.body) : undefined;
  return countsOf({
    input: told?.input ?? headerCount(reply.headers, "input"),
    output: told?.output ?? headerCount(reply.headers, "output"),
  });
}

/** Every reply of InvokeModel counts its tokens in its headers. */
export function headerCount(headers: Headers, which: "input" | "output"): number | undefined {
  return numberIn(headers[`x-amzn-bedrock-${which}-token-count`]);
}

function bodyOf(reply: WireReply): JsonObject {
  if (isObject(reply.body)) return reply.body;
  throw noAnswer(reply);
}

export function noAnswer(reply: WireReply): GatewayError {
  if (reply.headers["x-amzn-errortype"] !== undefined) return awsError(reply);
  return new GatewayError(
    "bad_reply",
    "The provider answered 200, but its body is no answer of this family of models. Check api_base, and the model's name or base_model.",
  );
}

type Emit = (chunk: ChatChunk) => void;

/** `event.data` is the family's own JSON, already unwrapped. */
export class TextDecoder implements StreamDecoder<ChatChunk> {
  readonly #family: TextFamily;
  readonly #frame: ChunkHead;
  readonly #thoughts: ThoughtSplitter | undefined;
  #begun = false;
  #counted: Usage = {};
  #reason: string | undefined;
  complete = false;

  constructor(family: TextFamily, context: TranslateContext<"chat">) {
    this.#family = family;
    this.#thoughts = family.thinksFirst ? new ThoughtSplitter() : undefined;
    const id = `chatcmpl-${context.newId()}`;
    this.#frame = { id, object: "chat.completion.chunk", created: context.now, model: context.publicModel };
  }

  get usage(): Usage | undefined {
    return Object.keys(this.#counted).length > 0 ? this.#counted : undefined;
  }

  push(event: WireEvent, emit: Emit): void {
    const body = parsed(event.data);
    if (!isObject(body))
      throw new GatewayError("bad_reply", `The provider sent an event that is no JSON object: ${event.data.slice(0, 200)}`);
    const told = this.#family.read(body);
    if (told?.text) this.#say(told.text, emit);
    Object.assign(this.#counted, told && countsOf(told), metricsIn(body));
    if (told?.reason) {
      this.#reason = told.reason;
      this.complete = true;
    }
  }

  end(emit: Emit): void {
    const rest = this.#thoughts?.end();
    if (rest) this.#part(rest.reasoning, rest.text, emit);
    const { reason, fields } = finishOf(this.#reason?.toLowerCase(), undefined, false);
    const choice = { index: 0, delta: this.#withRole({}), finish_reason: reason };
    emit(chunkOf(this.#frame, [fields ? { ...choice, provider_specific_fields: fields } : choice]));
    if (this.usage) emit(chunkOf(this.#frame, [], chatUsage(this.usage)));
  }

  #say(text: string, emit: Emit): void {
    const split = this.#thoughts?.push(text);
    if (split) this.#part(split.reasoning, split.text, emit);
    else this.#delta({ content: text }, emit);
  }

  #part(reasoning: string, text: string, emit: Emit): void {
    if (reasoning !== "") this.#delta({ reasoning_content: reasoning }, emit);
    if (text !== "") this.#delta({ content: text }, emit);
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

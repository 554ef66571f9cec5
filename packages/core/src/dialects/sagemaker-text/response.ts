/** A container's generated text as a hub chat response. */

import { GatewayError } from "../../errors.ts";
import type { ChatResponse } from "../../hub/chat.ts";
import { chatUsage, usageOfChat } from "../../hub/chat-usage.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import { isObject, objectIn, objectsIn, textIn } from "../anthropic-messages/json.ts";
import { finishOf } from "../anthropic-messages/response.ts";
import type { TranslateContext } from "../dialect.ts";
import { promptFor } from "./request.ts";

type JsonObject = Record<string, unknown>;

export function sagemakerTextResponse(reply: WireReply, context: TranslateContext<"chat">): ChatResponse {
  const answers = answersIn(reply.body);
  if (answers.length === 0) throw noText();
  const prompt = promptFor(context);
  const usage = sagemakerTextUsage(reply);
  return {
    id: `chatcmpl-${context.newId()}`,
    object: "chat.completion",
    created: context.now,
    model: context.publicModel,
    choices: answers.map((answer, index) => {
      const text = answer.text.startsWith(prompt) ? answer.text.slice(prompt.length) : answer.text;
      const { reason, fields } = finishOf(answer.reason, undefined, false);
      const message = { role: "assistant" as const, content: text };
      return { index, message, finish_reason: reason, ...(fields && { provider_specific_fields: fields }) };
    }),
    ...(usage && { usage: chatUsage(usage) }),
  };
}

interface Answer {
  readonly text: string;
  readonly reason?: string;
}

/** One object, a list of them, or `choices` as newer containers have it. */
function answersIn(body: unknown): Answer[] {
  const found = Array.isArray(body) ? objectsIn(body.flat()) : isObject(body) ? [body] : [];
  const choices = objectsIn(found[0]?.["choices"]);
  return (choices.length > 0 ? choices : found).flatMap((each) => {
    const text = textIn(each["generated_text"] ?? each["text"] ?? objectIn(each["message"])["content"]);
    const reason = textIn(each["finish_reason"]) ?? textIn(objectIn(each["details"])["finish_reason"]);
    return text === undefined ? [] : [{ text, ...(reason && { reason }) }];
  });
}

/** Counted only by containers that were asked for details. */
export function sagemakerTextUsage({ body }: WireReply): Usage | undefined {
  const first = Array.isArray(body) ? objectIn(body.flat()[0]) : objectIn(body);
  if (isObject(first["usage"])) return usageOfChat(first["usage"]);
  return countsIn(objectIn(first["details"]));
}

export function countsIn(details: JsonObject): Usage | undefined {
  const output = details["generated_tokens"];
  if (typeof output !== "number") return undefined;
  const input =
    details["input_length"] ?? (Array.isArray(details["prefill"]) && details["prefill"].length > 0 ? details["prefill"].length : undefined);
  return { outputTokens: output, ...(typeof input === "number" && { inputTokens: input }) };
}

function noText(): GatewayError {
  return new GatewayError(
    "bad_reply",
    "The endpoint answered 200, but its body holds no generated_text. If its container speaks OpenAI's chat completions, name the provider sagemaker_chat.",
  );
}

/** A Converse reply as a hub chat response. */

import { GatewayError } from "../../errors.ts";
import type { ChatChoice, ChatResponse, ReplyMessage, ToolCall } from "../../hub/chat.ts";
import type { Annotation, ThinkingBlock } from "../../hub/extensions.ts";
import type { WireReply } from "../../transport/transport.ts";
import { ANSWER_TOOL, answerFormat, answerText } from "../anthropic-messages/answer-format.ts";
import { isObject, objectIn, present, textIn } from "../anthropic-messages/json.ts";
import { finishOf } from "../anthropic-messages/response.ts";
import type { ToolNames } from "../anthropic-messages/tool-names.ts";
import { awsError } from "../aws-error.ts";
import type { TranslateContext } from "../dialect.ts";
import { namesFor } from "./request.ts";
import { hubUsage } from "./usage.ts";
import type { Block, ConverseResponse, JsonObject } from "./wire.ts";

export function converseResponse(reply: WireReply, context: TranslateContext<"chat">): ChatResponse {
  const wire = converseBody(reply);
  const usage = hubUsage(wire.usage);
  return {
    id: `chatcmpl-${context.newId()}`,
    object: "chat.completion",
    created: context.now,
    model: context.publicModel,
    choices: [choiceOf(wire, context)],
    ...(usage && { usage }),
    ...(wire.serviceTier?.type && { service_tier: wire.serviceTier.type }),
    ...(wire.trace !== undefined && { trace: wire.trace }),
  };
}

/** Throws for a 200 without a message: an error in disguise, or no answer at all. */
export function converseBody(reply: WireReply): ConverseResponse {
  const { body } = reply;
  const output = objectIn(objectIn(body)["output"]);
  if (isObject(body) && Array.isArray(objectIn(output["message"])["content"])) return body as ConverseResponse;
  if (isObject(body) && (textIn(body["__type"]) || reply.headers["x-amzn-errortype"])) throw awsError(reply);
  throw new GatewayError("bad_reply", "The provider answered 200, but its body holds no output.message. Check api_base.", {
    upstreamStatus: reply.status,
  });
}

function choiceOf(wire: ConverseResponse, context: TranslateContext<"chat">): ChatChoice {
  const format = answerFormat(context);
  const blocks = wire.output?.message?.content ?? [];
  const isAnswer = (block: Block) => format?.by === "tool" && block.toolUse?.name === ANSWER_TOOL;
  const answers = blocks.filter(isAnswer);
  const rest = blocks.filter((block) => !isAnswer(block));
  const calls = callsOf(rest, namesFor(context.asked));
  const wrapped = format?.by === "tool" && format.wrapped;
  const text =
    answers.length > 0 ? answers.map((block) => answerText(block.toolUse?.input, wrapped)).join("") : rest.map(textOfBlock).join("");
  const fields = fieldsOf(rest);
  const notes = annotationsOf(rest);
  const message: ReplyMessage = {
    role: "assistant",
    content: text === "" && calls.length > 0 ? null : text,
    ...(calls.length > 0 && { tool_calls: calls }),
    ...thinkingOf(rest),
    ...(notes.length > 0 && { annotations: notes }),
    ...(Object.keys(fields).length > 0 && { provider_specific_fields: fields }),
  };
  const finish = finishOf(wire.stopReason, undefined, answers.length > 0 && calls.length === 0);
  return { index: 0, message, finish_reason: finish.reason, ...(finish.fields && { provider_specific_fields: finish.fields }) };
}

function callsOf(blocks: readonly Block[], names: ToolNames): ToolCall[] {
  return blocks.flatMap(({ toolUse }) =>
    toolUse
      ? [
          {
            id: toolUse.toolUseId,
            type: "function" as const,
            function: { name: names.toHub(toolUse.name), arguments: JSON.stringify(toolUse.input ?? {}) },
          },
        ]
      : [],
  );
}

function textOfBlock(block: Block): string {
  if (block.text !== undefined) return block.text;
  return (block.citationsContent?.content ?? []).map(({ text }) => text ?? "").join("");
}

/** The hub's form of one block of reasoning. */
export function thinkingBlockOf(reasoning: NonNullable<Block["reasoningContent"]>): ThinkingBlock | undefined {
  const { reasoningText, redactedContent } = reasoning;
  if (redactedContent !== undefined) return { type: "redacted_thinking", data: redactedContent };
  return reasoningText && present({ type: "thinking" as const, thinking: reasoningText.text ?? "", signature: reasoningText.signature });
}

function thinkingOf(blocks: readonly Block[]): Pick<ReplyMessage, "reasoning_content" | "thinking_blocks"> {
  const thoughts = blocks.flatMap(({ reasoningContent }) => (reasoningContent && thinkingBlockOf(reasoningContent)) ?? []);
  if (thoughts.length === 0) return {};
  const told = thoughts.flatMap((each) => (each.type === "thinking" ? [each.thinking] : []));
  return { ...(told.length > 0 && { reasoning_content: told.join("") }), thinking_blocks: thoughts };
}

function fieldsOf(blocks: readonly Block[]): Record<string, unknown> {
  const reasoning = blocks.flatMap(({ reasoningContent }) => reasoningContent ?? []);
  const citations = blocks.flatMap(({ citationsContent }) => citationsContent ?? []);
  return {
    ...(reasoning.length > 0 && { reasoningContentBlocks: reasoning }),
    ...(citations.length > 0 && { citationsContent: citations }),
  };
}

/** Web pages only: a citation of the client's own documents has no address. */
export function annotationOf(citation: JsonObject, start: number, end: number): Annotation[] {
  const url = textIn(objectIn(objectIn(citation["location"])["web"])["url"]);
  if (!url) return [];
  const title = textIn(citation["title"]);
  return [{ type: "url_citation", url_citation: { url, ...(title && { title }), start_index: start, end_index: end } }];
}

function annotationsOf(blocks: readonly Block[]): Annotation[] {
  const notes: Annotation[] = [];
  let start = 0;
  for (const block of blocks) {
    const end = start + textOfBlock(block).length;
    for (const citation of block.citationsContent?.citations ?? []) notes.push(...annotationOf(citation, start, end));
    start = end;
  }
  return notes;
}

/** A Messages reply as a hub chat response. */

import { GatewayError } from "../../errors.ts";
import type { ChatChoice, ChatResponse, FinishReason, ReplyMessage, ToolCall } from "../../hub/chat.ts";
import type { Annotation, ThinkingBlock } from "../../hub/extensions.ts";
import { finishReasonOf } from "../../hub/finish-reason.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { TranslateContext } from "../dialect.ts";
import { ANSWER_TOOL, answerFormat, answerText } from "./answer-format.ts";
import { errorOf } from "./error.ts";
import { isObject, present } from "./json.ts";
import { type ToolNames, toolNames } from "./tool-names.ts";
import { hubUsage } from "./usage.ts";
import type { Block, Citation, MessagesResponse, TextBlock, ThinkingWire, ToolUse } from "./wire.ts";

export function hubResponse(reply: WireReply, context: TranslateContext<"chat">): ChatResponse {
  const body = reply.body;
  if (!isObject(body) || !Array.isArray(body["content"])) throw notAnAnswer(reply);
  const wire = body as unknown as MessagesResponse;
  const usage = hubUsage(wire.usage);
  return {
    id: wire.id || `chatcmpl-${context.newId()}`,
    object: "chat.completion",
    created: context.now,
    model: context.publicModel,
    choices: [choiceOf(wire, context)],
    ...(usage && { usage }),
  };
}

/** A 200 without content: an error in disguise, or no answer at all. */
export function notAnAnswer(reply: WireReply): GatewayError {
  if (isObject(reply.body) && isObject(reply.body["error"])) return errorOf(reply);
  return new GatewayError(
    "bad_reply",
    "The provider answered 200, but its body is no message (it has no list of content). Check api_base.",
    {
      upstreamStatus: reply.status,
    },
  );
}

function choiceOf(wire: MessagesResponse, context: TranslateContext<"chat">): ChatChoice {
  const format = answerFormat(context);
  const isAnswer = (block: Block): block is ToolUse =>
    format?.by === "tool" && block.type === "tool_use" && (block as ToolUse).name === ANSWER_TOOL;
  const answers = wire.content.filter(isAnswer);
  const rest = wire.content.filter((block) => !isAnswer(block));
  const calls = callsOf(rest, toolNames(context.asked));
  const text = textOf(rest);
  const answer = answers.map((block) => answerText(block.input, format?.by === "tool" && format.wrapped)).join("");
  const content = answers.length > 0 ? answer : text;
  const message: ReplyMessage = {
    role: "assistant",
    content: content === "" && calls.length > 0 ? null : content,
    ...(calls.length > 0 && { tool_calls: calls }),
    ...thinkingOf(rest),
    ...foundOf(rest, wire),
  };
  const ownCalls = rest.some((block) => block.type === "tool_use");
  const { reason, fields } = finishOf(wire.stop_reason, wire.stop_sequence, answers.length > 0 && !ownCalls);
  return { index: 0, message, finish_reason: reason, ...(fields && { provider_specific_fields: fields }) };
}

/** `answered`: the only call was the one that carries the formatted answer. */
export function finishOf(
  native: string | null | undefined,
  sequence: string | null | undefined,
  answered: boolean,
): { reason: FinishReason; fields: Record<string, unknown> | undefined } {
  const reason = answered && native === "tool_use" ? "stop" : finishReasonOf(native ?? "end_turn");
  const fields = present({ native_finish_reason: native === reason ? undefined : native, stop_sequence: sequence });
  return { reason, fields: Object.keys(fields).length > 0 ? fields : undefined };
}

/** Hosted tools' calls are told, too: the next turn must send them back. */
function callsOf(blocks: readonly Block[], names: ToolNames): ToolCall[] {
  const calls = blocks.filter((block): block is ToolUse => block.type === "tool_use" || block.type === "server_tool_use");
  return calls.map((call) => ({
    id: call.id,
    type: "function",
    function: { name: names.toHub(call.name), arguments: JSON.stringify(call.input ?? {}) },
    ...(call.caller !== undefined && { provider_specific_fields: { caller: call.caller } }),
  }));
}

function textOf(blocks: readonly Block[]): string {
  return texts(blocks)
    .map((block) => block.text)
    .join("");
}

function texts(blocks: readonly Block[]): TextBlock[] {
  return blocks.filter((block): block is TextBlock => block.type === "text");
}

function thinkingOf(blocks: readonly Block[]): Pick<ReplyMessage, "reasoning_content" | "thinking_blocks"> {
  const thoughts = blocks.filter((block) => block.type === "thinking" || block.type === "redacted_thinking") as ThinkingBlock[];
  if (thoughts.length === 0) return {};
  const told = blocks.filter((block): block is ThinkingWire => block.type === "thinking").map((block) => block.thinking);
  return { ...(told.length > 0 && { reasoning_content: told.join("") }), thinking_blocks: thoughts };
}

/** Which list of `provider_specific_fields` keeps a block that OpenAI's shape has no place for. */
export function placeOf(block: Block): "web_search_results" | "tool_results" | "compaction_blocks" | undefined {
  if (block.type === "tool_search_tool_result") return undefined;
  if (block.type === "web_search_tool_result" || block.type === "web_fetch_tool_result") return "web_search_results";
  if (block.type.endsWith("_tool_result") || block.type === "mcp_tool_use") return "tool_results";
  return block.type === "compaction" ? "compaction_blocks" : undefined;
}

/** Sources and everything else beside the answer. */
function foundOf(blocks: readonly Block[], wire: MessagesResponse): Pick<ReplyMessage, "annotations" | "provider_specific_fields"> {
  const fields: Record<string, unknown[]> = {};
  for (const block of blocks) {
    const place = placeOf(block);
    if (place) fields[place] = [...(fields[place] ?? []), block];
  }
  const cited = texts(blocks).filter((block) => (block.citations?.length ?? 0) > 0);
  if (cited.length > 0) {
    fields["citations"] = cited.map((block) => (block.citations ?? []).map((each) => ({ ...each, supported_text: block.text })));
  }
  const all = present({ ...fields, context_management: wire.context_management, container: wire.container });
  const notes = annotationsOf(texts(blocks));
  return {
    ...(notes.length > 0 && { annotations: notes }),
    ...(Object.keys(all).length > 0 && { provider_specific_fields: all }),
  };
}

function annotationsOf(blocks: readonly TextBlock[]): Annotation[] {
  const notes: Annotation[] = [];
  let start = 0;
  for (const block of blocks) {
    const end = start + block.text.length;
    for (const citation of block.citations ?? []) notes.push(...annotationOf(citation, start, end));
    start = end;
  }
  return notes;
}

/** None for a citation of the client's own documents, which have no address. */
export function annotationOf(citation: Citation, start: number, end: number): Annotation[] {
  if (!citation.url) return [];
  return [
    {
      type: "url_citation",
      url_citation: { url: citation.url, ...(citation.title && { title: citation.title }), start_index: start, end_index: end },
    },
  ];
}

/** The parts of an answer, sorted into what a hub message or delta holds; the same for whole replies and for streams. */

import type { ChatDelta, ToolCall } from "../../hub/chat.ts";
import type { ReplyImage, ThinkingBlock } from "../../hub/extensions.ts";
import { signedId } from "./call-id.ts";
import type { Fields } from "./json.ts";
import type { WireBlob, WirePart } from "./wire.ts";

/** A call that is whole at once: as good for a message as for a delta. */
type ReadCall = ToolCall & Omit<NonNullable<ChatDelta["tool_calls"]>[number], "index">;

export interface ReadParts {
  readonly text: string;
  readonly reasoning: string;
  /** Only where a thought came with its proof. */
  readonly thinkingBlocks: ThinkingBlock[];
  readonly calls: ReadCall[];
  readonly images: ReplyImage[];
  /** Sound as it came, in pieces. */
  readonly sounds: WireBlob[];
  /** For provider_specific_fields; empty when there is nothing to say. */
  readonly fields: Fields;
}

export function readParts(parts: readonly WirePart[] | undefined, newId: () => string): ReadParts {
  const read = { text: "", reasoning: "", calls: [] as ReadCall[], images: [] as ReplyImage[], sounds: [] as WireBlob[] };
  const signatures: string[] = [];
  const others: Record<string, unknown[]> = {};
  const thoughts: { text: string; signature?: string }[] = [];
  for (const part of parts ?? []) {
    const { text, thought, thoughtSignature: signature, functionCall, inlineData } = part;
    if (thought) {
      // An image among the thoughts is a draft; the answer brings the final one.
      if (text !== undefined || signature) thoughts.push({ text: text ?? "", signature });
    } else if (functionCall) read.calls.push(callOf(part, newId));
    else if (inlineData) addBlob(inlineData, read);
    else if (part.executableCode ?? part.codeExecutionResult) others["code_execution"] = [...(others["code_execution"] ?? []), part];
    else if (part.toolCall ?? part.toolResponse)
      others["server_side_tool_invocations"] = [...(others["server_side_tool_invocations"] ?? []), part];
    else read.text += text ?? "";
    if (!thought && !functionCall && signature) signatures.push(signature);
  }
  read.reasoning = thoughts.map((each) => each.text).join("");
  return {
    ...read,
    thinkingBlocks: blocksOf(thoughts),
    fields: { ...(signatures.length > 0 && { thought_signatures: signatures }), ...others },
  };
}

/** Texts up to a signature belong to one block. */
function blocksOf(thoughts: readonly { text: string; signature?: string }[]): ThinkingBlock[] {
  const blocks: ThinkingBlock[] = [];
  let thinking = "";
  for (const { text, signature } of thoughts) {
    thinking += text;
    if (!signature) continue;
    blocks.push({ type: "thinking", thinking, signature });
    thinking = "";
  }
  if (blocks.length > 0 && thinking) blocks.push({ type: "thinking", thinking });
  return blocks;
}

function callOf({ functionCall, thoughtSignature: signature }: WirePart, newId: () => string): ReadCall {
  return {
    id: signedId(functionCall?.id || `call_${newId()}`, signature),
    type: "function",
    function: { name: functionCall?.name ?? "", arguments: JSON.stringify(functionCall?.args ?? {}) },
    ...(signature && { provider_specific_fields: { thought_signature: signature } }),
  };
}

function addBlob(blob: WireBlob, read: { images: ReplyImage[]; sounds: WireBlob[] }): void {
  const type = blob.mimeType ?? "image/png";
  if (type.startsWith("audio/")) read.sounds.push(blob);
  else read.images.push({ type: "image_url", image_url: { url: `data:${type};base64,${blob.data}` }, index: read.images.length });
}

/** Pieces of sound as one; joining their base64 would break where a piece ends in padding. */
export function joinedSound(sounds: readonly WireBlob[]): string {
  const [only, ...more] = sounds;
  if (only && more.length === 0) return only.data;
  return Buffer.concat(sounds.map(({ data }) => Buffer.from(data, "base64"))).toString("base64");
}

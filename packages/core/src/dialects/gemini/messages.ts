/** A conversation in the hub's form → contents and the system instruction. */

import type { ChatMessage } from "../../hub/chat.ts";
import type { ModelFacts } from "../../hub/model-facts.ts";
import type { TranslateContext } from "../dialect.ts";
import { fieldsOf, listOf, textOf } from "./json.ts";
import { mediaPart } from "./media.ts";
import { contentParts } from "./parts.ts";
import { type CallNames, callParts, resultParts } from "./tool-turns.ts";
import type { WireContent, WirePart } from "./wire.ts";

export interface Turns {
  readonly system: WirePart[];
  readonly contents: WireContent[];
}

type Voice = "system" | "user" | "model" | "tool";

const voices: Readonly<Record<ChatMessage["role"], Voice>> = {
  system: "system",
  developer: "system",
  user: "user",
  assistant: "model",
  tool: "tool",
  function: "tool",
};

/** Neighbours of one voice share a turn; results of tools keep a turn of their own, which Google counts against the calls before it. */
export function turnsOf(context: TranslateContext<"chat">): Turns {
  const system: WirePart[] = [];
  const turns: { voice: Voice; parts: WirePart[] }[] = [];
  const names: CallNames = new Map();
  const apart = takesSystem(context.model, context.facts);
  for (const message of context.asked.messages) {
    const own = voices[message.role] ?? "user";
    if (own === "system" && apart) {
      system.push(...contentParts(message.content, context));
      continue;
    }
    const voice = own === "system" ? "user" : own;
    const parts = partsOf(message, voice, names, context);
    const last = turns.at(-1);
    if (last?.voice === voice) last.parts.push(...parts);
    else if (parts.length > 0) turns.push({ voice, parts });
  }
  // Google refuses a request without any turn.
  if (turns.length === 0) turns.push({ voice: "user", parts: [{ text: " " }] });
  return { system, contents: turns.map(({ voice, parts }) => ({ role: voice === "model" ? "model" : "user", parts })) };
}

/** Models that nobody described are taken to know system instructions; the first Gemmas and models that speak do not. */
function takesSystem(model: string, facts: ModelFacts): boolean {
  if (typeof facts["supports_system_messages"] === "boolean") return facts["supports_system_messages"];
  return !/gemma-[123]\b/.test(model) && facts.mode !== "audio_speech";
}

function partsOf(message: ChatMessage, voice: Voice, names: CallNames, context: TranslateContext<"chat">): WirePart[] {
  if (voice === "tool") return resultParts(message, names, context);
  if (voice === "user") return contentParts(message.content, context);
  return [
    ...thoughtParts(message),
    ...signed(contentParts(message.content, context), message),
    ...imageParts(message, context),
    ...callParts(message, names, context.model),
  ];
}

/** Thoughts without their proof are of no use to Google. */
function thoughtParts({ thinking_blocks: blocks }: ChatMessage): WirePart[] {
  return (blocks ?? []).flatMap((block): WirePart[] =>
    block.type === "thinking" && block.signature ? [{ text: block.thinking, thought: true, thoughtSignature: block.signature }] : [],
  );
}

/** A signature that came with text goes back with the last text. */
function signed(parts: WirePart[], message: ChatMessage): WirePart[] {
  const told = fieldsOf(message["provider_specific_fields"])["thought_signatures"];
  const signature = Array.isArray(told) ? textOf(told.at(-1)) : undefined;
  const last = parts.at(-1);
  return signature && last ? [...parts.slice(0, -1), { ...last, thoughtSignature: signature }] : parts;
}

/** Images that the model made and that the client wants changed. */
function imageParts(message: ChatMessage, { fetched }: TranslateContext<"chat">): WirePart[] {
  return listOf(message["images"]).flatMap((image) => {
    const url = textOf(fieldsOf(fieldsOf(image)["image_url"])["url"]);
    return url?.startsWith("data:") ? [mediaPart({ source: url }, fetched)] : [];
  });
}

/** Chunks of a chat stream, as decoders make them. */

import type { ChatChunk, ChatUsage } from "./chat.ts";

/** What all chunks of an answer have in common. */
export type ChunkHead = Pick<ChatChunk, "id" | "object" | "created" | "model">;

/** Member by member: in Node 20 each object that is written as `{ ...head, more }` is of a kind of its own to V8, and all that read it are slow. */
export function chunkOf({ id, object, created, model }: ChunkHead, choices: ChatChunk["choices"], usage?: ChatUsage): ChatChunk {
  return usage ? { id, object, created, model, choices, usage } : { id, object, created, model, choices };
}

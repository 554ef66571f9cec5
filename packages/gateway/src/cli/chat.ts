/** `tollgate chat MODEL "…"`: one question to a running gateway, the answer as it comes. */

import { askGateway } from "./ask-gateway.ts";
import type { Ending, Outside } from "./outside.ts";

export async function chat(model: string, question: string, outside: Outside): Promise<Ending> {
  const messages = [{ role: "user", content: question }];
  const asked = await askGateway("/v1/chat/completions", { model, messages, stream: true }, outside);
  if ("failure" in asked) {
    outside.complain(asked.failure);
    return 1;
  }
  const failure = await pour(asked.reply, outside);
  outside.write("\n");
  if (failure !== undefined) outside.complain(failure);
  return failure === undefined ? 0 : 1;
}

interface Chunk {
  readonly choices?: readonly { readonly delta?: { readonly content?: string | null } }[];
  readonly error?: { readonly message?: string };
}

/** Answers with the message of an error that came within the stream. */
async function pour(reply: Response, { write }: Outside): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of reply.body ?? []) {
    const lines = (rest + decoder.decode(bytes as Uint8Array, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (!line.startsWith("data:") || line.slice(5).trim() === "[DONE]") continue;
      const chunk = JSON.parse(line.slice("data:".length)) as Chunk;
      if (chunk.error) return chunk.error.message ?? "The answer broke off.";
      write(chunk.choices?.[0]?.delta?.content ?? "");
    }
  }
  return undefined;
}

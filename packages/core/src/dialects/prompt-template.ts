/** A conversation as one prompt, in the words that the deployment's settings say: `roles`, `initial_prompt_value`, `final_prompt_value`. */

import type { ChatMessage } from "../hub/chat.ts";
import type { Settings } from "./dialect.ts";
import { promptOf, textOf } from "./openai-completions/prompt.ts";

interface Around {
  readonly pre_message?: unknown;
  readonly post_message?: unknown;
}

/** Without a template the turns are labelled in plain words. */
export function templatedPrompt(messages: readonly ChatMessage[], settings: Settings): string {
  const { roles, initial_prompt_value: first, final_prompt_value: last } = settings;
  if (roles === null || typeof roles !== "object") return promptOf(messages);
  const around = roles as Readonly<Record<string, Around | undefined>>;
  const turns = messages.map((message) => {
    const { pre_message: before, post_message: after } = around[message.role] ?? {};
    return text(before) + textOf(message) + text(after);
  });
  return text(first) + turns.join("") + text(last);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

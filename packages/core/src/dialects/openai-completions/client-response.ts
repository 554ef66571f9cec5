/** A chat response as a text completion. */

import type { ChatResponse } from "../../hub/chat.ts";
import { textLogprobs } from "./logprobs.ts";
import type { TextCompletion } from "./wire.ts";

/** `echo` stands before the text of each choice. */
export function textOfChat(hub: ChatResponse, echo: string): TextCompletion {
  const { id, created, model, choices, usage, system_fingerprint } = hub;
  return {
    id,
    object: "text_completion",
    created,
    model,
    choices: choices.map(({ index, message, finish_reason, logprobs, provider_specific_fields }) => ({
      index,
      text: echo + (message.content ?? ""),
      logprobs: textLogprobs(logprobs, echo.length),
      finish_reason,
      ...(provider_specific_fields && { provider_specific_fields }),
    })),
    ...(usage && { usage }),
    ...(system_fingerprint && { system_fingerprint }),
  };
}

/** A chat request as the prompt of /api/generate. */

import type { TranslateContext } from "../dialect.ts";
import { imagesOf } from "../ollama-chat/images.ts";
import { parametersOf } from "../ollama-chat/options.ts";
import { promptOf } from "../openai-completions/prompt.ts";

const ownMembers: ReadonlySet<string> = new Set(["suffix", "system", "template", "raw", "context", "images"]);

export function generateRequest({ asked, model, fetched }: TranslateContext<"chat">): Record<string, unknown> {
  const images = asked.messages.flatMap((message) => imagesOf(message, fetched));
  return {
    model,
    prompt: promptOf(asked.messages, ["image_url"]),
    ...(images.length > 0 && { images }),
    ...parametersOf(asked, model, ownMembers),
    // Ollama streams unless told not to.
    stream: asked.stream === true,
  };
}

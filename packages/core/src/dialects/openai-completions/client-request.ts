/** A client's text completion as a chat request. */

import { GatewayError } from "../../errors.ts";
import type { ChatRequest } from "../../hub/chat.ts";
import type { Inbound } from "../dialect.ts";
import { missing, modelOf } from "../openai-chat/client-side.ts";
import type { TextRequest } from "./wire.ts";

/** `best_of` is dropped: it asks a text model to choose among hidden answers. `echo` is ours to do, see the response. */
export function chatRequestOf(at: Inbound): ChatRequest {
  const { prompt, suffix, logprobs, echo: _, best_of: __, ...rest } = at.body.json as TextRequest;
  return {
    ...rest,
    model: modelOf(at),
    messages: [{ role: "user", content: onePrompt(prompt) }],
    ...(suffix && { suffix }),
    ...(typeof logprobs === "number" && { logprobs: true, ...(logprobs > 0 && { top_logprobs: logprobs }) }),
    ...(logprobs === true && { logprobs }),
  };
}

/** The prompt, when the client wants it back before the answer; else nothing. */
export function echoOf(at: Inbound): string {
  return at.body.get("echo") === true ? onePrompt(at.body.get("prompt") as TextRequest["prompt"]) : "";
}

function onePrompt(prompt: TextRequest["prompt"]): string {
  if (prompt === undefined || prompt === null) throw missing("prompt");
  if (typeof prompt === "string") return prompt;
  const [only] = prompt;
  if (typeof only === "number" || Array.isArray(only)) {
    throw wrongPrompt("A prompt of token numbers needs a text completion model, but this model speaks chat. Send the prompt as text.");
  }
  if (prompt.length !== 1 || typeof only !== "string") {
    throw wrongPrompt(
      `A list of ${prompt.length} prompts needs a text completion model, but this model speaks chat. Send one prompt in each request.`,
    );
  }
  return only;
}

function wrongPrompt(message: string): GatewayError {
  return new GatewayError("bad_request", message, { param: "prompt" });
}

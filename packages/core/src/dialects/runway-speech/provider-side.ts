/** Has Runway speak: a task is made, and its sound lies at an address. Source: docs.dev.runwayml.com/api (text_to_speech). */

import { Buffer } from "node:buffer";
import type { SpeakResponse } from "../../hub/audio.ts";
import type { WireReply } from "../../transport/transport.ts";
import { isObject } from "../anthropic-messages/json.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { openaiError } from "../openai-chat/error.ts";
import { ownMembers } from "../own-members.ts";
import { taskFailure } from "../runway-image/task.ts";
import { charactersOf, soundOf, speakMembers, voiceOf } from "../spoken-sound.ts";
import { translatedOnly } from "../translated-only.ts";

/** OpenAI's voices and the presets that are nearest to them. */
const voices: Readonly<Record<string, string>> = {
  alloy: "Maya",
  echo: "James",
  fable: "Bernard",
  nova: "Serene",
  onyx: "Vincent",
  shimmer: "Ella",
};

export const runwaySpeech: ProviderSide<"speak"> = {
  ...translatedOnly,
  operation: "speak",
  dialect: "runway-speech",
  returns: "bytes",
  path: () => "/text_to_speech",
  request: ({ asked, model }: TranslateContext<"speak">) => ({
    model,
    promptText: asked.input,
    voice: isObject(asked.voice) ? asked.voice : { type: "runway-preset", presetId: voiceOf(asked, voices, "alloy") },
    ...ownMembers(asked, speakMembers),
  }),
  response,
  usage: (_, asked) => charactersOf(asked),
  error: (reply) => taskFailure(reply.body) ?? openaiError(reply),
};

function response(reply: WireReply): SpeakResponse {
  const failure = Buffer.isBuffer(reply.body) ? undefined : taskFailure(reply.body);
  if (failure) throw failure;
  return soundOf(reply);
}

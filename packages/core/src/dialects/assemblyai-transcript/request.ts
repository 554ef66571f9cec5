/** The task that follows an upload: what is to be made of it. Source: assemblyai.com/docs/api-reference/transcripts/submit. */

import type { TranscribeRequest } from "../../hub/audio.ts";
import { present } from "../anthropic-messages/json.ts";
import { ownMembers, withNumbers } from "../own-members.ts";
import { transcribeMembers } from "../timed-words.ts";

/** Names of tiers, which are older than the models that serve them now. */
const tiers: Readonly<Record<string, readonly string[]>> = {
  best: ["universal-3-pro", "universal-2"],
  nano: ["universal-2"],
  universal: ["universal-2"],
};

const numbers = new Set(["speakers_expected", "audio_start_from", "audio_end_at", "speech_threshold"]);

export function transcriptTask(asked: TranscribeRequest, model: string, audioUrl: unknown): Record<string, unknown> {
  return {
    audio_url: audioUrl,
    speech_models: tiers[model] ?? [model],
    ...(asked.language ? { language_code: asked.language } : { language_detection: true }),
    ...present({ prompt: asked.prompt }),
    ...switches(withNumbers(ownMembers(asked, transcribeMembers), numbers)),
  };
}

/** Forms know texts only. */
function switches(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => [name, value === "true" ? true : value === "false" ? false : value]),
  );
}

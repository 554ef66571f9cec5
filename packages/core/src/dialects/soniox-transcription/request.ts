/** The task that follows an upload: what is to be made of it. Source: soniox.com/docs/stt/api-reference/transcriptions/create_transcription. */

import type { TranscribeRequest } from "../../hub/audio.ts";
import { ownMembers } from "../own-members.ts";
import { transcribeMembers } from "../timed-words.ts";

export function transcriptionTask(asked: TranscribeRequest, model: string, fileId: unknown): Record<string, unknown> {
  return {
    model,
    file_id: fileId,
    ...(asked.language ? { language_hints: [asked.language] } : { enable_language_identification: true }),
    ...(asked.prompt && { context: asked.prompt }),
    ...Object.fromEntries(Object.entries(ownMembers(asked, transcribeMembers)).map(([name, value]) => [name, unwritten(name, value)])),
  };
}

/** Forms know texts only: switches become switches, hints a list, a context that is JSON what it says. */
function unwritten(name: string, value: unknown): unknown {
  if (typeof value !== "string") return value;
  if (value === "true" || value === "false") return value === "true";
  if (name === "language_hints" && !value.startsWith("[")) return value.split(",").map((each) => each.trim());
  return /^[[{]/.test(value) ? parsed(value) : value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A client calls us in OpenAI's transcriptions and translations. */

import type { TranscribeRequest, TranscribeResponse } from "../../hub/audio.ts";
import type { FilePart } from "../../hub/file-part.ts";
import type { ClientSide, FormField, Inbound, Outbound } from "../dialect.ts";
import { modelOf, streamOf, wrong } from "../openai-chat/client-side.ts";
import { openaiErrorReply } from "../openai-chat/error-body.ts";
import { streamError } from "../openai-chat/stream.ts";
import { missingFile } from "./missing-file.ts";
import { subtitles } from "./subtitles.ts";

const formFields: Readonly<Record<string, FormField>> = {
  temperature: "number",
  stream: "boolean",
  timestamp_granularities: "list",
  include: "list",
  known_speaker_names: "list",
  known_speaker_references: "list",
};

const common = {
  dialect: "openai-transcriptions",
  framing: "sse",
  takes: "form",
  formFields,
  request: transcribeOf,
  response: answerOf,
  error: openaiErrorReply,
  streamError,
} as const;

export const openaiTranscriptionsClient: ClientSide<"transcribe"> = {
  ...common,
  operation: "transcribe",
  ask: (at) => ({ model: asked(at), stream: streamOf(at), wantsUsage: true }),
};

export const openaiTranslationsClient: ClientSide<"translate"> = {
  ...common,
  operation: "translate",
  ask: (at) => ({ model: asked(at), stream: false, wantsUsage: true }),
};

function asked(at: Inbound): string {
  const model = modelOf(at);
  const files = at.files ?? new Map<string, readonly FilePart[]>();
  const given = files.get("file") ?? [];
  if (given.length === 0) throw missingFile("file", at.body.has("file"), files);
  if (given.length > 1) throw wrong("file", "one file; ask once for each");
  return model;
}

function transcribeOf(at: Inbound): TranscribeRequest {
  const files: Record<string, FilePart> = {};
  for (const [name, parts] of at.files ?? []) if (parts[0]) files[name] = parts[0];
  return { ...at.body.json, ...files, model: modelOf(at) } as unknown as TranscribeRequest;
}

/** What was asked for as text is answered as text, whoever wrote it. */
function answerOf(hub: TranscribeResponse, { body }: Inbound): Outbound {
  const format = body.get("response_format");
  if (format !== "text" && format !== "srt" && format !== "vtt") {
    return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(hub) };
  }
  const text = format === "text" ? hub.text : subtitles(hub, format);
  return { status: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body: text };
}

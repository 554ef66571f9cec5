/** Soniox: a file is uploaded, a transcription made of it, waited for, read, and both are deleted again. */

import { Cancel } from "../cancel.ts";
import { sonioxTranscription } from "../dialects/soniox-transcription/provider-side.ts";
import { transcriptionTask } from "../dialects/soniox-transcription/request.ts";
import type { TranscribeRequest } from "../hub/audio.ts";
import type { InboundReply, OutboundRequest } from "../transport/transport.ts";
import { keyAuth } from "./auth/key.ts";
import { mediaWords } from "./media-parameters.ts";
import type { Exchange, ExchangeContext, Provider } from "./provider.ts";
import { askAgain, jsonReply, pollTask, readTask, sendJson } from "./tasks.ts";

export const soniox: Provider = {
  name: "soniox",
  title: "Soniox",
  docs: "https://soniox.com/docs/stt",
  auth: keyAuth({ env: ["SONIOX_API_KEY"] }),
  baseEnv: ["SONIOX_API_BASE"],
  serve: (model, settings) => ({
    model,
    baseUrl: (settings.api_base ?? "https://api.soniox.com").replace(/\/+$/, "").replace(/\/v1$/, ""),
    supports: { transcribe: mediaWords.heardPrompted },
    sides: { transcribe: [sonioxTranscription] },
    exchange: (request, context) => transcribed(model, request, context),
  }),
};

const transcribed = async (model: string, request: OutboundRequest, context: ExchangeContext): Promise<InboundReply> => {
  const uploaded = await context.send(request, context.cancel);
  if (uploaded.status >= 300) return uploaded;
  const { id: fileId } = await readTask(uploaded);
  const at = (path: string): string => request.path.replace(/\/files$/, path);
  const left = [at(`/files/${encodeURIComponent(String(fileId))}`)];
  try {
    const asked = context.asked() as TranscribeRequest;
    const made = await context.send(sendJson(request, at("/transcriptions"), transcriptionTask(asked, model, fileId)), context.cancel);
    if (made.status >= 300) return made;
    const { id } = await readTask(made);
    const task = at(`/transcriptions/${encodeURIComponent(String(id))}`);
    left.unshift(task);
    return await awaited(task, request, context);
  } finally {
    for (const path of left) await forget(askAgain(request, path, { method: "DELETE" }), context);
  }
};

async function awaited(task: string, request: OutboundRequest, context: ExchangeContext): ReturnType<Exchange> {
  const look = () => context.send(askAgain(request, task), context.cancel);
  const { task: ended, refused } = await pollTask(look, ({ status }) => status === "queued" || status === "processing", context);
  if (refused) return refused;
  if (ended["status"] !== "completed") return jsonReply(200, ended);
  const transcript = await context.send(askAgain(request, `${task}/transcript`), context.cancel);
  if (transcript.status >= 300) return transcript;
  return jsonReply(200, { ...(await readTask(transcript)), audio_duration_ms: ended["audio_duration_ms"] });
}

/** Soniox keeps files and transcriptions until somebody deletes them; that it failed is no reason to lose the answer. */
async function forget(deletion: OutboundRequest, { send }: ExchangeContext): Promise<void> {
  try {
    (await send(deletion, new Cancel())).discard();
  } catch {
    // Whatever is left there, the owner of the key can see and delete it.
  }
}

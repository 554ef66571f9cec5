/** Calls a provider in OpenAI's transcriptions and translations: a form with a file, JSON or text back. Source: platform.openai.com/docs/api-reference/audio. */

import { GatewayError } from "../../errors.ts";
import type { TranscribeRequest, TranscribeResponse } from "../../hub/audio.ts";
import type { Patch } from "../../transport/body.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { ProviderSide, Returns } from "../dialect.ts";
import { openaiError } from "../openai-chat/error.ts";
import { audioGlance } from "./glance.ts";
import { usageOfAudio } from "./usage.ts";

/** Formats that are no JSON. */
const textFormats: ReadonlySet<unknown> = new Set(["text", "srt", "vtt"]);

const common = {
  dialect: "openai-transcriptions",
  framing: "sse",
  sends: "form",
  returns: ({ response_format: format }: TranscribeRequest): Returns => (textFormats.has(format) ? "text" : "json"),
  patch: ({ model }) => ({ set: { model } }),
  request: ({ asked, model }) => ({ ...asked, model }),
  response: (reply, { publicModel }) => transcriptOf(reply, publicModel),
  glance: () => audioGlance("transcript.text.done"),
  replyPatch: tidyTranscript,
  usage: ({ body }) => usageOfAudio(body),
  error: openaiError,
} satisfies Partial<ProviderSide<"transcribe" | "translate">>;

export const openaiTranscriptions: ProviderSide<"transcribe"> = {
  ...common,
  operation: "transcribe",
  path: () => "/audio/transcriptions",
};

export const openaiTranslations: ProviderSide<"translate"> = { ...common, operation: "translate", path: () => "/audio/translations" };

function transcriptOf({ body }: WireReply, publicModel: string): TranscribeResponse {
  if (typeof body === "string") return { text: body };
  const fields = body !== null && typeof body === "object" ? (body as Record<string, unknown>) : {};
  return { ...fields, ...tidyTranscript(fields, { publicModel }).set } as unknown as TranscribeResponse;
}

/** Only the public model name, where a name stands at all. */
function tidyTranscript(body: Readonly<Record<string, unknown>>, { publicModel }: { readonly publicModel: string }): Patch {
  if (typeof body["text"] !== "string") throw noTranscript(body);
  return body["model"] === undefined ? {} : { set: { model: publicModel } };
}

function noTranscript(body: Readonly<Record<string, unknown>>): GatewayError {
  if (body["error"]) return openaiError({ status: 200, headers: {}, body });
  return new GatewayError("bad_reply", "The provider answered 200, but its body is no transcript (it has no 'text'). Check api_base.");
}

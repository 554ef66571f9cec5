/** Has Gemini write down speech by generateContent. Source: ai.google.dev/gemini-api/docs/audio. */

import { GatewayError } from "../../errors.ts";
import type { TranscribeRequest, TranscribeResponse } from "../../hub/audio.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { geminiError } from "../gemini/error.ts";
import { modelPath } from "../gemini/provider-side.ts";
import { readParts } from "../gemini/read-parts.ts";
import { answerOf } from "../gemini/response.ts";
import { usageOf } from "../gemini/usage.ts";
import type { GenerateReply, GenerateRequest } from "../gemini/wire.ts";
import { readFile } from "../gemini-image/request.ts";
import { noGlance } from "../no-glance.ts";

type Context = TranslateContext<"transcribe"> | TranslateContext<"translate">;

const common = {
  dialect: "gemini-transcribe",
  path: ({ model }: { model: string }) => `/${modelPath(model)}:generateContent`,
  patch: () => ({}),
  reads: ({ file }: TranscribeRequest) => [file],
  response,
  glance: noGlance,
  replyPatch: () => ({}),
  usage: (reply: WireReply) => {
    const body = reply.body as GenerateReply | undefined;
    return usageOf(body?.usageMetadata, [], reply.headers);
  },
  error: geminiError,
} as const satisfies Partial<ProviderSide<"transcribe">>;

export const geminiTranscribe: ProviderSide<"transcribe"> = {
  ...common,
  operation: "transcribe",
  request: (context) => request(context, "Write down the speech in this recording, word for word."),
};

export const geminiTranslate: ProviderSide<"translate"> = {
  ...common,
  operation: "translate",
  request: (context) => request(context, "Translate the speech in this recording into English."),
};

function request(context: Context, task: string): GenerateRequest {
  const { asked, dropParams, files } = context;
  const { response_format: format } = asked;
  if (format && format !== "json" && format !== "text" && !dropParams) {
    throw new GatewayError(
      "unsupported_params",
      `This model writes json and text, not ${format}. Set response_format to json, or set drop_params: true.`,
      {
        param: "response_format",
      },
    );
  }
  const words = [
    task,
    "Answer with its text alone.",
    asked.language ? `The language of the speech is "${asked.language}".` : "",
    asked.prompt ? `About the recording: ${asked.prompt}` : "",
  ];
  const sound = { inlineData: { mimeType: mediaType(asked.file), data: readFile(asked.file, files) } };
  return {
    contents: [{ role: "user", parts: [{ text: words.filter((each) => each).join(" ") }, sound] }],
    ...(typeof asked.temperature === "number" && { generationConfig: { temperature: asked.temperature } }),
  };
}

/** Clients often do not know what they send. */
function mediaType({ mediaType: told, filename }: TranscribeRequest["file"]): string {
  if (/^(audio|video)\//.test(told)) return told;
  const extension = /\.([a-z0-9]+)$/i.exec(filename)?.[1]?.toLowerCase();
  return `audio/${extension ?? "wav"}`;
}

function response(reply: WireReply, { newId }: Pick<Context, "newId">): TranscribeResponse {
  const body = answerOf(reply);
  const [first] = body.candidates ?? [];
  const text = readParts(first?.content?.parts, newId).text.trim();
  const reason = body.promptFeedback?.blockReason;
  if (!text && reason) throw new GatewayError("content_policy", `The model refused the recording: ${reason}.`);
  return { text };
}

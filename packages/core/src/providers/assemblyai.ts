/** AssemblyAI: transcripts by upload and task, and a gateway to chat models at another host. */

import { assemblyaiTranscript } from "../dialects/assemblyai-transcript/provider-side.ts";
import { transcriptTask } from "../dialects/assemblyai-transcript/request.ts";
import { openaiChat } from "../dialects/openai-chat/provider-side.ts";
import type { TranscribeRequest } from "../hub/audio.ts";
import type { InboundReply, OutboundRequest } from "../transport/transport.ts";
import { keyAuth } from "./auth/key.ts";
import { mediaWords } from "./media-parameters.ts";
import { supportedParameters } from "./parameters.ts";
import type { Auth, ExchangeContext, Provider, Service, Settings } from "./provider.ts";
import { developerAsSystem } from "./quirks.ts";
import { askAgain, jsonReply, pollTask, readTask, sendJson } from "./tasks.ts";

const NAME = "assemblyai";
/** What listens; all others chat. */
const listens = /^(assemblyai\/)?(best|nano|slam|universal|u\d)(-|$)/;
const bearer = keyAuth({ env: ["ASSEMBLYAI_API_KEY"] });
const bare = keyAuth({ env: bearer.env, scheme: "" });

/** The older API wants the key bare. */
const auth: Auth = {
  env: bearer.env,
  connect: (settings, tools) => (listens.test(settings.model) ? bare : bearer).connect(settings, tools),
};

export const assemblyai: Provider = {
  name: NAME,
  title: "AssemblyAI",
  docs: "https://www.assemblyai.com/docs/api-reference",
  auth,
  baseEnv: ["ASSEMBLYAI_API_BASE"],
  serve: (model, settings, facts) => {
    if (listens.test(model)) return listener(model, settings);
    return {
      model,
      baseUrl: settings.api_base ?? "https://llm-gateway.assemblyai.com/v1",
      supports: { chat: supportedParameters(NAME, "chat", model, facts) },
      quirks: developerAsSystem,
      sides: { chat: [openaiChat] },
    };
  },
};

function listener(model: string, settings: Settings): Service {
  return {
    model,
    baseUrl: (settings.api_base ?? "https://api.assemblyai.com").replace(/\/+$/, "").replace(/\/v2$/, ""),
    supports: { transcribe: mediaWords.heardPrompted },
    sides: { transcribe: [assemblyaiTranscript] },
    exchange: (request, context) => transcribed(model, request, context),
  };
}

async function transcribed(model: string, request: OutboundRequest, context: ExchangeContext): Promise<InboundReply> {
  const uploaded = await context.send(request, context.cancel);
  if (uploaded.status >= 300) return uploaded;
  const { upload_url: url } = await readTask(uploaded);
  const tasks = request.path.replace(/\/upload$/, "/transcript");
  const task = transcriptTask(context.asked() as TranscribeRequest, model, url);
  const made = await context.send(sendJson(request, tasks, task), context.cancel);
  if (made.status >= 300) return made;
  const { id, ...rest } = await readTask(made);
  if (typeof id !== "string") return jsonReply(200, { id, ...rest });
  const look = () => context.send(askAgain(request, `${tasks}/${encodeURIComponent(id)}`), context.cancel);
  const { task: ended, refused } = await pollTask(look, ({ status }) => status === "queued" || status === "processing", context);
  return refused ?? jsonReply(200, ended);
}

/** Runway: images and speech are tasks, whose results lie at addresses. */

import { runwayEdit, runwayImage } from "../dialects/runway-image/provider-side.ts";
import { runwaySpeech } from "../dialects/runway-speech/provider-side.ts";
import type { InboundReply, OutboundRequest } from "../transport/transport.ts";
import { keyAuth } from "./auth/key.ts";
import { mediaWords } from "./media-parameters.ts";
import type { Exchange, ExchangeContext, Provider } from "./provider.ts";
import { askAgain, type Fields, fetchResult, jsonReply, pollTask, readTask } from "./tasks.ts";

const MAX_IMAGE_BYTES = 67_108_864;
const underWay: ReadonlySet<unknown> = new Set(["PENDING", "THROTTLED", "RUNNING"]);

export const runwayml: Provider = {
  name: "runwayml",
  title: "Runway",
  docs: "https://docs.dev.runwayml.com/api",
  auth: keyAuth({ env: ["RUNWAYML_API_KEY", "RUNWAYML_API_SECRET"] }),
  baseEnv: ["RUNWAYML_API_BASE"],
  serve: (model, settings) => ({
    model,
    baseUrl: withV1(settings.api_base ?? "https://api.dev.runwayml.com"),
    headers: { "x-runway-version": "2024-11-06" },
    supports: {
      image: new Set(["response_format", "size"]),
      editImage: new Set(["response_format", "size"]),
      speak: mediaWords.spokenPlain,
    },
    sides: { image: [runwayImage], editImage: [runwayEdit], speak: [runwaySpeech] },
    exchange,
  }),
};

function withV1(base: string): string {
  const bare = base.replace(/\/+$/, "");
  return bare.endsWith("/v1") ? bare : `${bare}/v1`;
}

const exchange: Exchange = async (request, context) => {
  const made = await context.send(request, context.cancel);
  if (made.status >= 300) return made;
  const { id, ...rest } = await readTask(made);
  if (typeof id !== "string") return jsonReply(200, { id, ...rest });
  const path = request.path.replace(/\/[^/]+$/, `/tasks/${encodeURIComponent(id)}`);
  const look = () => context.send(askAgain(request, path), context.cancel);
  const { task, refused } = await pollTask(look, ({ status }) => underWay.has(status), context);
  return refused ?? result(task, request, context);
};

/** Who asked for sound or for the image itself gets it from where it lies. A task that failed says why. */
async function result(task: Fields, made: OutboundRequest, context: ExchangeContext): Promise<InboundReply> {
  const outputs: readonly unknown[] = Array.isArray(task["output"]) ? task["output"] : [];
  const [first] = outputs;
  const wanted = context.operation === "speak" || context.asked()["response_format"] === "b64_json";
  // The message is what tells a failed task from sound.
  if (!wanted || task["status"] !== "SUCCEEDED" || typeof first !== "string") return jsonReply(200, { ...task, message: task["failure"] });
  const file = await fetchResult(made, first, context);
  if (context.operation === "speak" || file.status >= 300) return file;
  const base64 = (await file.read(MAX_IMAGE_BYTES)).toString("base64");
  return jsonReply(200, { ...task, output: [`data:image/*;base64,${base64}`] });
}

/** Replicate: an answer is a prediction that is made, then asked for until it is done, or streamed from an address of its own. */

import { sleep } from "../cancel.ts";
import { replicateChat } from "../dialects/replicate-prediction/provider-side.ts";
import type { Prediction } from "../dialects/replicate-prediction/wire.ts";
import { replyWith } from "../transport/reply.ts";
import type { InboundReply, OutboundRequest } from "../transport/transport.ts";
import { keyAuth } from "./auth/key.ts";
import { supportedParameters } from "./parameters.ts";
import type { Exchange, ExchangeContext, Provider } from "./provider.ts";

const NAME = "replicate";
const MAX_REPLY_BYTES = 33_554_432;
const PAUSE_MS = 500;

export const replicate: Provider = {
  name: NAME,
  title: "Replicate",
  docs: "https://replicate.com/docs/reference/http",
  auth: keyAuth({ env: ["REPLICATE_API_KEY", "REPLICATE_API_TOKEN"], scheme: "Token " }),
  baseEnv: ["REPLICATE_API_BASE"],
  serve: (model, settings, facts) => ({
    model,
    baseUrl: settings.api_base ?? "https://api.replicate.com/v1",
    supports: { chat: supportedParameters(NAME, "chat", model, facts) },
    sides: { chat: [replicateChat] },
    exchange,
  }),
};

const exchange: Exchange = async (request, context) => {
  const made = await context.send(request, context.cancel);
  if (made.status >= 300) return made;
  let prediction = await read(made);
  const stream = context.stream ? streamOf(prediction, request) : undefined;
  if (stream) return context.send(stream, context.cancel);
  while (isUnderWay(prediction)) {
    await sleep(context.clock, PAUSE_MS, context.cancel);
    const told = await look(request, prediction, context);
    if (told.status >= 300) return told;
    prediction = await read(told);
  }
  return result(prediction);
};

async function read(reply: InboundReply): Promise<Prediction> {
  const text = (await reply.read(MAX_REPLY_BYTES)).toString();
  try {
    const told: unknown = JSON.parse(text);
    if (told !== null && typeof told === "object") return told as Prediction;
  } catch {
    // What is no JSON has no status either, and is told as it came.
  }
  return { output: undefined };
}

function isUnderWay({ id, status }: Prediction): boolean {
  return id !== undefined && (status === "starting" || status === "processing");
}

/** Asked where it was made, not where the reply says: the key goes to no other host. */
function look(made: OutboundRequest, { id = "" }: Prediction, { send, cancel }: ExchangeContext): Promise<InboundReply> {
  const base = made.path.replace(/\/((models|deployments)\/[^/]+\/[^/]+\/)?predictions$/, "");
  return send(asGet(made, { origin: made.origin, path: `${base}/predictions/${encodeURIComponent(id)}` }), cancel);
}

/** Streams have hosts of their own, below Replicate's domain; to any other the key is not sent. */
function streamOf({ urls, status }: Prediction, made: OutboundRequest): OutboundRequest | undefined {
  if (!urls?.stream || !URL.canParse(urls.stream) || status === "succeeded") return undefined;
  const url = new URL(urls.stream);
  const trusted = url.origin === made.origin || (url.protocol === "https:" && /(^|\.)replicate\.(com|delivery)$/.test(url.hostname));
  if (!trusted) return undefined;
  const get = asGet(made, { origin: url.origin, path: url.pathname + url.search });
  return { ...get, headers: { ...get.headers, accept: "text/event-stream" } };
}

function asGet({ headers, network }: OutboundRequest, at: { origin: string; path: string }): OutboundRequest {
  const { "content-type": _, ...kept } = headers;
  return { method: "GET", ...at, headers: kept, network };
}

/** A prediction that failed was accepted with 201, so its own status says what it is worth. */
function result(prediction: Prediction): InboundReply {
  const { status, error } = prediction;
  if (status === undefined || status === "succeeded") return json(200, prediction);
  const why = typeof error === "string" && error !== "" ? error : `The prediction was ${status}.`;
  return json(422, { detail: why });
}

function json(status: number, body: unknown): InboundReply {
  return replyWith({ status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

/** Black Forest Labs: an image is a task, whose result is asked for at the address that its making told. */

import { bflEdit, bflImage } from "../dialects/bfl-image/provider-side.ts";
import type { InboundReply, OutboundRequest } from "../transport/transport.ts";
import { keyAuth } from "./auth/key.ts";
import type { Exchange, ExchangeContext, Provider } from "./provider.ts";
import { askAgain, type Fields, fetchResult, jsonReply, pollTask, readTask } from "./tasks.ts";

const MAX_IMAGE_BYTES = 67_108_864;

export const blackForestLabs: Provider = {
  name: "black_forest_labs",
  title: "Black Forest Labs",
  docs: "https://docs.bfl.ai",
  auth: keyAuth({ env: ["BFL_API_KEY"], header: "x-key" }),
  baseEnv: ["BFL_API_BASE"],
  serve: (model, settings) => ({
    model,
    baseUrl: (settings.api_base ?? "https://api.bfl.ai").replace(/\/+$/, "").replace(/\/v1$/, ""),
    supports: {
      image: new Set(["n", "output_format", "quality", "response_format", "size"]),
      editImage: new Set(["mask", "n", "output_format", "quality", "response_format", "size"]),
    },
    sides: { image: [bflImage], editImage: [bflEdit] },
    exchange,
  }),
};

const exchange: Exchange = async (request, context) => {
  const made = await context.send(request, context.cancel);
  if (made.status >= 300) return made;
  const first = await readTask(made);
  if (typeof first["id"] !== "string") return jsonReply(200, first);
  const again = lookAt(first, request);
  const isUnderWay = ({ status }: Fields): boolean => status === "Pending" || status === "Processing" || status === "Queued";
  const { task, refused } = await pollTask(() => context.send(again, context.cancel), isUnderWay, context);
  if (refused) return refused;
  return context.asked()["response_format"] === "b64_json" ? downloaded(task, request, context) : jsonReply(200, task);
};

/** The task lives in the region that made it, which only its address tells; to a host of others the key is not sent. */
function lookAt({ id, polling_url: told }: Fields, made: OutboundRequest): OutboundRequest {
  if (typeof told === "string" && URL.canParse(told)) {
    const url = new URL(told);
    const trusted = url.origin === made.origin || (url.protocol === "https:" && /(^|\.)bfl\.(ai|ml)$/.test(url.hostname));
    if (trusted) return askAgain(made, url.pathname + url.search, { origin: url.origin });
  }
  const path = made.path.replace(/\/v1\/.*$/, `/v1/get_result?id=${encodeURIComponent(String(id))}`);
  return askAgain(made, path);
}

/** Results lie at an address for some minutes; who wants the image itself gets it from there. */
async function downloaded(task: Fields, made: OutboundRequest, context: ExchangeContext): Promise<InboundReply> {
  const result = (task["result"] ?? {}) as Fields;
  if (typeof result["sample"] !== "string") return jsonReply(200, task);
  const image = await fetchResult(made, result["sample"], context);
  if (image.status >= 300) return image;
  const base64 = (await image.read(MAX_IMAGE_BYTES)).toString("base64");
  return jsonReply(200, { ...task, result: { ...result, sample: `data:image/*;base64,${base64}` } });
}

/** Topaz: varies an image by making it better or larger; the work is a task, its result is downloaded. */

import { topazImage } from "../dialects/topaz-image/provider-side.ts";
import { keyAuth } from "./auth/key.ts";
import type { Exchange, Provider } from "./provider.ts";
import { askAgain, fetchResult, jsonReply, pollTask, readTask } from "./tasks.ts";

const MAX_IMAGE_BYTES = 134_217_728;
const ended: ReadonlySet<string> = new Set(["completed", "failed", "cancelled", "canceled"]);

export const topaz: Provider = {
  name: "topaz",
  title: "Topaz Labs",
  docs: "https://developer.topazlabs.com",
  auth: keyAuth({ env: ["TOPAZ_API_KEY"], header: "x-api-key" }),
  baseEnv: ["TOPAZ_API_BASE"],
  serve: (model, settings) => ({
    model,
    baseUrl: baseOf(settings.api_base),
    supports: { varyImage: new Set(["response_format", "size"]) },
    sides: { varyImage: [topazImage] },
    exchange,
  }),
};

function baseOf(base = "https://api.topazlabs.com"): string {
  const bare = base.replace(/\/+$/, "");
  return bare.endsWith("/image/v1") ? bare : `${bare}/image/v1`;
}

/** Source: developer.topazlabs.com/reference/image/status and …/download. */
const exchange: Exchange = async (request, context) => {
  const made = await context.send(request, context.cancel);
  if (made.status >= 300) return made;
  const { process_id: id, ...rest } = await readTask(made);
  if (typeof id !== "string") return jsonReply(200, rest);
  const at = (what: string): string => request.path.replace(/\/[^/]+\/async$/, `/${what}/${encodeURIComponent(id)}`);
  const look = () => context.send(askAgain(request, at("status")), context.cancel);
  const isUnderWay = ({ status }: Readonly<Record<string, unknown>>): boolean =>
    typeof status === "string" && !ended.has(status.toLowerCase());
  const { task, refused } = await pollTask(look, isUnderWay, context);
  if (refused) return refused;
  if (String(task["status"]).toLowerCase() !== "completed") return jsonReply(200, task);
  const told = await context.send(askAgain(request, at("download")), context.cancel);
  if (told.status >= 300) return told;
  const place = await readTask(told);
  if (context.asked()["response_format"] !== "b64_json" || typeof place["download_url"] !== "string") return jsonReply(200, place);
  const image = await fetchResult(request, place["download_url"], context);
  if (image.status >= 300) return image;
  const base64 = (await image.read(MAX_IMAGE_BYTES)).toString("base64");
  return jsonReply(200, { ...place, download_url: `data:image/*;base64,${base64}` });
};

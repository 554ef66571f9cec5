/** Stability AI: an address for each tool; those that take their time answer with an id first. */

import { stabilityEdit, stabilityImage } from "../dialects/stability-image/provider-side.ts";
import { makesImages, toolOf } from "../dialects/stability-image/tools.ts";
import { keyAuth } from "./auth/key.ts";
import type { Exchange, Provider } from "./provider.ts";
import { askAgain, jsonReply, pollTask, readTask } from "./tasks.ts";

export const stability: Provider = {
  name: "stability",
  title: "Stability AI",
  docs: "https://platform.stability.ai/docs/api-reference",
  auth: keyAuth({ env: ["STABILITY_API_KEY"] }),
  baseEnv: ["STABILITY_API_BASE"],
  serve: (model, settings) => ({
    model,
    baseUrl: (settings.api_base ?? "https://api.stability.ai").replace(/\/+$/, "").replace(/\/v2beta$/, ""),
    supports: {
      image: new Set(["output_format", "response_format", "size"]),
      editImage: new Set(["mask", "output_format", "response_format"]),
    },
    sides: makesImages(model) ? { image: [stabilityImage], editImage: [stabilityEdit] } : { editImage: [stabilityEdit] },
    ...(toolOf(model).later && { exchange: later }),
  }),
};

/** Source: platform.stability.ai/docs/api-reference, "Results": 202 while the image is made, 200 with it. */
const later: Exchange = async (request, context) => {
  const made = await context.send(request, context.cancel);
  if (made.status >= 300) return made;
  const { id, ...rest } = await readTask(made);
  if (typeof id !== "string") return jsonReply(200, { id, ...rest });
  const path = request.path.replace(/\/v2beta\/.*$/, `/v2beta/results/${encodeURIComponent(id)}`);
  const look = () => context.send(askAgain(request, path), context.cancel);
  const { task, refused } = await pollTask(look, (_, status) => status === 202, context);
  return refused ?? jsonReply(200, task);
};

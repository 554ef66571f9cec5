/** fal: a model's name is its path. */

import { falEdit, falImage } from "../dialects/fal-image/provider-side.ts";
import { keyAuth } from "./auth/key.ts";
import type { Provider } from "./provider.ts";

const words = ["n", "output_format", "quality", "response_format", "size", "style"];

export const falAi: Provider = {
  name: "fal_ai",
  title: "fal",
  docs: "https://docs.fal.ai/model-apis",
  auth: keyAuth({ env: ["FAL_AI_API_KEY", "FAL_KEY"], scheme: "Key " }),
  baseEnv: ["FAL_AI_API_BASE"],
  serve: (model, settings) => ({
    model,
    baseUrl: (settings.api_base ?? "https://fal.run").replace(/\/+$/, ""),
    supports: { image: new Set(words), editImage: new Set([...words, "mask"]) },
    sides: { image: [falImage], editImage: [falEdit] },
  }),
};

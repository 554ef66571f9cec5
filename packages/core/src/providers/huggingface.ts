/** Hugging Face: its router to many hosts, or a dedicated endpoint of one's own. */

import { compatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

export const huggingface: Provider = compatible({
  name: "huggingface",
  title: "Hugging Face",
  base: ({ api_base }) => (api_base ? withV1(api_base) : "https://router.huggingface.co/v1"),
  key: ["HF_TOKEN", "HUGGINGFACE_API_KEY"],
  baseEnv: ["HF_API_BASE", "HUGGINGFACE_API_BASE"],
  model: (model, { api_base }) => (api_base ? model : routed(model)),
  docs: "https://huggingface.co/docs/inference-providers",
});

/** `<host>/<org>/<model>` is written `<org>/<model>:<host>` there. */
function routed(model: string): string {
  const [host, org, ...rest] = model.split("/");
  return rest.length > 0 ? `${org}/${rest.join("/")}:${host}` : model;
}

function withV1(base: string): string {
  return /\/v1(\/|$)/.test(base) ? base : `${base.replace(/\/+$/, "")}/v1`;
}

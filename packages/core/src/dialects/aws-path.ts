/** Where a model lives on Bedrock's runtime. */

import type { Settings } from "./dialect.ts";

/** `model_id` names what is really called: a provisioned model or a profile. ARNs hold colons and slashes, so the id is one encoded segment. */
export function modelPath(model: string, settings: Settings): string {
  const told = settings["model_id"];
  return `/model/${encodeURIComponent(typeof told === "string" && told !== "" ? told : model)}`;
}

/** Families of models behind one wire: some parameters have another place for each. */

import type { ModelFacts } from "../../hub/model-facts.ts";
import type { Settings } from "../dialect.ts";

export type Family = "claude" | "nova" | "nova-2" | "gpt-oss" | "other";

const families: readonly (readonly [RegExp, Family])[] = [
  [/claude/, "claude"],
  [/nova-2|nova-\w+-v2/, "nova-2"],
  [/nova/, "nova"],
  [/gpt-oss/, "gpt-oss"],
];

/** What a name says; profiles and provisioned models hide it, so `base_model` may tell. */
export function familyOf({ model, facts, settings }: { model: string; facts: ModelFacts; settings: Settings }): Family {
  const base = facts["base_model"] ?? settings["base_model"];
  const name = (typeof base === "string" && base !== "" ? base : model).toLowerCase();
  return families.find(([pattern]) => pattern.test(name))?.[1] ?? "other";
}

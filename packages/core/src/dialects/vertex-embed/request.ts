/** An embedding request in the hub's form → instances and parameters of predict. */

import type { TranslateContext } from "../dialect.ts";
import { textsOf } from "../embed-list.ts";
import { camelOf, type Fields } from "../gemini/json.ts";
import type { EmbedInstance, PredictEmbedRequest } from "./wire.ts";

const translated = new Set("model input dimensions encoding_format user metadata parameters".split(" "));
/** What belongs to a text and not to the request, in either spelling. */
const ofInstance: Readonly<Record<string, "task_type" | "title">> = { task_type: "task_type", taskType: "task_type", title: "title" };

export function predictEmbedRequest({ asked }: TranslateContext<"embed">): PredictEmbedRequest {
  const about: Partial<EmbedInstance> = {};
  const parameters: Fields = {};
  if (typeof asked.dimensions === "number") parameters["outputDimensionality"] = asked.dimensions;
  for (const [name, value] of Object.entries(asked)) {
    if (translated.has(name) || value === null || value === undefined) continue;
    const own = ofInstance[name];
    if (own) about[own] = value;
    else parameters[camelOf(name)] = value;
  }
  return {
    instances: textsOf(asked.input).map((content) => ({ content, ...about })),
    ...(Object.keys(parameters).length > 0 && { parameters }),
  };
}

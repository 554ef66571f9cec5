/** A model's prices in the form that cost needs: worked out once, when a deployment is compiled. */

import type { ModelFacts } from "../hub/model-facts.ts";
import { type Band, bandsOf, variantsOf } from "./bands.ts";
import { attoDollars } from "./money.ts";

export { overlay } from "./overlay.ts";

/** Things other than tokens that may have a price. */
export type Unit = "request" | "second" | "character" | "image" | "page" | "query" | "webSearch";

export interface Price {
  /** False: nobody named any price. */
  readonly known: boolean;
  readonly standard: readonly Band[];
  /** By the name that a service tier has in the fields: `flex`, `priority`, `batches` … */
  readonly tiers: ReadonlyMap<string, readonly Band[]>;
  /** Atto-dollars each. */
  readonly units: { readonly [U in Unit]?: bigint };
  /** Seconds are those of the answer's making, not of its sound or film. */
  readonly secondsOfWork: boolean;
  /** A call that searched the web pays once, however often it searched. */
  readonly searchesOnce: boolean;
}

/** Of several fields the first that is set; of several in one row the dearest, for rows that put a zero in the other. */
const unitFields: { readonly [U in Unit]: readonly (readonly string[])[] } = {
  request: [["input_cost_per_request"]],
  second: [
    ["input_cost_per_second", "output_cost_per_second"],
    ["input_cost_per_audio_per_second", "output_cost_per_video_per_second"],
    ["output_cost_per_second_720p", "output_cost_per_second_768p"],
    ["output_cost_per_second_1080p", "output_cost_per_second_480p", "output_cost_per_second_2k", "output_cost_per_second_4k"],
    ["cost_per_second"],
  ],
  character: [["input_cost_per_character", "output_cost_per_character"]],
  image: [["output_cost_per_image"], ["output_cost_per_image_1024", "output_cost_per_image_1K"]],
  page: [["ocr_cost_per_page"]],
  query: [["input_cost_per_query"]],
  webSearch: [["web_search_cost_per_request"]],
};

const soundOrFilm = /^(?:audio_|video_|realtime)/;
const imageMaking = /^image_/;

export function compilePrice(facts: ModelFacts): Price {
  const { sizes, tiers } = variantsOf(facts);
  const standard = bandsOf(facts, sizes, { suffix: "", times: 1 });
  const units = unitsOf(facts);
  const compiled = new Map<string, readonly Band[]>();
  for (const tier of new Set([...tiers, "batches"])) {
    compiled.set(tier, bandsOf(facts, sizes, { suffix: `_${tier}`, times: tier === "batches" ? 0.5 : 1 }));
  }
  const fast = record(facts["provider_specific_entry"])["fast"];
  const priority = compiled.get("priority");
  if (typeof fast === "number") compiled.set("fast", bandsOf(facts, sizes, { suffix: "", times: fast }));
  else if (priority) compiled.set("fast", priority);
  const batches = compiled.get("batches");
  if (batches) compiled.set("batch", batches);
  return {
    known: Object.keys(units).length > 0 || standard.some((band) => Object.keys(band.rates).length > 0),
    standard,
    tiers: compiled,
    units,
    secondsOfWork: !soundOrFilm.test(facts.mode ?? ""),
    searchesOnce: facts["web_search_billing_unit"] === "per_prompt",
  };
}

function unitsOf(facts: ModelFacts): Price["units"] {
  const units: { [U in Unit]?: bigint } = {};
  for (const unit of Object.keys(unitFields) as Unit[]) {
    const price = dearest(facts, unitFields[unit]);
    if (price !== undefined) units[unit] = attoDollars(price);
  }
  if (units.image === undefined && (imageMaking.test(facts.mode ?? "") || facts.input_cost_per_token === undefined)) {
    // OpenAI's rows for one size and quality call the price of a made image an input cost.
    const price = dearest(facts, [["input_cost_per_image"]]);
    if (price !== undefined) units.image = attoDollars(price);
  }
  const search = record(facts["search_context_cost_per_query"]);
  const searched = dearest(search, [["search_context_size_medium"], ["search_context_size_low"], ["search_context_size_high"]]);
  if (searched !== undefined) units.webSearch = attoDollars(searched);
  if (units.query === undefined) {
    const [tier] = Array.isArray(facts["tiered_pricing"]) ? facts["tiered_pricing"] : [];
    const price = dearest(record(tier), unitFields.query);
    if (price !== undefined) units.query = attoDollars(price);
  }
  return units;
}

function dearest(facts: Readonly<Record<string, unknown>>, rows: readonly (readonly string[])[]): number | undefined {
  for (const fields of rows) {
    const prices = fields.map((field) => Number(facts[field] ?? Number.NaN)).filter((price) => Number.isFinite(price) && price >= 0);
    if (prices.length > 0) return Math.max(...prices);
  }
  return undefined;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" ? (value as Record<string, unknown>) : {};
}

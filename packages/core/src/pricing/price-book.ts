/** What is known of models by name: limits, abilities and prices, found under any of the names that a model goes by. */

import { readFile } from "node:fs/promises";
import type { ModelFacts } from "../hub/model-facts.ts";
import { spellings } from "./model-names.ts";
import { type PriceFile, readPriceFile, rowsOfObject } from "./price-file.ts";

export interface PriceBook {
  /** `{}` when unknown. Without a provider, `provider/model` and bare names of any provider are found. */
  facts(provider: string, model: string): ModelFacts;
  /** Whose model it is, for names without a provider's prefix. */
  providerOf(model: string): string | undefined;
  /** Wire names of a provider's models, for wildcard listings. */
  names(provider: string): readonly string[];
  /** All rows by their own names: parsed anew, large. */
  rows(): Readonly<Record<string, ModelFacts>>;
}

export interface Kinships {
  /** Whose rows hold for a provider's models too; `*`: everybody's. */
  readonly kin?: Readonly<Record<string, readonly string[]>>;
  /** The provider behind another name in the rows. */
  readonly home?: Readonly<Record<string, string>>;
}

const nothing: ModelFacts = Object.freeze({});

export function openPriceBook(rows: Readonly<Record<string, ModelFacts>>, kinships: Kinships = {}): PriceBook {
  return bookOf({ rows: rowsOfObject(rows), kin: kinships.kin ?? {}, home: kinships.home ?? {} });
}

let bundled: Promise<PriceBook> | undefined;

/** The book that comes with the package: read once, when somebody asks. */
export function bundledPriceBook(): Promise<PriceBook> {
  bundled ??= readBundled().catch((error: unknown) => {
    bundled = undefined;
    throw error;
  });
  return bundled;
}

async function readBundled(): Promise<PriceBook> {
  // The file lies beside this module's source and beside the bundles made of it; a split bundle's chunks may lie one deeper.
  const text = await readFile(new URL("./prices.json", import.meta.url)).catch(() => readFile(new URL("../prices.json", import.meta.url)));
  return bookOf(readPriceFile(text));
}

function bookOf({ rows, kin, home }: PriceFile): PriceBook {
  let byProvider: Map<string, string[]> | undefined;
  let lowered: Map<string, string> | undefined;

  const homeOf = (told: string): string => home[told] ?? told.replace(/-\w+[-_]models$/, "");
  const serves = (row: ModelFacts, provider: string, kindred: readonly string[]): boolean => {
    const told = row.litellm_provider ?? "";
    return told === provider || isVariant(told, provider) || kindred.some((each) => each === "*" || told === each || isVariant(told, each));
  };

  const rowNamed = (name: string): ModelFacts | undefined => {
    const exact = rows.get(name);
    if (exact) return exact;
    lowered ??= new Map(Array.from(rows.names(), (each) => [each.toLowerCase(), each]));
    const other = lowered.get(name.toLowerCase());
    return other === undefined ? undefined : rows.get(other);
  };

  const find = (provider: string, model: string): ModelFacts => {
    const kindred = kin[provider] ?? [];
    const prefixes = [provider, ...kindred.filter((each) => each !== "*")];
    for (const name of spellings(model)) {
      for (const prefix of prefixes) {
        const row = rowNamed(`${prefix}/${name}`);
        if (row && serves(row, provider, kindred)) return row;
      }
      const row = rowNamed(name);
      if (row && serves(row, provider, kindred)) return row;
    }
    return nothing;
  };

  const findAnywhere = (model: string): ModelFacts => {
    const slash = model.indexOf("/");
    const row = rowNamed(model);
    if (row) return row;
    if (slash > 0) return find(model.slice(0, slash), model.slice(slash + 1));
    for (const name of spellings(model)) {
      const found = rowNamed(name);
      if (found) return found;
    }
    return nothing;
  };

  return {
    facts: (provider, model) => (provider === "" ? findAnywhere(model) : find(provider, model)),
    providerOf(model) {
      const told = (model.includes("/") ? (rows.get(model) ?? nothing) : findAnywhere(model)).litellm_provider;
      return told === undefined ? undefined : homeOf(told);
    },
    names(provider) {
      byProvider ??= namesByProvider(rows, homeOf);
      return byProvider.get(provider) ?? [];
    },
    rows: () => Object.fromEntries(Array.from(rows.names(), (name) => [name, rows.get(name) ?? nothing])),
  };
}

/** Rows name some models by a variant of their provider: its own name with more after a dash or an underscore. */
function isVariant(told: string, provider: string): boolean {
  const next = told[provider.length];
  return (next === "_" || next === "-") && told.startsWith(provider);
}

/** Rows for one size of image, one region or one contract are prices, not models. */
const noModel = /^(?:(?:low|medium|high|standard|hd|max-x-max|\d+-x-\d+|eu|us|us-gov|global|apac)\/|ft:|\*|(?:[a-z]+-)+\d\/)|commitment\//;

function namesByProvider(rows: PriceFile["rows"], homeOf: (told: string) => string): Map<string, string[]> {
  const found = new Map<string, Set<string>>();
  for (const name of rows.names()) {
    const told = rows.get(name)?.litellm_provider;
    if (told === undefined) continue;
    const provider = homeOf(told);
    const wire = name.startsWith(`${provider}/`) ? name.slice(provider.length + 1) : name;
    if (noModel.test(wire)) continue;
    const names = found.get(provider) ?? new Set();
    found.set(provider, names.add(wire));
  }
  return new Map(Array.from(found, ([provider, names]) => [provider, [...names].sort()]));
}

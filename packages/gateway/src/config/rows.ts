/** `model_list` to deployment rows: credentials filled in, providers known, ids told apart. */

import type { DeploymentRow } from "tollgate/parts";
import type { Environment } from "./environment-references.ts";
import { didYouMean } from "./nearest.ts";
import { parsePart } from "./parse-section.ts";
import { type Path, problem, type Report } from "./problem.ts";
import { type Credential, credential, type ModelRow, modelRow } from "./schema.ts";
import { placeOf, type Tree } from "./tree.ts";

export interface ProviderNames {
  readonly isKnownProvider?: (name: string) => boolean;
  readonly providerNames?: readonly string[];
}

interface RowTools extends ProviderNames {
  readonly tree: Tree;
  readonly report: Report;
  readonly env: Environment;
  /** `router_settings.default_litellm_params`. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

export function readRows(
  plain: Readonly<Record<string, unknown>>,
  credentials: ReadonlyMap<string, Credential>,
  tools: RowTools,
): readonly DeploymentRow[] {
  const ids = new Map<string, number>();
  return listAt(plain["model_list"], ["model_list"], tools).flatMap((value, index) => {
    const path: Path = ["model_list", index];
    const row = parsePart(modelRow, value, { ...tools, path });
    if (!row || !isForThisEnvironment(row, tools.env)) return [];
    checkProvider(row, path, tools);
    checkId(row, index, ids, tools);
    return [deploymentRow(row, filledIn(row, credentials, path, tools), tools.defaults)];
  });
}

function listAt(value: unknown, path: Path, { tree, report }: RowTools): readonly unknown[] {
  if (value === undefined || Array.isArray(value)) return value ?? [];
  report(problem("error", placeOf(tree, path), path, "A list was expected here: each entry begins with a dash."));
  return [];
}

export function readCredentials(value: unknown, tools: RowTools): ReadonlyMap<string, Credential> {
  const read = listAt(value, ["credential_list"], tools).map((each, index) =>
    parsePart(credential, each, { ...tools, path: ["credential_list", index] }),
  );
  return new Map(read.flatMap((each) => (each ? [[each.credential_name, each]] : [])));
}

/** `LITELLM_ENVIRONMENT=staging` leaves out rows that name other environments. */
function isForThisEnvironment(row: ModelRow, env: Environment): boolean {
  const wanted = env["LITELLM_ENVIRONMENT"];
  const supported = row.model_info?.supported_environments;
  return !wanted || !supported || supported.includes(wanted);
}

function checkProvider({ litellm_params: params }: ModelRow, path: Path, tools: RowTools): void {
  if (!tools.isKnownProvider) return;
  const forced = params.custom_llm_provider;
  const slash = params.model.indexOf("/");
  // Without a prefix the provider is inferred from the model's name when the row is compiled.
  const name = forced ?? (slash > 0 ? params.model.slice(0, slash) : undefined);
  if (name === undefined || tools.isKnownProvider(name)) return;
  const at = [...path, "litellm_params", forced === undefined ? "model" : "custom_llm_provider"];
  const near = didYouMean(name, tools.providerNames ?? []);
  const hint = near || ' Write provider/model, e.g. "openai/NAME" with an api_base for any server that speaks OpenAI\'s format.';
  tools.report(problem("error", placeOf(tools.tree, at), at, `"${name}" is no known provider.${hint}`));
}

function checkId({ model_info: info }: ModelRow, index: number, ids: Map<string, number>, { tree, report }: RowTools): void {
  if (info?.id === undefined) return;
  const first = ids.get(info.id);
  const path = ["model_list", index, "model_info", "id"];
  if (first === undefined) ids.set(info.id, index);
  else {
    const other = `model_list[${first}] (line ${placeOf(tree, ["model_list", first]).line})`;
    report(problem("error", placeOf(tree, path), path, `${other} has the same id. Every deployment needs an id of its own.`));
  }
}

/** The row's parameters over those of the credential that it names. */
function filledIn(row: ModelRow, credentials: ReadonlyMap<string, Credential>, path: Path, tools: RowTools): ModelRow["litellm_params"] {
  const { litellm_credential_name: name, ...params } = row.litellm_params;
  if (name === undefined) return row.litellm_params;
  const named = credentials.get(name);
  if (named) return { ...named.credential_values, ...params, model: params["model"] as string };
  const at = [...path, "litellm_params", "litellm_credential_name"];
  const near = didYouMean(name, credentials.keys());
  // Nearly the name of one is a slip; any other may stand in the database.
  const then = near || " Unless the database has it (POST /credentials), the model is left out.";
  tools.report(problem(near ? "error" : "warning", placeOf(tools.tree, at), at, `credential_list has no "${name}".${then}`));
  return row.litellm_params;
}

function deploymentRow(row: ModelRow, params: ModelRow["litellm_params"], defaults: Readonly<Record<string, unknown>>): DeploymentRow {
  return {
    model_name: row.model_name,
    litellm_params: { ...defaults, ...params },
    ...(row.model_info && { model_info: row.model_info }),
    source: "config",
  };
}

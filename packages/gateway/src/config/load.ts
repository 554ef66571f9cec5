/** Reads a config file once: YAML, includes, `os.environ/NAME`, schemas; every problem at once. */

import { readFile as readFileOfSystem } from "node:fs/promises";
import { checkKeys } from "./check-keys.ts";
import type { CallDefaults, Config, StartFlags } from "./config.ts";
import { type Environment, resolveReferences, withVariables } from "./environment-references.ts";
import { freeze } from "./freeze.ts";
import { type ReadFile, readWithIncludes } from "./include.ts";
import { didYouMean } from "./nearest.ts";
import { isMap, parseSection } from "./parse-section.ts";
import { type Problem, problem, type Report } from "./problem.ts";
import * as settings from "./process-settings.ts";
import { checkReferences } from "./references.ts";
import { routerSettingsOf } from "./router-settings.ts";
import { type ProviderNames, readCredentials, readRows } from "./rows.ts";
import { egress, generalSettings, litellmSettings, type RoutingSettings, routerSettings } from "./schema.ts";
import { accessSettings, bookSettings, limitSettings, storeSettings } from "./store-settings.ts";
import { emptyMap, type MapTree, placeOf, plainOf } from "./tree.ts";

export interface LoadOptions extends ProviderNames {
  /** Undefined: no file, only flags and environment. */
  readonly file?: string;
  readonly env: Environment;
  readonly cwd: string;
  readonly readFile?: ReadFile;
  readonly flags?: StartFlags;
}

export interface Loaded {
  readonly config: Config;
  /** In the order of the file; the config is usable when none is an error. */
  readonly problems: readonly Problem[];
}

/** By LiteLLM's names; false: known, but answered by simple-shuffle until it is built. */
const strategies: Readonly<Record<string, boolean>> = {
  "simple-shuffle": true,
  "least-busy": true,
  "cost-based-routing": true,
  "usage-based-routing": false,
  "usage-based-routing-v2": false,
  "latency-based-routing": false,
};

export async function loadConfig(options: LoadOptions): Promise<Loaded> {
  const problems: Problem[] = [];
  const report: Report = (each) => void problems.push(each);
  const { file, cwd, readFile = (path) => readFileOfSystem(path, "utf8") } = options;
  const raw = file === undefined ? emptyMap("") : await readWithIncludes(file, { cwd, readFile, report });
  const env = withVariables(raw, options.env, report);
  const tree = resolveReferences(raw, env, report) as MapTree;
  const config = buildConfig(tree, { ...options, env }, report);
  const order = [...new Set(problems.map((each) => each.file))];
  problems.sort((one, other) => order.indexOf(one.file) - order.indexOf(other.file) || one.line - other.line || one.column - other.column);
  return { config: freeze(config), problems };
}

function buildConfig(tree: MapTree, options: LoadOptions, report: Report): Config {
  const { env, file, flags = {} } = options;
  const notInForce = checkKeys(tree, report);
  const plain = plainOf(tree);
  const members = isMap(plain) ? plain : {};
  const section = (name: string) => [members[name], { tree, path: [name], report }] as const;
  const litellm = parseSection(litellmSettings, ...section("litellm_settings"));
  const general = parseSection(generalSettings, ...section("general_settings"));
  const router = parseSection(routerSettings, ...section("router_settings"));
  const reach = parseSection(egress, ...section("egress"));
  const sources = { litellm, general, router, env, flags, cwd: options.cwd };
  const forAll = settings.callDefaults(sources);
  const defaults = rowDefaults(forAll, router, general.allow_client_side_credentials ?? false);
  const tools = { ...options, tree, report, defaults };
  const credentials = readCredentials(members["credential_list"], tools);
  const rows = [...readRows(members, credentials, tools), ...(flags.rows ?? [])];
  const config: Config = {
    ...(file !== undefined && { file }),
    rows,
    credentials: new Map([...credentials].map(([name, each]) => [name, each.credential_values ?? {}])),
    router: routerSettingsOf({ litellm, router, env, requestTimeout: flags.requestTimeoutSeconds }),
    network: settings.networkSettings(sources),
    defaults: forAll,
    http: settings.httpSettings(sources),
    auth: settings.authSettings(sources),
    general: Object.fromEntries(Object.entries(general).filter(([name]) => name !== "master_key")),
    environment: env,
    notInForce: strategies[router.routing_strategy ?? ""] === false ? [...notInForce, "router_settings.routing_strategy"] : notInForce,
    egressAllowPrivate: reach.allow_private ?? [],
    log: settings.logSettings(sources),
    mockTestingAllowed: general.dangerously_allow_mock_testing_request_params ?? false,
    store: storeSettings(sources),
    limits: limitSettings(sources),
    books: bookSettings(sources),
    access: accessSettings(sources),
    litellm,
    dataDir: settings.dataDirOf(sources),
  };
  checkWhole(config, general.master_key, tree, report);
  return config;
}

/** What every row gets unless it says otherwise. */
function rowDefaults(forAll: CallDefaults, router: RoutingSettings, clientCredentials: boolean): Readonly<Record<string, unknown>> {
  const { modifyParams, additionalDrop } = forAll;
  return {
    ...(modifyParams && { modify_params: true }),
    ...(additionalDrop.length > 0 && { additional_drop_params: additionalDrop }),
    ...(clientCredentials && { configurable_clientside_auth_params: ["api_key", "api_base"] }),
    ...router.default_litellm_params,
  };
}

/** What only shows when all is read. */
function checkWhole(config: Config, masterKey: string | undefined, tree: MapTree, report: Report): void {
  const ids = config.rows.flatMap((row) => (typeof row.model_info?.["id"] === "string" ? [row.model_info["id"]] : []));
  checkReferences(tree, [...config.rows.map((row) => row.model_name), ...config.router.aliases.keys(), ...ids], report);
  const { strategy } = config.router;
  const path = ["router_settings", "routing_strategy"];
  if (!(strategy in strategies)) {
    const names = Object.keys(strategies);
    const hint = didYouMean(strategy, names) || ` Known are ${names.join(", ")}.`;
    report(problem("error", placeOf(tree, path), path, `"${strategy}" is no routing strategy.${hint}`));
  }
  if (masterKey?.trim() === "") {
    const key = ["general_settings", "master_key"];
    report(problem("error", placeOf(tree, key), key, "The master key is empty. Set one, or take the line out and one is made."));
  }
  const { port } = config.http;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    report(problem("error", { file: "environment", line: 0, column: 0 }, ["PORT"], "A port from 0 to 65535 was expected here."));
  }
}

/** Turns a `model_list` row into a deployment: all that can be known before a request comes. */

import type { ModelFacts } from "../hub/model-facts.ts";
import type { Credential, Provider, Service, Settings } from "../providers/provider.ts";
import type { Network } from "../transport/transport.ts";
import { basicOf, shownBase } from "./address.ts";
import { type Credentials, connectOnce, createCredentials } from "./credentials.ts";
import type { Deployment, DeploymentRow } from "./deployment.ts";
import { isDeploymentKey } from "./deployment-keys.ts";
import { flagOf, headersOf, millisecondsOf, namesOf, numberOf, recordOf, textOf } from "./read-settings.ts";
import { rowId } from "./row-id.ts";

export interface CompileTools {
  /** Who serves this, and the model's name without the provider. Throws a GatewayError when nobody can tell. */
  readonly resolve: (settings: Settings) => { readonly provider: Provider; readonly model: string };
  readonly facts: (provider: string, model: string) => ModelFacts;
  readonly overlay: (facts: ModelFacts, info: Readonly<Record<string, unknown>>, params: Readonly<Record<string, unknown>>) => ModelFacts;
  readonly network: (settings: Settings, baseUrl: string, source: DeploymentRow["source"]) => Network;
  /** Wraps the service when the settings ask for made-up answers; else the same service. */
  readonly mock: (settings: Settings, service: Service) => Service;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly connect: Parameters<Provider["auth"]["connect"]>[1];
  /** `litellm_settings.drop_params`; the deployment's own wins. */
  readonly dropParams: boolean;
}

export type Compile = (row: DeploymentRow) => Deployment;

/** Throws the GatewayError of an unknown provider. Credentials are shared by all that one compiler made, but for those a client brought. */
export function createCompiler(tools: CompileTools): Compile {
  const credentials = createCredentials(tools.connect);
  return (row) => compile(row, tools, credentials);
}

function compile(row: DeploymentRow, tools: CompileTools, credentials: Credentials): Deployment {
  const written = withOwnAddress(row.litellm_params);
  const { provider, model } = tools.resolve(written);
  const settings = fillIn(written, provider, tools.env, row.source);
  const info = row.model_info ?? {};
  const baseModel = textOf(info["base_model"]) ?? textOf(settings["base_model"]) ?? model;
  const facts = tools.overlay(tools.facts(provider.name, baseModel), info, row.litellm_params);
  const served = provider.serve(model, settings, facts);
  const service = tools.mock(settings, served);
  const id = rowId(row);
  return {
    id,
    group: row.model_name,
    standing: `${id}:${service.model}`,
    provider: provider.name,
    model: service.model,
    row,
    settings,
    service,
    facts,
    network: tools.network(settings, service.baseUrl, row.source),
    // What never sends needs no key.
    credential: service !== served ? noCredential : credentialOf(provider, settings, row.source === "call" ? tools.connect : credentials),
    shownBase: shownBase(service.baseUrl),
    headers: { ...headersOf(settings["headers"]), ...headersOf(settings["extra_headers"]) },
    defaults: defaultsOf(settings, provider),
    extraBody: recordOf(settings["extra_body"]),
    drop: dropOf(settings, tools.dropParams),
    timeouts: { totalMs: millisecondsOf(settings["timeout"]), silenceMs: millisecondsOf(settings["stream_timeout"]) },
    numRetries: numberOf(settings["num_retries"]) ?? numberOf(settings["max_retries"]),
    cooldownMs: millisecondsOf(settings["cooldown_time"]),
    weight: numberOf(settings["weight"]),
    rpm: numberOf(settings["rpm"]),
    tpm: numberOf(settings["tpm"]),
    order: numberOf(settings["order"]),
    clientside: clientsideOf(settings["configurable_clientside_auth_params"]),
    lanes: new Map(),
  };
}

const noCredential = (): Credential => ({});

/** `base_url` is another name for `api_base`; empty means absent. */
function withOwnAddress(params: Settings): Settings {
  const { base_url: alias, ...settings } = params;
  const base = textOf(params.api_base) ?? textOf(alias);
  return { ...settings, api_base: base, api_key: textOf(params.api_key) };
}

/** What the environment knows, where the row is silent. */
function fillIn(settings: Settings, provider: Provider, env: CompileTools["env"], source: DeploymentRow["source"]): Settings {
  const filled: Record<string, unknown> = {};
  for (const [name, variables] of Object.entries(provider.settingsEnv ?? {})) {
    const own = settings[name];
    if (own === undefined || own === null || own === "") filled[name] = firstOf(env, variables);
  }
  // A client that names an address must bring its own key: ours would travel to wherever it says.
  const foreign = source === "call" && settings.api_base !== undefined;
  const key = settings.api_key ?? (foreign ? undefined : firstOf(env, provider.auth.env));
  const base = settings.api_base ?? firstOf(env, provider.baseEnv ?? []);
  return { ...settings, ...(foreign ? {} : filled), api_key: key, api_base: base };
}

function firstOf(env: CompileTools["env"], names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = env[name];
    if (value) return value;
  }
  return undefined;
}

/** `https://user:password@host` counts as a credential where no key is given. */
function credentialOf(provider: Provider, settings: Settings, shared: Credentials | CompileTools["connect"]): () => Credential {
  const basic = settings.api_key ? undefined : basicOf(settings.api_base ?? "");
  if (basic) return () => ({ headers: { authorization: basic } });
  return "of" in shared ? shared.of(provider, settings) : connectOnce(provider, settings, shared);
}

function defaultsOf(settings: Settings, provider: Provider): Readonly<Record<string, unknown>> {
  const fromEnvironment = provider.settingsEnv ?? {};
  const entries = Object.entries(settings).filter(
    ([name, value]) => value !== undefined && value !== null && !isDeploymentKey(name) && !Object.hasOwn(fromEnvironment, name),
  );
  return Object.fromEntries(entries);
}

function dropOf(settings: Settings, dropParams: boolean): Deployment["drop"] {
  return {
    params: flagOf(settings["drop_params"]) ?? dropParams,
    additional: namesOf(settings["additional_drop_params"]),
    allowed: new Set(namesOf(settings["allowed_openai_params"])),
  };
}

function clientsideOf(value: unknown): Deployment["clientside"] {
  const entries: readonly unknown[] = Array.isArray(value) ? value : [value];
  return entries.flatMap((each): Deployment["clientside"] => {
    if (typeof each === "string") return each === "" ? [] : [each];
    const rules = Object.entries(recordOf(each)).filter((rule): rule is [string, string] => typeof rule[1] === "string");
    return rules.length > 0 ? [Object.fromEntries(rules)] : [];
  });
}

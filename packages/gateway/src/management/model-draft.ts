/** What a model that is added or changed by API must be: known provider, known credential, a secret of its own where it must not use ours. */

import { GatewayError, providerNamed, providers } from "tollgate/parts";
import { scopeOf } from "../access/scope.ts";
import { didYouMean } from "../config/nearest.ts";
import type { Caller } from "../http/admin-routes.ts";
import { isOurs, referencesIn, withEnvironment } from "../models/environment-values.ts";
import type { Settings } from "../models/stored-model.ts";
import type { ModelParts } from "./model-parts.ts";

type Fields = Readonly<Record<string, unknown>>;

export interface Draft {
  readonly name: string;
  /** As it will be. */
  readonly params: Settings;
  /** What of it the request says. */
  readonly given: Fields;
  /** As it was; undefined: it is new. */
  readonly before?: Settings;
}

/** Throws bad_request, forbidden. */
export function checkDraft(draft: Draft, caller: Caller, parts: ModelParts): void {
  const { params, given } = draft;
  if (typeof params.model !== "string" || params.model === "")
    throw wrong("litellm_params.model", "must be a text such as openai/gpt-4o: provider/model");
  for (const name of ["api_base", "base_url"]) {
    const value = given[name];
    if (typeof value === "string" && value !== "" && !value.startsWith("os.environ/") && !/^https?:\/\/[^/]/i.test(value))
      throw wrong(`litellm_params.${name}`, "must be an address such as https://host/v1");
  }
  checkReferences(given, parts);
  checkCredential(params, parts);
  if (!scopeOf(caller.principal).writes) refuseBorrowing(draft);
  checkProvider(draft, parts);
}

function checkReferences(given: Fields, { env }: ModelParts): void {
  for (const name of referencesIn(given)) {
    if (isOurs(name)) throw wrong("litellm_params", `may not read ${name}: it is a secret of the gateway itself`);
    if (!env[name]) throw wrong("litellm_params", `names the environment variable ${name}, which is not set where the gateway runs`);
  }
}

function checkCredential(params: Settings, { models }: ModelParts): void {
  const name = params["litellm_credential_name"];
  if (name === undefined || name === null) return;
  if (typeof name === "string" && models.credentials.has(name)) return;
  const hint = didYouMean(String(name), models.credentials.keys()) || " Store it with POST /credentials.";
  throw new GatewayError("bad_request", `There is no credential '${String(name).slice(0, 200)}'.${hint}`, {
    param: "litellm_params.litellm_credential_name",
  });
}

function checkProvider({ name, params }: Draft, { models, house, env }: ModelParts): void {
  const named = params["litellm_credential_name"];
  const values = typeof named === "string" ? models.credentials.get(named) : undefined;
  const forced = typeof params["custom_llm_provider"] === "string" ? params["custom_llm_provider"] : undefined;
  const prefix = forced ?? (params.model.includes("/") ? params.model.slice(0, params.model.indexOf("/")) : undefined);
  try {
    // A star names a provider when somebody asks for a model.
    if (params.model === "*") return;
    house.compile({ model_name: name, litellm_params: withEnvironment({ ...values, ...params }, env), source: "api" });
  } catch (thrown) {
    const error = GatewayError.from(thrown);
    if (prefix === undefined || providerNamed(prefix)) throw error;
    const known = providers.map((each) => each.name);
    const hint = didYouMean(prefix, known) || " GET /public/providers and docs/providers.md list all.";
    throw new GatewayError("bad_request", `"${prefix.slice(0, 200)}" is no known provider.${hint}`, {
      param: forced === undefined ? "litellm_params.model" : "litellm_params.custom_llm_provider",
    });
  }
}

/** Whoever says where calls go must bring the secret that they show there: not one of the environment, of others, or of before. */
function refuseBorrowing({ params, given, before }: Draft): void {
  const name = Object.keys(given).find((each) => operatorsOnly.test(each));
  if (name !== undefined) throw notYours(name, "only an administrator may set it");
  if (referencesIn(given).length > 0) throw notYours("litellm_params", "only an administrator may use variables of the environment");
  if (pathLike(given["vertex_credentials"])) throw notYours("vertex_credentials", "give the JSON itself, not the path of a file");
  const brings = Object.entries(given).some(([each, value]) => isSecret(each) && value !== null && value !== "");
  if (before === undefined) {
    if (!brings) throw notYours("api_key", "a model of a team needs a key of its own: give api_key");
    return;
  }
  const moved = Object.keys(given).filter((each) => isPlace(each) && placeOf(params[each]) !== placeOf(before[each]));
  const gone = Object.keys(given).some((each) => isSecret(each) && given[each] === null);
  if ((moved.length > 0 || gone) && !brings)
    throw new GatewayError(
      "bad_request",
      `'${moved[0] ?? "api_key"}' changes where the stored secret would be sent. Give the secret again in the same request.`,
      { param: `litellm_params.${moved[0] ?? "api_key"}`, code: "secret_required_for_host_change" },
    );
}

const operatorsOnly = /^(litellm_credential_name|ssl_verify|ssl_certificate|use_litellm_proxy|aws_web_identity_token|aws_profile_name)$/;
const secretNames =
  /^(api_key|azure_ad_token|client_secret|password|token|aws_secret_access_key|vertex_credentials|\w+_(key|token|password))$/;
const places = /^(model|custom_llm_provider|\w*(base|url|endpoint|host)\w*)$/i;

function isSecret(name: string): boolean {
  return secretNames.test(name);
}

function isPlace(name: string): boolean {
  return places.test(name) && name !== "base_model";
}

/** The host of an address; of a model's name its provider. */
function placeOf(value: unknown): string {
  if (typeof value !== "string") return "";
  if (URL.canParse(value) && value.includes("://")) return new URL(value).origin;
  return value.includes("/") ? value.slice(0, value.indexOf("/")) : value;
}

function pathLike(value: unknown): boolean {
  return typeof value === "string" && !value.trimStart().startsWith("{");
}

function wrong(param: string, what: string): GatewayError {
  return new GatewayError("bad_request", `The field '${param}' ${what}.`, { param });
}

function notYours(field: string, why: string): GatewayError {
  return new GatewayError("forbidden", `'${field}' cannot be set like this by you: ${why}.`, {
    param: `litellm_params.${field}`,
    type: "auth_error",
  });
}

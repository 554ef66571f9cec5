/** What of a client's body may travel to a deployment: the gateway's own fields out, defaults in, unsupported parameters dropped or refused. */

import { GatewayError } from "../errors.ts";
import { type Operation, operations } from "../hub/operations.ts";
import type { Deployment } from "../router/deployment.ts";
import type { Body, Patch } from "../transport/body.ts";
import { parsePath, withoutPath } from "./drop-paths.ts";
import { gatewayFields, routingFields } from "./gateway-fields.ts";

export interface Switches {
  readonly dropParams: boolean;
  /** `additional_drop_params` of deployment and request. */
  readonly additionalDrop: readonly string[];
  /** `allowed_openai_params` of the request; the deployment's stand in `deployment.drop.allowed`. */
  readonly allowed: readonly string[];
  /** `Call.isPlain`: nothing in the body is the gateway's. */
  readonly isPlain?: boolean;
}

/** Nothing has to be done: what most calls get. */
export const unchanged: Patch = Object.freeze({});

type Changes = { set: Record<string, unknown>; remove: string[] };

/** Speaks hub names and runs before translation. Throws unsupported_params, which names the parameters and the ways out. */
export function shapeParameters(body: Body, deployment: Deployment, operation: Operation, switches: Switches): Patch {
  const changes: Changes = { set: {}, remove: [] };
  if (!switches.isPlain) for (const name of body.names) if (gatewayFields.has(name)) changes.remove.push(name);
  addDefaults(body, deployment, changes);
  for (const path of switches.additionalDrop) drop(path, body, changes);
  dropUnsupported(body, deployment, operation, switches, changes);
  return changes.remove.length === 0 && isEmpty(changes.set) ? unchanged : changes;
}

function isEmpty(object: object): boolean {
  for (const _ in object) return false;
  return true;
}

/** Deployment defaults lose against the request; `extra_body` of the request wins over the deployment's and over all. */
function addDefaults(body: Body, deployment: Deployment, changes: Changes): void {
  for (const name in deployment.defaults) if (!speaksOf(body, name)) changes.set[name] = deployment.defaults[name];
  Object.assign(changes.set, deployment.extraBody);
  if (!body.has("extra_body")) return;
  const extra = body.get("extra_body");
  if (extra === null || extra === undefined) return;
  if (typeof extra !== "object" || Array.isArray(extra))
    throw new GatewayError("bad_request", "Invalid 'extra_body': it must be an object.", { param: "extra_body" });
  for (const [name, value] of Object.entries(extra)) if (!routingFields.has(name)) changes.set[name] = value;
}

/** `max_tokens` and `max_completion_tokens` say the same: a default of one gives way to the other. */
function speaksOf(body: Body, name: string): boolean {
  if (body.shape(name) !== "missing") return true;
  if (name === "max_tokens") return body.shape("max_completion_tokens") !== "missing";
  if (name === "max_completion_tokens") return body.shape("max_tokens") !== "missing";
  return false;
}

function drop(path: string, body: Body, changes: Changes): void {
  const [top, ...rest] = parsePath(path);
  if (typeof top !== "string") return;
  if (rest.length === 0) {
    delete changes.set[top];
    changes.remove.push(top);
    return;
  }
  const value = changes.set[top] ?? body.get(top);
  if (value !== undefined) changes.set[top] = withoutPath(value, rest);
}

function dropUnsupported(body: Body, deployment: Deployment, operation: Operation, switches: Switches, changes: Changes): void {
  const supports = deployment.service.supports[operation];
  const refuses = deployment.service.refuses;
  if (!supports && !refuses) return;
  const { known } = operations[operation];
  const allowed = (name: string): boolean => deployment.drop.allowed.has(name) || switches.allowed.includes(name);
  const unsupported: string[] = [];
  if (supports) {
    const look = (name: string, value: unknown): void => {
      if (!known.has(name) || supports.has(name) || allowed(name) || changes.remove.includes(name)) return;
      if (value === null || value === undefined || (name === "n" && value === 1)) changes.remove.push(name);
      else unsupported.push(name);
    };
    for (const name of body.names)
      if (!Object.hasOwn(changes.set, name)) look(name, body.shape(name) === "missing" ? null : name === "n" ? body.get(name) : true);
    for (const name in changes.set) look(name, changes.set[name]);
  }
  if (refuses) for (const name of refuses(view(body, changes))) if (!allowed(name) && !unsupported.includes(name)) unsupported.push(name);
  if (unsupported.length === 0) return;
  if (!switches.dropParams) throw unsupportedParams(unsupported, deployment);
  for (const name of unsupported) {
    delete changes.set[name];
    changes.remove.push(name);
  }
}

/** The body as it will be. Parses large bodies, so it is made only where values decide. */
function view(body: Body, changes: Changes): Readonly<Record<string, unknown>> {
  return applied(body.json, changes);
}

/** A patch on an object: what `Body.patched` does to bytes. */
export function applied(json: Readonly<Record<string, unknown>>, patch: Patch): Record<string, unknown> {
  const result: Record<string, unknown> = { ...json };
  for (const name of patch.remove ?? []) delete result[name];
  for (const name in patch.set) if (patch.set[name] !== undefined) result[name] = patch.set[name];
  return result;
}

/** LiteLLM's clients match on these words. */
export function unsupportedParams(names: readonly string[], deployment: Pick<Deployment, "provider" | "model">): GatewayError {
  const list = names.map((name) => `'${name}'`).join(", ");
  return new GatewayError(
    "unsupported_params",
    `${deployment.provider} does not support parameters: [${list}], for model=${deployment.model}. To drop them, set \`drop_params: true\` ` +
      `(litellm_settings for all, litellm_params for one deployment, or in the request). To send them all the same, set \`allowed_openai_params: [${list}]\`.`,
    { provider: deployment.provider, model: deployment.model },
  );
}

/** What a client may not say about where its call goes: addresses, credentials, mocks. */

import { type Body, clientMaySet, type Deployment, GatewayError, routingFields } from "tollgate/parts";

export interface ClientFieldRules {
  /** The deployments that the call may reach: their `configurable_clientside_auth_params` decide. */
  readonly deployments: () => readonly Deployment[];
}

/**
 * Looks at the body's top, into `extra_body`, `litellm_params` and the objects of `fallbacks`. Throws bad_request that names
 * the field and the setting; answers with the allowed fields at the top, if any.
 */
export function refuseClientRouting(body: Body, rules: ClientFieldRules): Readonly<Record<string, unknown>> | undefined {
  let overrides: Record<string, unknown> | undefined;
  for (const name of body.names) {
    if (!routingFields.has(name) || body.shape(name) === "missing") continue;
    const value = body.get(name);
    check(name, value, rules);
    overrides ??= {};
    overrides[name] = value;
  }
  for (const name of ["extra_body", "litellm_params"]) if (body.has(name)) inside(body.get(name), rules);
  if (body.has("fallbacks")) {
    const fallbacks = body.get("fallbacks");
    if (Array.isArray(fallbacks)) for (const each of fallbacks) inside(each, rules);
  }
  return overrides;
}

function inside(value: unknown, rules: ClientFieldRules): void {
  if (value === null || typeof value !== "object") return;
  for (const [name, field] of Object.entries(value))
    if (routingFields.has(name) && field !== null && field !== undefined) check(name, field, rules);
}

function check(name: string, value: unknown, rules: ClientFieldRules): void {
  if (rules.deployments().some((deployment) => clientMaySet(deployment, name, value))) return;
  throw new GatewayError(
    "bad_request",
    `'${name}' may not be set by the request. An administrator can allow it for a model: litellm_params.configurable_clientside_auth_params: ["${name}"].`,
    { param: name },
  );
}

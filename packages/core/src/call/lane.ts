/** How one client dialect reaches one deployment: worked out at the first call and kept. */

import type { ClientSide, ProviderSide } from "../dialects/dialect.ts";
import { GatewayError } from "../errors.ts";
import type { Operation } from "../hub/operations.ts";
import type { Credential } from "../providers/provider.ts";
import { address } from "../router/address.ts";
import type { Deployment } from "../router/deployment.ts";

export interface Lane {
  readonly side: ProviderSide;
  /** The client's dialect and the provider's are one: bytes pass. */
  readonly sameDialect: boolean;
  /** Fixed headers: content type, deployment, credential left out. */
  readonly headers: Readonly<Record<string, string>>;
  /** The same for a stream; asked for so, no provider compresses it event by event. */
  readonly streamHeaders: Readonly<Record<string, string>>;
  readonly json: Target;
  readonly stream: Target;
  /** Headers with the credential's, as long as the credential is the same. */
  readonly kept: { json?: KeptHeaders; stream?: KeptHeaders };
}

interface KeptHeaders {
  readonly of: Credential;
  /** The side's own, frozen where they are always the same. */
  readonly own: Readonly<Record<string, string>> | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

interface Target {
  readonly origin: string;
  readonly path: string;
}

export function laneOf(deployment: Deployment, client: ClientSide): Lane {
  const key = `${client.operation}:${client.dialect}`;
  const known = deployment.lanes.get(key) as Lane | undefined;
  if (known) return known;
  const lane = build(deployment, client);
  deployment.lanes.set(key, lane);
  return lane;
}

function build(deployment: Deployment, client: ClientSide): Lane {
  const sides = deployment.service.sides[client.operation] as readonly ProviderSide[] | undefined;
  const side = sides?.find((each) => each.dialect === client.dialect) ?? sides?.[0];
  if (!side) throw cannot(deployment, client.operation);
  const target = (stream: boolean): Target => {
    const { service, settings } = deployment;
    if (service.exchange && service.baseUrl === "") return { origin: "", path: "" };
    if (service.baseUrl === "") throw noAddress(deployment);
    return address(service.baseUrl, service.wholeUrl ? "" : side.path({ model: deployment.model, stream, settings }));
  };
  const own = { ...deployment.service.headers, ...deployment.headers };
  return {
    side,
    sameDialect: side.dialect === client.dialect,
    headers: { "content-type": "application/json", ...own },
    streamHeaders: { "content-type": "application/json", accept: side.framing === "sse" ? "text/event-stream" : "*/*", ...own },
    json: target(false),
    stream: target(true),
    kept: {},
  };
}

function cannot(deployment: Deployment, operation: Operation): GatewayError {
  return new GatewayError(
    "not_implemented",
    `${deployment.provider} models cannot be asked for ${operation} yet (model ${deployment.model}). Choose a model of another provider for this operation.`,
    { provider: deployment.provider, model: deployment.model },
  );
}

function noAddress(deployment: Deployment): GatewayError {
  return new GatewayError(
    "bad_request",
    `No address for ${deployment.provider}/${deployment.model}. Set litellm_params.api_base in the configuration.`,
    {
      provider: deployment.provider,
      model: deployment.model,
    },
  );
}

/** How one client dialect reaches one deployment: worked out at the first call and kept. */

import type { ClientSide, ProviderSide, Returns } from "../dialects/dialect.ts";
import { GatewayError } from "../errors.ts";
import type { Operation } from "../hub/operations.ts";
import type { Credential } from "../providers/provider.ts";
import { address } from "../router/address.ts";
import type { Deployment } from "../router/deployment.ts";
import { Moulds } from "./moulds.ts";

export interface Lane {
  readonly side: ProviderSide;
  /** The client's dialect and the provider's are one: bytes pass. */
  readonly sameDialect: boolean;
  /** And so do the events of streams, which are framed alike. */
  readonly sameFraming: boolean;
  readonly sends: "json" | "form" | "bytes";
  /** "varies": with what is asked. */
  readonly returns: Returns | "varies";
  /** A whole answer is JSON and nothing else needs to be looked at. */
  readonly plain: boolean;
  /** The path depends on more than model and settings, so it is made for each call. */
  readonly pathVaries: boolean;
  /** Sound is measured where the provider does not say how long it is. */
  readonly measures: boolean;
  /** What was used may have to be seen from what was asked. */
  readonly usageOfAsked: boolean;
  /** Fixed headers: content type, deployment, credential left out. */
  readonly headers: Readonly<Record<string, string>>;
  /** The same for a stream; asked for so, no provider compresses it event by event. */
  readonly streamHeaders: Readonly<Record<string, string>>;
  readonly json: Target;
  readonly stream: Target;
  /** Headers with the credential's, as long as the credential is the same. */
  kept: KeptHeaders | undefined;
  /** What was learned of the events of its streams. */
  readonly events: Moulds;
  /** And of its whole replies, where those of one dialect need no parse. */
  readonly replies: Moulds | undefined;
}

interface KeptHeaders {
  readonly of: Credential;
  /** The side's own, frozen where they are always the same. */
  readonly own: Readonly<Record<string, string>> | undefined;
  readonly json: Readonly<Record<string, string>>;
  readonly stream: Readonly<Record<string, string>>;
}

export interface Target {
  readonly origin: string;
  readonly path: string;
}

export function laneOf(deployment: Deployment, client: ClientSide): Lane {
  const known = deployment.lanes.get(client) as Lane | undefined;
  if (known) return known;
  const lane = build(deployment, client);
  deployment.lanes.set(client, lane);
  return lane;
}

function build(deployment: Deployment, client: ClientSide): Lane {
  const sides = deployment.service.sides[client.operation] as readonly ProviderSide[] | undefined;
  const side = sides?.find((each) => each.dialect === client.dialect) ?? sides?.[0];
  if (!side) throw cannot(deployment, client.operation);
  const own = { ...deployment.service.headers, ...deployment.headers };
  const sameDialect = side.dialect === client.dialect;
  const returns = typeof side.returns === "function" ? "varies" : (side.returns ?? "json");
  const measures = client.operation === "transcribe" || client.operation === "translate";
  return {
    side,
    sameDialect,
    sameFraming: sameDialect && (side.framing ?? "sse") === client.framing,
    sends: side.sends ?? "json",
    returns,
    plain: returns === "json" && !measures,
    measures,
    ...targetsOf(deployment, side),
    // Replies of these two say it themselves, and to build what was asked would cost a parse that hands off has none of.
    usageOfAsked: !sameDialect || (client.operation !== "chat" && client.operation !== "embed"),
    headers: { "content-type": "application/json", ...own },
    streamHeaders: { "content-type": "application/json", accept: side.framing === "sse" ? "text/event-stream" : "*/*", ...own },
    kept: undefined,
    events: new Moulds(),
    replies: sameDialect && side.replyToldBy ? new Moulds(side.replyToldBy) : undefined,
  };
}

/** Both paths; whether they vary with what is asked shows in whether they look at it. */
function targetsOf(deployment: Deployment, side: ProviderSide): { json: Target; stream: Target; pathVaries: boolean } {
  let pathVaries = false;
  const targetOf = (stream: boolean): Target =>
    targetFor(deployment, side, {
      stream,
      get asked() {
        pathVaries = true;
        return undefined;
      },
    });
  return { json: targetOf(false), stream: targetOf(true), pathVaries };
}

type Path = Parameters<ProviderSide["path"]>[0];

export function targetFor(deployment: Deployment, side: ProviderSide, call: Pick<Path, "stream" | "asked">): Target {
  const { service, settings, model } = deployment;
  if (service.exchange && service.baseUrl === "") return { origin: "", path: "" };
  if (service.baseUrl === "") throw noAddress(deployment);
  const at = Object.defineProperties({ model, settings }, Object.getOwnPropertyDescriptors(call)) as Path;
  return address(service.baseUrl, service.wholeUrl ? "" : side.path(at));
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
    `No address for ${deployment.provider}/${deployment.model}. Set ${deployment.service.addressHint ?? "litellm_params.api_base in the configuration"}.`,
    {
      provider: deployment.provider,
      model: deployment.model,
    },
  );
}

/** A place that we can call. Data and two small functions, not a class. */

import type { Cancel } from "../cancel.ts";
import type { Clock } from "../clock.ts";
import type { ProviderSide, Settings } from "../dialects/dialect.ts";
import type { GatewayError } from "../errors.ts";
import type { ModelFacts } from "../hub/model-facts.ts";
import type { Operation, Operations } from "../hub/operations.ts";
import type { Patch } from "../transport/body.ts";
import type { Headers, InboundReply, OutboundRequest, Send, WireEvent, WireReply } from "../transport/transport.ts";

export type { Settings } from "../dialects/dialect.ts";

export interface Provider {
  readonly name: string;
  /** For people: docs, UI. */
  readonly title: string;
  readonly auth: Auth;
  /** What a model id means here; asked when a deployment is compiled, never per request. */
  readonly serve: (model: string, settings: Settings, facts: ModelFacts) => Service;
  /** Environment variables that name the address, first wins; `api_base` of the deployment wins over all. */
  readonly baseEnv?: readonly string[];
  /** Other settings that environment variables may fill: setting name → variables, first wins. */
  readonly settingsEnv?: Readonly<Record<string, readonly string[]>>;
  /** Where the provider's own documentation is. */
  readonly docs?: string;
}

/** What a model id means at this provider. */
export interface Service {
  /** The name that travels. */
  readonly model: string;
  /** Address that side paths are appended to; empty: the config must name one. */
  readonly baseUrl: string;
  readonly quirks?: Quirks;
  /** Parameters of OpenAI's that it takes; undefined: all. */
  readonly supports: { readonly [O in Operation]?: ReadonlySet<string> };
  /** Names of parameters whose values it refuses (o-series: a temperature other than 1). Dropped or refused like unsupported ones. */
  readonly refuses?: (asked: Readonly<Record<string, unknown>>) => readonly string[];
  /** Best first; the client's own dialect wins. */
  readonly sides: { readonly [O in Operation]?: readonly ProviderSide<O>[] };
  /** Fixed headers of this service (not credentials). */
  readonly headers?: Readonly<Record<string, string>>;
  /** When an answer takes more than one HTTP call, or none: create-and-poll, `demo`, `mock_response`. */
  readonly exchange?: Exchange;
  /** True: the whole URL is `baseUrl` (a config that names an endpoint). */
  readonly wholeUrl?: boolean;
  /** What to set where `baseUrl` is empty, for people; default: api_base. */
  readonly addressHint?: string;
}

export interface ExchangeContext {
  readonly send: Send;
  readonly clock: Clock;
  readonly cancel: Cancel;
  readonly operation: Operation;
  readonly stream: boolean;
  readonly newId: () => string;
  /** What is asked for, in the hub's form: for tasks that are made in more than one step. */
  readonly asked: () => Operations[Operation]["request"];
  /** The deployment's credential on a request of one's own; `request` itself has it already. */
  readonly sign: (request: OutboundRequest) => OutboundRequest | Promise<OutboundRequest>;
}
export type Exchange = (request: OutboundRequest, context: ExchangeContext) => Promise<InboundReply>;

/** How a provider knows us. */
export interface Auth {
  /** Environment variables that hold the key, first wins. */
  readonly env: readonly string[];
  /** One per distinct credential, shared by deployments. Throws a GatewayError (no_credentials) that says what to set. */
  connect(settings: Settings, tools: { send: Send; clock: Clock }): Credential;
  /** What tells credentials apart beside the settings that are secrets or accounts: a region that stands in the model's name. */
  account?(settings: Settings): string;
}

export interface Credential {
  /** Fixed headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Signs the final bytes, or adds a token (one fetch at a time). */
  prepare?(final: OutboundRequest): OutboundRequest | Promise<OutboundRequest>;
  /** After a 401, or a status of `renewsOn`: true when another try may do better. */
  renew?(refused?: { readonly status: number; readonly headers: Headers }): boolean;
  /** Statuses beside 401 that may tell an old token or a wrong clock. */
  readonly renewsOn?: readonly number[];
}

/** Where a service departs from the dialect it claims to speak. Applied last, to the wire. */
export interface Quirks {
  /** Top-level members: name here → name there. */
  readonly rename?: Readonly<Record<string, string>>;
  readonly drop?: readonly string[];
  readonly force?: Readonly<Record<string, unknown>>;
  /** A rule on values answers with a Patch of top-level members. */
  readonly rules?: readonly ((
    wire: Readonly<Record<string, unknown>>,
    facts: ModelFacts,
    asked: Operations[Operation]["request"],
  ) => Patch | undefined)[];
  /** Change a parsed JSON reply before it is read; without it hands off is possible. */
  readonly reply?: (body: unknown) => unknown;
  /** The same for one event of a stream. */
  readonly chunk?: (event: WireEvent) => WireEvent;
  readonly error?: (reply: WireReply) => GatewayError | undefined;
}

/** A plain service: one address, the same sides and support for every model. */
export function serves(
  service: Omit<Service, "model" | "baseUrl" | "supports"> & Partial<Pick<Service, "supports">>,
  baseUrl: string,
): Provider["serve"] {
  return (model, settings) => ({ supports: {}, ...service, model, baseUrl: settings.api_base ?? baseUrl });
}

/** A deployment: one provider, model id and credentials that serve a public model name. */

import type { Settings } from "../dialects/dialect.ts";
import type { ModelFacts } from "../hub/model-facts.ts";
import type { Credential, Service } from "../providers/provider.ts";
import type { Network } from "../transport/transport.ts";

/** A `model_list` row with its values resolved. */
export interface DeploymentRow {
  readonly model_name: string;
  readonly litellm_params: Settings;
  readonly model_info?: Readonly<Record<string, unknown>>;
  /** Where it came from: a file may name more addresses than an API call. */
  readonly source?: "config" | "api" | "call";
}

/** Compiled: all that can be known before a request comes. */
export interface Deployment {
  /** `model_info.id`, or a hash of the row. */
  readonly id: string;
  /** The public model name (`model_name` of its row), with `*` for a wildcard's parent. */
  readonly group: string;
  /** Standing is kept per deployment and wire model: one wrong name must not rest a wildcard. */
  readonly standing: string;
  readonly provider: string;
  /** The wire name of the model. */
  readonly model: string;
  readonly row: DeploymentRow;
  readonly settings: Settings;
  readonly service: Service;
  readonly facts: ModelFacts;
  readonly network: Network;
  /** Connected at first use; throws no_credentials then. */
  readonly credential: () => Credential;
  /** The address without query and credentials, for the reply header. */
  readonly shownBase: string;
  /** Headers beside the credential's: dialect-independent ones, `extra_headers`, organization … */
  readonly headers: Readonly<Record<string, string>>;
  /** OpenAI parameters and others of the row that are defaults of each request. */
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly extraBody: Readonly<Record<string, unknown>>;
  readonly drop: { readonly params: boolean; readonly additional: readonly string[]; readonly allowed: ReadonlySet<string> };
  readonly timeouts: { readonly totalMs?: number; readonly silenceMs?: number };
  readonly numRetries?: number;
  readonly cooldownMs?: number;
  readonly weight?: number;
  readonly rpm?: number;
  readonly tpm?: number;
  readonly order?: number;
  /** What a client may set itself: `configurable_clientside_auth_params`. */
  readonly clientside: readonly (string | Readonly<Record<string, string>>)[];
  /** By client side: filled by call/, empty at first. */
  readonly lanes: Map<object, unknown>;
}

/** One client request on its way: what steps 7 to 9 need to know, for the gateway and the library alike. */

import type { Cancel } from "../cancel.ts";
import type { Clock } from "../clock.ts";
import type { ClientSide, Inbound } from "../dialects/dialect.ts";
import type { Operation } from "../hub/operations.ts";
import type { Deployment } from "../router/deployment.ts";
import type { Ask, Attempt, Router } from "../router/router.ts";
import type { Network, Transport } from "../transport/transport.ts";

export interface Call {
  readonly id: string;
  readonly client: ClientSide<Operation>;
  readonly at: Inbound;
  readonly ask: Ask;
  /** The body holds nothing of `readFields`: no switch, no route, nobody to charge. */
  readonly isPlain: boolean;
  readonly stream: boolean;
  readonly wantsUsage: boolean;
  /** Overrides of the request: milliseconds. */
  readonly timeoutMs?: number;
  readonly streamTimeoutMs?: number;
  readonly dropParams?: boolean;
  readonly additionalDrop: readonly string[];
  readonly allowedParams: readonly string[];
  /** `extra_headers` of the request: they travel, but never a credential. */
  readonly extraHeaders?: Readonly<Record<string, string>>;
  /** What the client set itself and may set (`api_base`, `api_key`): the deployment is compiled for this call with them. */
  readonly overrides?: Readonly<Record<string, unknown>>;
  readonly cancel: Cancel;
  /** Filled while the call is made. */
  readonly attempts: Attempt[];
}

/** What opens calls: made once. */
export interface House {
  readonly router: Router;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly chance: () => number;
  readonly newId: () => string;
  readonly timeouts: { readonly totalMs: number; readonly silenceMs?: number };
  /** The deployment with a call's own settings, as far as its row allows them. */
  readonly override?: (deployment: Deployment, settings: Readonly<Record<string, unknown>>) => Deployment;
  readonly limits: { readonly replyBytes: number };
  /** How a file is fetched that a request names by address; reaches public addresses only. */
  readonly fileNetwork?: (url: string) => Network;
}

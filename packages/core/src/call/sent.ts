/** What the steps of one attempt share. */

import type { Deployment } from "../router/deployment.ts";
import type { Call, House } from "./call.ts";
import type { Lane } from "./lane.ts";
import type { Prepared } from "./outbound.ts";

export interface Sent {
  readonly call: Call;
  readonly deployment: Deployment;
  readonly lane: Lane;
  readonly prepared: Prepared;
  readonly house: House;
}

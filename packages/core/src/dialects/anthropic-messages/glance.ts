/** Looks at Messages events as they pass to a client of the same dialect. */

import type { GatewayError } from "../../errors.ts";
import type { WireEvent } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import type { Glance } from "../dialect.ts";
import { errorOf } from "./error.ts";
import { objectIn, parsed } from "./json.ts";
import { UsageTally } from "./usage.ts";

const telling = new Set(["message_start", "message_delta", "message_stop", "error"]);
/** Deltas are the many: the type is read off their beginning, and they are never parsed. */
const typeInData = /^\s*\{\s*"type"\s*:\s*"([a-z_]+)"/;

export class MessagesGlance implements Glance {
  readonly #tally = new UsageTally();
  complete = false;

  get usage(): Usage | undefined {
    return this.#tally.usage;
  }

  push(event: WireEvent): "pass" | "end" | GatewayError {
    const type = event.name ?? typeInData.exec(event.data)?.[1];
    if (type !== undefined && !telling.has(type)) return "pass";
    const wire = objectIn(parsed(event.data));
    switch (wire["type"] ?? type) {
      case "message_start":
        this.#tally.add(objectIn(wire["message"])["usage"]);
        break;
      case "message_delta":
        this.#tally.add(wire["usage"]);
        if (objectIn(wire["delta"])["stop_reason"]) this.complete = true;
        break;
      case "message_stop":
        this.complete = true;
        return "end";
      case "error":
        return errorOf({ status: 200, headers: {}, body: wire });
    }
    return "pass";
  }
}

/** Looks at the events of an image that is shown while it is made. Source: platform.openai.com/docs/api-reference/images-streaming. */

import type { Usage } from "../../usage.ts";
import type { Glance } from "../dialect.ts";
import { openaiError } from "../openai-chat/error.ts";
import { usageOfImages } from "./usage.ts";

export function imageGlance(): Glance {
  let usage: Usage | undefined;
  let images = 0;
  return {
    push({ name, data }) {
      // Partial images are large, and their first letters say that they are nothing but content.
      if (isPartial(name, data)) return "pass";
      const event = parsed(data);
      if (event["error"] || event["type"] === "error") return openaiError({ status: 200, headers: {}, body: event });
      if (!String(event["type"] ?? name).endsWith(".completed")) return "pass";
      images += 1;
      const told = usageOfImages({ status: 200, headers: {}, body: event });
      usage = { ...usage, ...told, units: { images } };
      return "pass";
    },
    get usage() {
      return usage;
    },
    get complete() {
      return images > 0;
    },
  };
}

function isPartial(name: string | undefined, data: string): boolean {
  return name?.endsWith(".partial_image") ?? data.slice(0, 60).includes('.partial_image"');
}

function parsed(data: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(data);
    return value !== null && typeof value === "object" ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** What a reply with images still needs: `created`, which some servers leave out, and the public model name where a name stands. */

import { GatewayError } from "../../errors.ts";
import type { Patch } from "../../transport/body.ts";
import { openaiError } from "../openai-chat/error.ts";

export function tidyImages(
  body: Readonly<Record<string, unknown>>,
  { publicModel, now }: { readonly publicModel: string; readonly now: number },
): Patch & { readonly set: Record<string, unknown> } {
  if (!Array.isArray(body["data"])) throw notImages(body);
  const set: Record<string, unknown> = {};
  if (typeof body["created"] !== "number") set["created"] = now;
  if (body["model"] !== undefined) set["model"] = publicModel;
  return { set };
}

function notImages(body: Readonly<Record<string, unknown>>): GatewayError {
  if (body["error"]) return openaiError({ status: 200, headers: {}, body });
  return new GatewayError("bad_reply", "The provider answered 200, but its body holds no images (it has no list 'data'). Check api_base.");
}

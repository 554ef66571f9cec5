/** How we call a provider that speaks Anthropic's Messages API. */

import type { WireReply } from "../../transport/transport.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { betaHeader, betasIn, betasOf } from "./betas.ts";
import { errorOf } from "./error.ts";
import { MessagesGlance } from "./glance.ts";
import { objectIn } from "./json.ts";
import { addressesIn } from "./parts.ts";
import { wireRequest } from "./request.ts";
import { hubResponse, notAnAnswer } from "./response.ts";
import { MessagesDecoder } from "./stream.ts";
import { usageOf } from "./usage.ts";

const VERSION = "2023-06-01";

export const anthropicMessages: ProviderSide<"chat"> = {
  operation: "chat",
  dialect: "anthropic-messages",
  framing: "sse",
  path: () => "/v1/messages",
  patch: ({ model, body }) => (body.get("model") === model ? {} : { set: { model } }),
  headers: (context, wire) => {
    const betas = [...askedBetas(context), ...betasOf(context, wire)];
    return betas.length === 0 ? versionOnly : { ...versionOnly, ...betaHeader(betas) };
  },
  // Addresses over https are fetched by the provider itself.
  fetches: (asked) => addressesIn(asked).filter((address) => /^http:/i.test(address)),
  request: wireRequest,
  response: hubResponse,
  stream: (context) => new MessagesDecoder(context),
  glance: () => new MessagesGlance(),
  replyPatch: (body, { publicModel }) => {
    if (!Array.isArray(body["content"])) throw notAnAnswer({ status: 200, headers: {}, body });
    return { set: { model: publicModel } };
  },
  usage: (reply: WireReply) => usageOf(objectIn(reply.body)["usage"]),
  error: errorOf,
};

const versionOnly = Object.freeze({ "anthropic-version": VERSION });

/** Those that the client or the deployment wants, whatever the request holds. */
function askedBetas({ asked, settings }: TranslateContext<"chat">): string[] {
  return [...betasIn(settings["extra_headers"]), ...betasIn(asked["extra_headers"])];
}

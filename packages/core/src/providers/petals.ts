/** Petals: a public swarm, or a front end of one's own, asked with an old-fashioned form. */

import { petalsGenerate } from "../dialects/petals-generate/provider-side.ts";
import { keyAuth } from "./auth/key.ts";
import { supportedParameters } from "./parameters.ts";
import type { Exchange, Provider } from "./provider.ts";
import { fieldsOf } from "./quirks.ts";

const NAME = "petals";

export const petals: Provider = {
  name: NAME,
  title: "Petals",
  docs: "https://github.com/petals-infra/chat.petals.dev",
  auth: keyAuth({ env: ["PETALS_API_KEY"], optional: true }),
  baseEnv: ["PETALS_API_BASE"],
  serve: (model, settings, facts) => ({
    model,
    baseUrl: (settings.api_base ?? "https://chat.petals.dev").replace(/\/api\/v1\/generate\/?$/, ""),
    supports: { chat: supportedParameters(NAME, "chat", model, facts) },
    sides: { chat: [petalsGenerate] },
    exchange: asForm,
  }),
};

/** The server reads forms and no JSON. */
const asForm: Exchange = (request, { send, cancel }) => {
  const body = typeof request.body === "string" || Buffer.isBuffer(request.body) ? request.body.toString() : "{}";
  const form = Object.entries(fieldsOf(JSON.parse(body))).map(([name, value]): [string, string] => [name, String(value)]);
  const headers = { ...request.headers, "content-type": "application/x-www-form-urlencoded" };
  return send({ ...request, headers, body: new URLSearchParams(form).toString() }, cancel);
};

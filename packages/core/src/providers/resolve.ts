/** Which provider a deployment's model belongs to, told by its settings, its prefix, its address or its name. */

import { GatewayError } from "../errors.ts";
import { providerNamed, providers } from "./catalog.ts";
import type { Provider, Settings } from "./provider.ts";

export interface Resolved {
  readonly provider: Provider;
  /** Without the provider's prefix. */
  readonly model: string;
}

/** `providerOf` is the price book's answer to a bare model name. Throws a GatewayError (bad_request) that says what to write. */
export function resolveProvider(settings: Settings, providerOf: (model: string) => string | undefined): Resolved {
  const { model } = settings;
  const named = settings["use_litellm_proxy"] === true ? "litellm_proxy" : settings["custom_llm_provider"];
  if (typeof named === "string" && named !== "") return { provider: known(named, model), model: withoutPrefix(model, named) };
  const cut = model.indexOf("/");
  const prefixed = cut > 0 ? providerNamed(model.slice(0, cut)) : undefined;
  if (prefixed) return { provider: prefixed, model: model.slice(cut + 1) };
  const provider = providerAt(settings.api_base) ?? providerInBook(providerOf(model));
  if (provider) return { provider, model };
  throw new GatewayError(
    "bad_request",
    `Nobody says whose model "${model}" is. Write litellm_params.model as <provider>/<model>, for example openai/${model}; ` +
      `for a server of your own that speaks OpenAI's API also set api_base.`,
    { model, param: "model" },
  );
}

function known(name: string, model: string): Provider {
  const provider = providerNamed(name);
  if (provider) return provider;
  throw new GatewayError(
    "bad_request",
    `custom_llm_provider "${name}" of ${model} is no provider that we know. Names are in docs/providers.md; a server that speaks OpenAI's API is custom_openai.`,
    { model, param: "custom_llm_provider" },
  );
}

function withoutPrefix(model: string, provider: string): string {
  return model.startsWith(`${provider}/`) ? model.slice(provider.length + 1) : model;
}

/** Price books file some models under more than the provider's name: `vertex_ai-llama_models`, `bedrock_converse`. */
function providerInBook(name: string | undefined): Provider | undefined {
  if (name === undefined) return undefined;
  return providerNamed(name) ?? providerNamed(name.replace(/-.*$/, "")) ?? providerNamed(name.replace(/_converse$/, ""));
}

/** Only addresses that belong to a provider. */
function providerAt(base: string | undefined): Provider | undefined {
  if (!base || !URL.canParse(base)) return undefined;
  const { hostname } = new URL(base);
  return providerNamed(otherHosts[hostname] ?? "") ?? hosts().get(hostname);
}

/** Second addresses, and whose a shared one is. */
const otherHosts: Readonly<Record<string, string>> = {
  "api.galadriel.ai": "galadriel",
  "api.moonshot.cn": "moonshot",
  "api.together.xyz": "together_ai",
  "dashscope-intl.aliyuncs.com": "dashscope",
  "dashscope.aliyuncs.com": "dashscope",
};

let hostTable: ReadonlyMap<string, Provider> | undefined;

/** Made at first use: the default address of each provider that has one on the public net. */
function hosts(): ReadonlyMap<string, Provider> {
  hostTable ??= new Map(providers.toReversed().flatMap((provider) => hostOf(provider).map((host) => [host, provider] as const)));
  return hostTable;
}

function hostOf(provider: Provider): string[] {
  try {
    const { baseUrl } = provider.serve("model", { model: "model" }, {});
    const { protocol, hostname } = new URL(baseUrl);
    return protocol === "https:" ? [hostname] : [];
  } catch {
    // Not built, or without an address of its own.
    return [];
  }
}

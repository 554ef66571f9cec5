/** Where an Azure deployment lives: the forms of address that Azure has had, and those that people write. */

import type { Settings } from "./provider.ts";

/** When neither the deployment nor AZURE_API_VERSION names one. */
const DEFAULT_VERSION = "2025-02-01-preview";
/** Versions without a date: the API under /openai/v1, which wants the model in the body and no version. */
const undated = new Set(["v1", "latest", "preview"]);

export interface AzureAddress {
  /** Paths like /chat/completions are appended to it. */
  readonly baseUrl: string;
  /** With its question mark; empty where no version is sent. */
  readonly query: string;
  readonly version: string;
}

export function azureAddress(settings: Settings, deployment: string): AzureAddress {
  const version = settings.api_version || DEFAULT_VERSION;
  const [written = "", ownQuery = ""] = (settings.api_base ?? "").split("?");
  const base = written.replace(/\/+$/, "");
  const name = encodeURIComponent(deployment);
  // A version in the address itself wins: whoever pasted a whole address meant it.
  const told = new URLSearchParams(ownQuery).get("api-version") ?? version;
  const dated = { query: `?api-version=${encodeURIComponent(told)}`, version: told };
  const current = { query: told === "preview" ? "?api-version=preview" : "", version: told };

  if (base === "") return { baseUrl: "", ...dated };
  if (/\/openai\/v1(\/|$)/.test(base)) return { baseUrl: upTo(base, "/openai/v1"), ...current, version: "v1" };
  if (/\/openai\/deployments\/./.test(base)) return { baseUrl: base.replace(endpoint, ""), ...dated };
  if (isCloudflare(base)) return { baseUrl: `${base}/${name}`, ...dated };
  const root = base.replace(/\/openai(\/deployments)?$/, "");
  if (undated.has(told)) return { baseUrl: `${root}/openai/v1`, ...current };
  return { baseUrl: `${root}/openai/deployments/${name}`, ...dated };
}

/** What people paste after the deployment's name. */
const endpoint = /\/(chat\/completions|completions|embeddings|images\/\w+|audio\/\w+)$/;

function upTo(base: string, part: string): string {
  return base.slice(0, base.indexOf(part) + part.length);
}

/** Cloudflare's AI gateway: resource and deployment follow each other. */
function isCloudflare(base: string): boolean {
  return URL.canParse(base) && new URL(base).hostname === "gateway.ai.cloudflare.com";
}

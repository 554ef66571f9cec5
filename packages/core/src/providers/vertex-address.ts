/** Where Vertex AI is: hosts by location, paths by project, and what people write as `api_base`. */

import { GatewayError } from "../errors.ts";
import type { ModelFacts } from "../hub/model-facts.ts";
import { PROJECT_OF_CREDENTIALS } from "./auth/google.ts";
import type { Settings } from "./provider.ts";

export interface VertexAddress {
  readonly baseUrl: string;
  /** Stands for publisher and model where `api_base` already names them, as `/last-segment`. */
  readonly named?: string;
}

/** Source: docs.cloud.google.com/vertex-ai/generative-ai/docs/learn/locations; `us` and `eu` are places of many regions. */
export function vertexHost(location: string): string {
  if (!/^[a-z0-9-]+$/.test(location)) {
    throw new GatewayError("bad_request", "vertex_location is no location. Write it like us-central1, europe-west4, us, eu or global.");
  }
  if (location === "global") return "https://aiplatform.googleapis.com";
  if (location === "us" || location === "eu") return `https://aiplatform.${location}.rep.googleapis.com`;
  return `https://${location}-aiplatform.googleapis.com`;
}

/** A model that only the global address has goes there, whatever else is written. */
export function locationOf(settings: Settings, facts: ModelFacts, usual: string): string {
  const regions = facts["supported_regions"];
  if (Array.isArray(regions) && regions.length === 1 && regions[0] === "global") return "global";
  return textOf(settings["vertex_ai_location"]) ?? textOf(settings["vertex_location"]) ?? usual;
}

/** `/v1/projects/p/locations/l`; a key without a project is express mode, which has neither. */
export function vertexPath(settings: Settings, location: string): string {
  const version = /^v\d[a-z0-9]*$/.test(settings.api_version ?? "") ? settings.api_version : "v1";
  const project = projectOf(settings);
  if (project === undefined && settings.api_key && !settings.api_key.startsWith("ya29.")) return `/${version}`;
  return `/${version}/projects/${project ?? PROJECT_OF_CREDENTIALS}/locations/${location}`;
}

function projectOf(settings: Settings): string | undefined {
  const told = textOf(settings["vertex_ai_project"]) ?? textOf(settings["vertex_project"]);
  return told === undefined ? undefined : encodeURIComponent(told).replace(/%3A/gi, ":");
}

/**
 * The address of a model's methods. An `api_base` may be a host, stop after the version or the location, or name the model:
 * then the method alone is put behind it, as behind any other path.
 */
export function vertexAddress(settings: Settings, location: string): VertexAddress {
  const path = vertexPath(settings, location);
  if (!settings.api_base) return { baseUrl: (path.includes("/projects/") ? vertexHost(location) : vertexHost("global")) + path };
  const base = bareBase(settings.api_base);
  const { pathname } = parsed(base);
  if (settings["use_psc_endpoint_format"] === true || pathname === "/") return { baseUrl: base + path };
  if (/\/v\d[a-z0-9]*$/.test(pathname)) return { baseUrl: base.replace(/\/[^/]+$/, "") + path };
  if (/\/locations\/[^/]+$/.test(pathname)) return { baseUrl: base };
  return { baseUrl: base.replace(/\/[^/]+$/, ""), named: /\/[^/]+$/.exec(base)?.[0] };
}

/** For servers that take OpenAI's paths behind their base: `endpoint` is put behind the location. */
export function openaiAddress(settings: Settings, location: string, endpoint: string): string {
  const { baseUrl, named } = vertexAddress(settings, location);
  return named === undefined ? `${baseUrl}${endpoint}` : baseUrl + named;
}

/** Without a method (`:predict`), a query or slashes at the end. */
function bareBase(base: string): string {
  return base
    .replace(/[?#].*$/, "")
    .replace(/\/+$/, "")
    .replace(/:(?:[a-z]+(?:Raw)?Predict|predict|[a-z]*[gG]enerateContent|embedContent)$/, "");
}

function parsed(base: string): URL {
  if (URL.canParse(base)) return new URL(base);
  throw new GatewayError("bad_request", "The api_base of this Vertex AI deployment is no http address. Write it like https://host.");
}

/** A model's id in a path. Versions keep their `@`. */
export function pathSegment(model: string): string {
  if (/^\.{1,2}$/.test(model))
    throw new GatewayError("bad_request", `"${model}" is no model of Vertex AI. Write its id.`, { param: "model" });
  return encodeURIComponent(model).replace(/%40/g, "@");
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

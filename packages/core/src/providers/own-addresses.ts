/** Providers of OpenAI's wire whose address or model name is made of the model id or of settings. */

import { type CompatibleRow, compatible } from "./compatible.ts";
import type { Provider, Settings } from "./provider.ts";
import { oldTokenLimit } from "./quirks.ts";

const rows: readonly CompatibleRow[] = [
  { name: "baseten", title: "Baseten", base: baseten, quirks: oldTokenLimit },
  {
    name: "bedrock_mantle",
    title: "Amazon Bedrock (OpenAI endpoint)",
    base: ({ api_base, aws_region_name: region }) => api_base ?? `https://bedrock-mantle.${text(region) ?? "us-east-1"}.api.aws/v1`,
    settingsEnv: { aws_region_name: ["BEDROCK_MANTLE_REGION", "AWS_REGION"] },
  },
  {
    name: "clarifai",
    title: "Clarifai",
    base: "https://api.clarifai.com/v2/ext/openai/v1",
    key: ["CLARIFAI_PAT", "CLARIFAI_API_KEY"],
    model: clarifai,
  },
  {
    name: "datarobot",
    title: "DataRobot",
    base: datarobot,
    key: ["DATAROBOT_API_TOKEN", "DATAROBOT_API_KEY"],
    baseEnv: ["DATAROBOT_ENDPOINT", "DATAROBOT_API_BASE"],
  },
  { name: "heroku", title: "Heroku", base: ({ api_base }) => withPath(api_base ?? "https://us.inference.heroku.com", "/v1") },
  {
    name: "ragflow",
    title: "RAGFlow",
    base: ragflow,
    model: (model) => model.split("/").slice(2).join("/") || model,
  },
  {
    name: "vercel_ai_gateway",
    title: "Vercel AI Gateway",
    base: "https://ai-gateway.vercel.sh/v1",
    key: ["VERCEL_AI_GATEWAY_API_KEY", "VERCEL_OIDC_TOKEN"],
    settingsEnv: { vercel_site_url: ["VERCEL_SITE_URL"], vercel_app_name: ["VERCEL_APP_NAME"] },
    does: ["chat", "embed"],
    developer: true,
    headers: vercel,
  },
];

export const ownAddresses: readonly Provider[] = rows.map(compatible);

/** Ids of eight characters are deployments with a host each; others are models of the shared API. */
function baseten({ api_base }: Settings, model: string): string {
  if (api_base) return api_base;
  const deployed = /^[a-z0-9]{8}$/.test(model);
  return deployed ? `https://model-${model}.api.baseten.co/environments/production/sync/v1` : "https://inference.baseten.co/v1";
}

/** `user.app.model` is a page of Clarifai's. */
function clarifai(model: string): string {
  const [user, app, ...name] = model.split(".");
  return user && app && name.length > 0 && !model.includes("/") ? `https://clarifai.com/${user}/${app}/models/${name.join(".")}` : model;
}

/** The gateway of DataRobot, or one deployment behind its own address. */
function datarobot({ api_base = "https://app.datarobot.com" }: Settings): string {
  const base = api_base.replace(/\/+$/, "").replace(/\/chat\/completions$/, "");
  if (base.includes("/llmgw") || base.includes("/deployments/")) return base;
  return `${withPath(base, "/api/v2")}/genai/llmgw`;
}

/** `chat/<id>/<model>` and `agent/<id>/<model>` are assistants with a path each. */
function ragflow({ api_base = "http://localhost:9380" }: Settings, model: string): string {
  const [kind, id] = model.split("/");
  return `${api_base.replace(/\/+$/, "")}/api/v1/${kind === "agent" ? "agents_openai" : "chats_openai"}/${id ?? ""}`;
}

function vercel({ vercel_site_url: site, vercel_app_name: app }: Settings): Record<string, string> {
  return { ...(typeof site === "string" && { "http-referer": site }), ...(typeof app === "string" && { "x-title": app }) };
}

function withPath(base: string, path: string): string {
  const bare = base.replace(/\/+$/, "");
  return bare.includes(path) ? bare : bare + path;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** What this is and what it offers: `/`, `/routes`, `/openapi.json`, `/docs`. */

import type { FastifyInstance } from "fastify";
import { llmPaths } from "./llm-routes.ts";
import { openapiDocument, type ServedRoute } from "./openapi.ts";

const shown: ReadonlySet<string> = new Set(["GET", "POST", "PUT", "PATCH", "DELETE"]);

export function registerAbout(app: FastifyInstance, version: string): void {
  const served: ServedRoute[] = llmPaths.map((path) => ({ path, methods: ["POST"] }));
  app.addHook("onRoute", ({ url, method }) => {
    if (url.includes("*") && !url.startsWith("/models") && !url.startsWith("/v1/models")) return;
    const methods = (Array.isArray(method) ? method : [method]).filter((each) => shown.has(each));
    const path = url.replace("/*", "/{model}").replace(/:(\w+)/g, "{$1}");
    const known = served.findIndex((each) => each.path === path);
    if (methods.length === 0) return;
    if (known < 0) served.push({ path, methods });
    else served[known] = { path, methods: [...new Set([...(served[known]?.methods ?? []), ...methods])] };
  });
  app.get("/", (request, reply) => {
    const address = `${request.protocol}://${addressOf(request.headers.host)}${app.prefix}`;
    return reply.type("text/html; charset=utf-8").send(home(version, exampleOf(address)));
  });
  app.get("/routes", () => ({ routes: served }));
  app.get("/openapi.json", () => openapiDocument(version, served));
  app.get("/docs", (_request, reply) => reply.type("text/html; charset=utf-8").send(docs(version, served)));
}

const style =
  "body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:3rem auto;padding:0 1rem;color:#1b1f24;background:#fff}pre{background:#f4f5f7;padding:1rem;border-radius:6px;overflow:auto}" +
  "table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #e3e5e8;vertical-align:top}code{font-size:.92em}a{color:#0b5cad}" +
  "@media(prefers-color-scheme:dark){body{background:#14171a;color:#e6e8ea}pre{background:#1f2428}td,th{border-color:#2d3338}a{color:#6cb2ff}}";

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${style}</style></head><body>${body}</body></html>`;
}

/** What the browser asked for; whatever is no address is not repeated. */
function addressOf(host: string | undefined): string {
  return host !== undefined && /^[\w.-]+(:\d+)?$|^\[[\da-f:]+\](:\d+)?$/i.test(host) ? host : "127.0.0.1:4000";
}

function exampleOf(address: string): string {
  const lines = [
    `<pre>curl ${address}/v1/chat/completions`,
    `-H "Authorization: Bearer $LITELLM_MASTER_KEY"`,
    `-H "Content-Type: application/json"`,
    `-d '{"model": "MODEL", "messages": [{"role": "user", "content": "Hello"}]}'</pre>`,
  ];
  return `${lines.join(" \\\n  ")}<p>MODEL is one of those that <code>GET /v1/models</code> lists.</p>`;
}

function home(version: string, example: string): string {
  return page(
    "Tollgate",
    `<h1>Tollgate ${version}</h1><p>An LLM gateway: one OpenAI-format API in front of 100+ model providers.</p>${example}` +
      `<p><a href="docs">API</a> · <a href="openapi.json">openapi.json</a> · <a href="health/readiness">readiness</a></p>`,
  );
}

/** Where LLM routes are served beside `/v1`: a page with all of them would say everything five times. */
const elsewhere = /^\/(openai\/v1|engines\/\{model\}|openai\/deployments\/\{model\})\//;

function docs(version: string, served: readonly ServedRoute[]): string {
  const { paths } = openapiDocument(version, served) as { paths: Record<string, Record<string, { summary: string }>> };
  const rows = Object.entries(paths)
    .filter(([path]) => !elsewhere.test(path) && paths[`/v1${path}`] === undefined)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(
        ([method, { summary }]) => `<tr><td><code>${method.toUpperCase()}</code></td><td><code>${path}</code></td><td>${summary}</td></tr>`,
      ),
    )
    .join("");
  return page(
    "Tollgate API",
    `<h1>API</h1><p>All but the health checks want a key: <code>Authorization: Bearer sk-…</code>. The machine-readable form is <a href="openapi.json">openapi.json</a>.</p>` +
      `<p>What stands below <code>/v1</code> is served without it, too; calls of models also below <code>/openai/v1</code>, and with the model in the path below <code>/engines/{model}</code> and <code>/openai/deployments/{model}</code>.</p>` +
      `<table><tr><th>Method</th><th>Path</th><th>What it does</th></tr>${rows}</table>`,
  );
}

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
  app.get("/", (_request, reply) => reply.type("text/html; charset=utf-8").send(home(version)));
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

const example = `curl http://127.0.0.1:4000/v1/chat/completions \\
  -H "Authorization: Bearer $LITELLM_MASTER_KEY" -H "Content-Type: application/json" \\
  -d '{"model": "demo", "messages": [{"role": "user", "content": "Hello"}]}'`;

function home(version: string): string {
  return page(
    "Tollgate",
    `<h1>Tollgate ${version}</h1><p>An LLM gateway: one OpenAI-format API in front of 100+ model providers.</p><pre>${example}</pre>` +
      `<p><a href="docs">API</a> · <a href="openapi.json">openapi.json</a> · <a href="health/readiness">readiness</a></p>`,
  );
}

function docs(version: string, served: readonly ServedRoute[]): string {
  const { paths } = openapiDocument(version, served) as { paths: Record<string, Record<string, { summary: string }>> };
  const rows = Object.entries(paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(
        ([method, { summary }]) => `<tr><td><code>${method.toUpperCase()}</code></td><td><code>${path}</code></td><td>${summary}</td></tr>`,
      ),
    )
    .join("");
  return page(
    "Tollgate API",
    `<h1>API</h1><p>All but the health checks want a key: <code>Authorization: Bearer sk-…</code>. The machine-readable form is <a href="openapi.json">openapi.json</a>.</p><table><tr><th>Method</th><th>Path</th><th></th></tr>${rows}</table>`,
  );
}

/** Answers for paths that nobody serves: 501 where LiteLLM has a route that is not built yet, 405 for a wrong method, else 404. */

import { contract, type Endpoint } from "@tollgate/admin";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { GatewayError } from "tollgate/parts";
import { knownRoutes } from "./known-routes.ts";

interface Known {
  readonly path: string;
  readonly methods: ReadonlySet<string>;
  readonly pattern: RegExp;
}

/** `allow` is asked before a stranger learns what is not built. */
export function registerUnbuiltRoutes(app: FastifyInstance, allow: (request: FastifyRequest) => Promise<void>): void {
  let table: readonly Known[] | undefined;
  app.setNotFoundHandler(async (request) => {
    const path = request.url.split("?")[0] ?? "/";
    table ??= [...knownRoutes, ...adminRoutes()].map(parse);
    const fitting = table.filter((known) => known.pattern.test(path));
    if (fitting.length === 0)
      throw new GatewayError("not_found", `There is nothing at ${request.method} ${path}. GET /routes lists what there is.`);
    if (!fitting.some((known) => known.methods.has(request.method)))
      throw new GatewayError("method_not_allowed", `${path} does not take ${request.method}.`, {
        replyHeaders: { allow: [...new Set(fitting.flatMap(({ methods }) => [...methods]))].join(", ") },
      });
    await allow(request);
    throw new GatewayError(
      "not_implemented",
      `${request.method} ${path} is not built yet in this version. The changelog tells when it is.`,
    );
  });
}

/** Where the admin API is served these are found before; here they tell a wrong method from a wrong path. */
function adminRoutes(): readonly string[] {
  const rows: readonly Endpoint[] = Object.values(contract).flatMap((area) => Object.values<Endpoint>(area));
  return rows.flatMap(({ method, path, aliases = [] }) => [path, ...aliases].map((each) => `${method} ${each}`));
}

function parse(line: string): Known {
  const [methods = "", path = ""] = line.split(" ", 2);
  const source = path.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{[^}]*\}/g, (name) => (name.includes(":path") ? ".+" : "[^/]+"));
  return { path, methods: new Set(methods.split(",")), pattern: new RegExp(`^${source}/?$`) };
}

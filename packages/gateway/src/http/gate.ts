/** Who may use a route beside the LLM ones: the key, its rights, its routes. */

import type { Endpoint } from "@tollgate/admin";
import type { FastifyRequest } from "fastify";
import { GatewayError, type Headers } from "tollgate/parts";
import type { Access, Head } from "../access/access.ts";
import { requireRight } from "../access/permissions.ts";
import type { Principal } from "../access/principal.ts";
import { fitsRoutes } from "../access/route-access.ts";

export interface Gate {
  /** Throws 401 and 403. */
  row(request: FastifyRequest, row: Endpoint): Promise<Principal>;
  /** Whoever has a key. */
  anybody(request: FastifyRequest): Promise<Principal>;
  /** The master key, or an administrator's. */
  admin(request: FastifyRequest): Promise<Principal>;
  /** For paths that no route serves. */
  head(head: Head): Principal | Promise<Principal>;
}

export interface GateOptions {
  readonly adminOnlyRoutes: readonly string[];
  /** `SERVER_ROOT_PATH`: rules name paths without it. */
  readonly rootPath: string;
  /** What the admin API works on is open, or is known to be away. */
  readonly opened: () => Promise<void>;
}

export function createGate(access: Access, { adminOnlyRoutes, rootPath, opened }: GateOptions): Gate {
  const who = async (request: FastifyRequest): Promise<Principal> => {
    const path = pathOf(request, rootPath);
    const principal = await access.who({ headers: request.headers as Headers, path, ip: request.ip });
    if (isAdminOnly([path]) && principal.role !== "proxy_admin") throw adminOnly(path);
    return principal;
  };
  const isAdminOnly = (paths: readonly string[]): boolean =>
    adminOnlyRoutes.length > 0 && paths.some((path) => fitsRoutes(path, adminOnlyRoutes));
  return {
    async row(request, row) {
      const principal = await who(request);
      // Under whatever name it is asked for.
      if (principal.role !== "proxy_admin" && isAdminOnly([row.path, ...(row.aliases ?? [])])) throw adminOnly(row.path);
      requireRight(principal, row.needs, row.path);
      await opened();
      return principal;
    },
    anybody: who,
    async admin(request) {
      const principal = await who(request);
      if (principal.role !== "proxy_admin" && principal.role !== "proxy_admin_viewer") throw adminOnly(pathOf(request, rootPath));
      return principal;
    },
    head: (head) => access.who(head),
  };
}

/** As the router understood it: escapes, a slash at the end and the root path must not make another path of it for the rules. */
function pathOf({ url, params, routeOptions }: FastifyRequest, rootPath: string): string {
  const mark = url.indexOf("?");
  const asked = mark < 0 ? url : url.slice(0, mark);
  const pattern = routeOptions.url;
  if (pattern === undefined || pattern.includes("*")) return asked;
  const values = params as Readonly<Record<string, string>>;
  const path = pattern.replace(/:(\w+)/g, (_, name: string) => values[name] ?? "");
  return rootPath !== "" && path.startsWith(rootPath) ? path.slice(rootPath.length) : path;
}

function adminOnly(path: string): GatewayError {
  return new GatewayError("forbidden", `Only an administrator may call ${path}.`, { type: "auth_error" });
}

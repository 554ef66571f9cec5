/** `general_settings.custom_auth`: a module of the operator's that says who asks. */

import { isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { GatewayError } from "tollgate/parts";
import type { Head } from "./access.ts";
import { type CompileContext, compilePerson } from "./compile-principal.ts";
import type { People } from "./people.ts";
import type { Principal, Role } from "./principal.ts";

/** What the module's function answers with; null refuses. Names are those of LiteLLM's UserAPIKeyAuth. */
export interface CustomAnswer {
  readonly user_id?: string;
  readonly team_id?: string;
  readonly user_role?: string;
  readonly models?: readonly string[];
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly [name: string]: unknown;
}
export type CustomAuth = (
  key: string,
  request: { readonly headers: Head["headers"]; readonly path: string; readonly ip: string },
) => unknown;

/** `./auth.js` or `./auth.js#name`; without a name its `auth` or default export. Relative to the config file. */
export async function loadCustomAuth(where: string, folder: string): Promise<CustomAuth> {
  const [file = "", name] = where.split("#");
  const path = isAbsolute(file) ? file : resolve(folder, file);
  let module: Readonly<Record<string, unknown>>;
  try {
    module = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (cause) {
    throw new GatewayError(
      "internal",
      `general_settings.custom_auth: ${where} cannot be loaded: ${cause instanceof Error ? cause.message : cause}. Name a JavaScript module.`,
      { cause },
    );
  }
  const found = name ? module[name] : (module["auth"] ?? module["default"]);
  if (typeof found === "function") return found as CustomAuth;
  throw new GatewayError("internal", `general_settings.custom_auth: ${where} exports no function${name ? ` '${name}'` : " 'auth'"}.`);
}

export async function customPrincipal(answer: unknown, people: People | undefined, context: CompileContext): Promise<Principal> {
  if (answer === null || typeof answer !== "object")
    throw new GatewayError("wrong_key", "Authentication Error, the key is not accepted here.");
  const told = answer as CustomAnswer;
  const found = told.user_id !== undefined || told.team_id !== undefined ? await people?.user(told.user_id ?? "", told.team_id) : undefined;
  const person = compilePerson(found ?? { memberships: [], organizations: [] }, told.user_id ?? "custom", context);
  const models = told.models ?? [];
  return {
    ...person,
    kind: "custom",
    role: (told.user_role as Role | undefined) ?? (found?.user ? person.role : "internal_user"),
    userId: told.user_id ?? person.userId,
    models: models.length > 0 ? [...person.models, { level: "key", name: "key", allowed: models }] : person.models,
    metadata: told.metadata ?? person.metadata,
  };
}

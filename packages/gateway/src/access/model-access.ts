/** May this principal use this model? */

import { GatewayError } from "tollgate/parts";
import type { Level, ModelList, Principal } from "./principal.ts";

const nothing = "no-default-models";

/** Undefined: yes. Else the list that says no. */
export function refusedBy(model: string, lists: readonly ModelList[]): ModelList | undefined {
  for (const each of lists) if (!fits(model, each.allowed)) return each;
  return undefined;
}

export function mayUse(who: Principal, model: string): boolean {
  return who.models.length === 0 || refusedBy(model, who.models) === undefined;
}

function fits(model: string, allowed: readonly string[]): boolean {
  for (const name of allowed) {
    if (name === model || name === "*") return true;
    if (name.includes("*") && name !== nothing && patternOf(name).test(model)) return true;
  }
  return false;
}

const patterns = new Map<string, RegExp>();

function patternOf(name: string): RegExp {
  const known = patterns.get(name);
  if (known) return known;
  const made = new RegExp(`^${name.split("*").map(escaped).join(".*")}$`, "s");
  if (patterns.size > 10_000) patterns.clear();
  patterns.set(name, made);
  return made;
}

function escaped(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
}

const types: { readonly [L in Level]?: string } = {
  team: "team_model_access_denied",
  user: "user_model_access_denied",
  organization: "org_model_access_denied",
  project: "project_model_access_denied",
  member: "team_model_access_denied",
};

export function modelRefusal(model: string, { level, name, allowed }: ModelList): GatewayError {
  const models = allowed.filter((each) => each !== nothing);
  const may = models.length === 0 ? "It may use none." : `It may use: ${models.slice(0, 20).join(", ")}${models.length > 20 ? " …" : ""}.`;
  return new GatewayError(
    "forbidden_model",
    `${level} not allowed to access model: the ${level} ${name} may not use ${model.slice(0, 300)}. ${may} An administrator can change its models.`,
    { type: types[level] ?? "key_model_access_denied", param: "model" },
  );
}

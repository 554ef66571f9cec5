/** Puts what the caller may use into its call: the names that mean something else for it, the models that may stand in. */

import { type Call, GatewayError, unknownModel } from "tollgate/parts";
import { aliasOf as ownAlias } from "./alias-of.ts";
import { mayUse, modelRefusal, refusedBy } from "./model-access.ts";
import type { Principal } from "./principal.ts";

export interface BindOptions {
  /** What a name stands for in `model_group_alias`: who may use that may use the alias. */
  readonly aliasOf: (name: string) => string | undefined;
  /** Whose own model this is: by its group's name or a deployment's id. */
  readonly teamOf?: (name: string) => string | undefined;
  /** `general_settings.enforced_params`, and for service accounts. */
  readonly enforcedParams: readonly string[];
  /** `general_settings.enforce_user_param`. */
  readonly enforceUser: boolean;
}

/** Throws forbidden_model, bad_request. */
export function createBinder({ aliasOf, teamOf, enforcedParams, enforceUser }: BindOptions): (who: Principal, call: Call) => Call {
  // To others a team's own model does not exist.
  const isForeign = (who: Principal, name: string): boolean => {
    const owner = teamOf?.(name);
    return owner !== undefined && owner !== who.teamId && who.kind !== "master";
  };
  const permits = new WeakMap<Principal, (group: string) => boolean>();
  const permitsOf = (who: Principal): ((group: string) => boolean) => {
    const known = permits.get(who) ?? ((group) => mayUse(who, group) && !isForeign(who, group));
    permits.set(who, known);
    return known;
  };
  return (who, call) => {
    if (who.kind !== "master" && (enforcedParams.length > 0 || enforceUser || who.enforcedParams)) {
      for (const name of [...enforcedParams, ...(who.enforcedParams ?? []), ...(enforceUser ? ["user"] : [])]) require(call, name);
    }
    const { ask } = call;
    const target = ownAlias(who.aliases, ask.model);
    const meant = target ?? ask.model;
    if (isForeign(who, meant)) throw unknownModel(meant, []);
    for (const name of ask.fallbacks ?? []) if (isForeign(who, name)) throw unknownModel(name, []);
    if (who.models.length === 0 && who.aliases === undefined) return call;
    const refused = refusedBy(meant, who.models);
    if (refused && !aliasFits(who, aliasOf(meant))) throw modelRefusal(meant, refused);
    for (const name of ask.fallbacks ?? []) {
      const list = refusedBy(name, who.models);
      if (list) throw modelRefusal(name, list);
    }
    return { ...call, ask: { ...ask, ...(target !== undefined && { target }), permits: permitsOf(who) } };
  };
}

function aliasFits(who: Principal, target: string | undefined): boolean {
  return target !== undefined && mayUse(who, target);
}

/** `metadata.generation_name` names a member within a member. */
function require({ at }: Call, name: string): void {
  const [first = "", ...rest] = name.split(".");
  let value: unknown = at.body.has(first) ? at.body.get(first) : undefined;
  for (const part of rest) value = value !== null && typeof value === "object" ? (value as Record<string, unknown>)[part] : undefined;
  if (value !== undefined && value !== null && value !== "") return;
  throw new GatewayError("bad_request", `The parameter '${name}' is required here (enforced_params). Send it with the request.`, {
    param: name,
  });
}

/** What a client is told when no deployment can be asked. */

import { GatewayError } from "../errors.ts";

export function unknownModel(model: string, near: readonly string[]): GatewayError {
  const shown = model.length > 200 ? `${model.slice(0, 200)}…` : model;
  const meant = near.length > 0 ? `Did you mean ${list(near, "or")}? ` : "";
  return new GatewayError("unknown_model", `There is no model "${shown}" here. ${meant}GET /v1/models lists the models there are.`, {
    param: "model",
    model: shown,
  });
}

export function allResting(group: string, retryAfterMs: number): GatewayError {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  const wait = `${seconds} ${seconds === 1 ? "second" : "seconds"}`;
  return new GatewayError(
    "all_resting",
    `All deployments of ${group} are resting after failures, or at their rpm or tpm. Try again in ${wait}.`,
    {
      retryAfterMs: seconds * 1000,
      model: group,
    },
  );
}

/** None of the deployments suits this call: tags, allowed models … */
export function noneFits(group: string): GatewayError {
  return new GatewayError("forbidden", `No deployment of ${group} is open to this call. Ask for another model or without tags.`, {
    model: group,
  });
}

/** The first group's error, as its provider said it, and then what else was tried. */
export function exhausted(original: GatewayError, group: string, tried: readonly string[]): GatewayError {
  if (tried.length === 0) return original;
  const also = tried.length === 1 ? "the fallback" : "the fallbacks";
  const told = new GatewayError(
    original.kind,
    `${original.message} (After ${group}, ${also} ${list(tried, "and")} failed, too.)`,
    original.detail,
  );
  told.stack = original.stack;
  return told;
}

function list(names: readonly string[], joint: "and" | "or"): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} ${joint} ${last}`;
}

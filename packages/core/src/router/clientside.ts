/** What a client may set itself on a deployment: `configurable_clientside_auth_params`, by name or by a pattern for the value. */

import type { Deployment, DeploymentRow } from "./deployment.ts";
import { isCredentialKey } from "./deployment-keys.ts";

export function clientMaySet(deployment: Deployment, name: string, value: unknown): boolean {
  return deployment.clientside.some((allowed) => {
    if (typeof allowed === "string") return same(allowed, name);
    const pattern = Object.entries(allowed).find(([field]) => same(field, name))?.[1];
    return pattern !== undefined && typeof value === "string" && new RegExp(`^(?:${pattern})$`).test(value);
  });
}

function same(allowed: string, name: string): boolean {
  return allowed === name || (allowed === "api_base" && name === "base_url");
}

/** The row as this call sees it. Where the client names an address, nothing secret of ours goes along. */
export function rowWith(row: DeploymentRow, settings: Readonly<Record<string, unknown>>): DeploymentRow {
  const elsewhere = settings["api_base"] !== undefined || settings["base_url"] !== undefined;
  const kept = Object.entries(row.litellm_params).filter(
    ([name]) => !elsewhere || !(isCredentialKey(name) || name === "headers" || name === "extra_headers" || name === "api_base"),
  );
  return { ...row, litellm_params: { ...Object.fromEntries(kept), ...settings, model: row.litellm_params.model }, source: "call" };
}

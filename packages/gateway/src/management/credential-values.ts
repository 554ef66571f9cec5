/** Values of credentials as they may be told, and those that a model's own parameters hold. */

import { masked } from "../secrets/masked.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Every name is told; a secret's value never. */
export function maskedValues(values: Fields): Record<string, unknown> {
  const open = masked(values);
  return Object.fromEntries(Object.keys(values).map((name) => [name, open[name] ?? "********"]));
}

const ofAccounts =
  /^(api_key|api_base|base_url|api_version|organization|custom_llm_provider|tenant_id|client_id|client_secret|username|password|token|project_id|space_id|region_name|(aws|vertex|azure|oci|watsonx|snowflake|databricks|gigachat|predibase)_\w+)$/;

/** What of a model's parameters makes the account that it uses. */
export function accountIn(params: Fields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(params).filter(([name, value]) => ofAccounts.test(name) && value !== undefined && value !== null),
  );
}

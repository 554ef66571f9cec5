/** A row that names several organizations stands for one deployment each. */

import type { DeploymentRow } from "./deployment.ts";

export function expandRow(row: DeploymentRow): readonly DeploymentRow[] {
  const { organization } = row.litellm_params;
  if (!Array.isArray(organization)) return [row];
  const given = row.model_info?.["id"];
  return organization.map((each: unknown, at) => {
    const one = { ...row, litellm_params: { ...row.litellm_params, organization: each } };
    return given === undefined || at === 0 ? one : { ...one, model_info: { ...row.model_info, id: `${String(given)}-${at + 1}` } };
  });
}

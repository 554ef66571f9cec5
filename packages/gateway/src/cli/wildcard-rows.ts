/** The models of a gateway that nobody has configured: everything of each provider whose key stands in the environment. */

import type { DeploymentRow, Provider } from "tollgate/parts";
import type { Variables } from "../secrets/environment.ts";

export function wildcardRows(providers: Iterable<Pick<Provider, "name" | "auth">>, env: Variables): readonly DeploymentRow[] {
  return [...providers]
    .filter(({ auth }) => auth.env.some((name) => (env[name] ?? "") !== ""))
    .map(({ name }) => ({ model_name: `${name}/*`, litellm_params: { model: `${name}/*` }, source: "config" }));
}

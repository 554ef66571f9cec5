/** Which models stand in which access groups by their own `model_info.access_groups`. */

import { visibleTo } from "../access/visible-models.ts";
import type { Caller } from "../http/admin-routes.ts";
import { publicNameOf } from "../models/team-names.ts";
import { listOf } from "./limited-row.ts";
import type { ModelParts } from "./model-parts.ts";

/** The models of each group that the caller may know of. */
export function groupsOfModels(
  { house, teamModels }: ModelParts,
  { principal }: Caller,
): ReadonlyMap<string, { names: Set<string>; count: number }> {
  const sees = visibleTo(principal, teamModels());
  const groups = new Map<string, { names: Set<string>; count: number }>();
  for (const { group, row } of house.router.routes.deployments) {
    if (!sees(group)) continue;
    for (const name of listOf(row.model_info?.["access_groups"])) {
      const known = groups.get(name) ?? { names: new Set(), count: 0 };
      known.names.add(publicNameOf(row));
      known.count += 1;
      groups.set(name, known);
    }
  }
  return groups;
}

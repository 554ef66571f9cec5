/** Applies a service's quirks to the wire, as a patch. */

import type { Operation, Operations } from "../hub/operations.ts";
import type { Quirks } from "../providers/provider.ts";
import type { Deployment } from "../router/deployment.ts";
import type { Patch } from "../transport/body.ts";

/** `wire` answers with the value of a top-level member as it would be sent, undefined when there is none. */
export function quirkPatch(
  quirks: Quirks,
  wire: { get(name: string): unknown; all(): Readonly<Record<string, unknown>> },
  deployment: Deployment,
  asked: () => Operations[Operation]["request"],
): Patch {
  const set: Record<string, unknown> = {};
  const remove: string[] = [];
  for (const name of quirks.drop ?? []) if (wire.get(name) !== undefined) remove.push(name);
  for (const from in quirks.rename) {
    const to = quirks.rename[from];
    const value = wire.get(from);
    if (to === undefined || value === undefined) continue;
    remove.push(from);
    if (wire.get(to) === undefined) set[to] = value;
  }
  Object.assign(set, quirks.force);
  if (quirks.rules) {
    const seen = { ...wire.all() };
    take(seen, { set, remove });
    for (const rule of quirks.rules) {
      const patch = rule(seen, deployment.facts, asked());
      if (!patch) continue;
      take(seen, patch);
      for (const name of patch.remove ?? []) {
        delete set[name];
        remove.push(name);
      }
      Object.assign(set, patch.set);
    }
  }
  return { set, remove };
}

function take(seen: Record<string, unknown>, patch: Patch): void {
  for (const name of patch.remove ?? []) delete seen[name];
  Object.assign(seen, patch.set);
}

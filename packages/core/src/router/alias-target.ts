/** The name that an alias (`model_group_alias`) stands for. */

export type Aliases = ReadonlyMap<string, { readonly model: string; readonly hidden: boolean }>;

/** Follows aliases of aliases, never in circles: two names may be swapped. */
export function aliasTarget(name: string, aliases: Aliases): string {
  if (!aliases.has(name)) return name;
  const seen = new Set([name]);
  let target = name;
  for (;;) {
    const next = aliases.get(target)?.model;
    if (next === undefined || seen.has(next)) return target;
    seen.add(next);
    target = next;
  }
}

/** Looks at every key of a config: unknown ones warn with the nearest name, known ones that nothing obeys yet are collected. */

import { acceptedInOpenMaps, acceptedKeys } from "./accepted-keys.ts";
import { didYouMean } from "./nearest.ts";
import { type Path, problem, type Report } from "./problem.ts";
import { inForceKeys } from "./schema.ts";
import type { MapTree, Tree } from "./tree.ts";

/** Answers with the keys that are accepted but not in force, each once: `litellm_settings.callbacks`. */
export function checkKeys(tree: Tree, report: Report): readonly string[] {
  const idle = new Set<string>();
  walk(tree, [], (map, path) => {
    const pattern = path.map((part, index) => (isNamed(path, index) ? part : "*")).join(".");
    const inForce = inForceKeys[pattern] ?? [];
    const accepted = [...(acceptedKeys[pattern] ?? []), ...(acceptedInOpenMaps[pattern] ?? [])];
    const takesAnyKey = !(pattern in inForceKeys) && !(pattern in acceptedKeys);
    for (const [name, entry] of map.entries) {
      if (inForce.includes(name)) continue;
      if (accepted.includes(name)) {
        if (tellsOf(pattern) && !isOff(entry.value)) idle.add(shortKey(path, name));
      } else if (!takesAnyKey) {
        const known = didYouMean(name, [...inForce, ...accepted]) || elsewhere(name, pattern);
        report(problem("warning", entry.keyAt, [...path, name], `This key is not known and does nothing.${known}`));
      }
    }
  });
  return [...idle];
}

/** Inside a section that is idle as a whole, its single keys need not be told. */
function tellsOf(pattern: string): boolean {
  return pattern in inForceKeys || pattern in acceptedInOpenMaps;
}

function shortKey(path: Path, name: string): string {
  return [...path.filter((part) => typeof part !== "number" && part !== "model_list"), name].join(".");
}

function walk(tree: Tree, path: Path, look: (map: MapTree, path: Path) => void): void {
  if (tree.kind === "list") for (const [index, item] of tree.items.entries()) walk(item, [...path, index], look);
  if (tree.kind !== "map") return;
  look(tree, path);
  for (const [name, entry] of tree.entries) walk(entry.value, [...path, name], look);
}

/** Names of list entries and of maps by free names (`mcp_servers.<name>`) stand as `*` in the tables. */
function isNamed(path: Path, index: number): boolean {
  if (typeof path[index] === "number") return false;
  return !(index === 1 && (path[0] === "mcp_servers" || path[0] === "policies"));
}

/** A key in the wrong section is as frequent as a mistyped one. */
function elsewhere(name: string, pattern: string): string {
  const home = ["", "litellm_settings", "general_settings", "router_settings"].find(
    (section) => section !== pattern && (inForceKeys[section]?.includes(name) || acceptedKeys[section]?.includes(name)),
  );
  if (home === undefined) return "";
  return home === "" ? " It belongs at the top level of the file." : ` It belongs under ${home}.`;
}

/** Turned off or empty: then nobody misses it. */
function isOff(tree: Tree): boolean {
  if (tree.kind === "list") return tree.items.length === 0;
  if (tree.kind === "map") return tree.entries.size === 0;
  return tree.value === null || tree.value === false;
}

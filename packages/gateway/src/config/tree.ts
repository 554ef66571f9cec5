/** A configuration that still knows where each of its values stands. */

import type { Path, Place } from "./problem.ts";

export interface ScalarTree {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
  readonly at: Place;
}
export interface ListTree {
  readonly kind: "list";
  readonly items: readonly Tree[];
  readonly at: Place;
}
export interface MapTree {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, Entry>;
  readonly at: Place;
}
export interface Entry {
  readonly keyAt: Place;
  readonly value: Tree;
}
export type Tree = ScalarTree | ListTree | MapTree;

export function emptyMap(file: string): MapTree {
  return { kind: "map", entries: new Map(), at: { file, line: 0, column: 0 } };
}

/** How far down a key that is there but empty (`api_key:`) counts as not there; below, null is a value that may be meant to travel. */
const settingsDepth = 4;

/** The plain value, without places. */
export function plainOf(tree: Tree, depth = 0): unknown {
  if (tree.kind === "scalar") return tree.value;
  if (tree.kind === "list") return tree.items.map((item) => plainOf(item, depth + 1));
  const members = [...tree.entries].map(([name, entry]) => [name, plainOf(entry.value, depth + 1)] as const);
  return Object.fromEntries(depth < settingsDepth ? members.filter(([, value]) => value !== null) : members);
}

export function memberOf(tree: Tree | undefined, name: string): Tree | undefined {
  return tree?.kind === "map" ? tree.entries.get(name)?.value : undefined;
}

/** Where the value at `path` stands, or its nearest parent that is there. */
export function placeOf(tree: Tree, path: Path): Place {
  let here: Tree = tree;
  for (const part of path) {
    const next: Tree | undefined =
      here.kind === "list" ? here.items[Number(part)] : here.kind === "map" ? here.entries.get(String(part))?.value : undefined;
    if (!next) break;
    here = next;
  }
  return here.at;
}

/** The same tree with every scalar looked at again; `change` gets the path to it. */
export function mapScalars(tree: Tree, change: (scalar: ScalarTree, path: Path) => ScalarTree, path: Path = []): Tree {
  if (tree.kind === "scalar") return change(tree, path);
  if (tree.kind === "list") return { ...tree, items: tree.items.map((item, index) => mapScalars(item, change, [...path, index])) };
  const entries = new Map<string, Entry>();
  for (const [name, entry] of tree.entries) entries.set(name, { ...entry, value: mapScalars(entry.value, change, [...path, name]) });
  return { ...tree, entries };
}

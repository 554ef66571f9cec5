/** A config file with the files that it includes: lists are appended, other keys set. */

import { dirname, isAbsolute, join, normalize } from "node:path";
import { problem, type Report } from "./problem.ts";
import { readYaml } from "./read-yaml.ts";
import { type Entry, emptyMap, type MapTree, memberOf, type Tree } from "./tree.ts";

export type ReadFile = (path: string) => Promise<string>;

interface IncludeTools {
  readonly cwd: string;
  readonly readFile: ReadFile;
  readonly report: Report;
}

export async function readWithIncludes(file: string, tools: IncludeTools, parents: readonly string[] = []): Promise<MapTree> {
  let text: string;
  try {
    text = await tools.readFile(isAbsolute(file) ? file : join(tools.cwd, file));
  } catch (cause) {
    tools.report(problem("error", { file, line: 0, column: 0 }, [], unreadable(cause)));
    return emptyMap(file);
  }
  const tree = readYaml(text, file, tools.report);
  const include = tree.entries.get("include");
  if (!include) return tree;
  let merged: MapTree = { ...tree, entries: new Map([...tree.entries].filter(([name]) => name !== "include")) };
  for (const [index, wanted] of listed(include.value).entries()) {
    const path = wanted.kind === "scalar" && typeof wanted.value === "string" ? wanted.value : undefined;
    const key = include.value.kind === "list" ? ["include", index] : ["include"];
    if (path === undefined) {
      tools.report(problem("error", wanted.at, key, "The path of a YAML file was expected here."));
      continue;
    }
    const child = isAbsolute(path) ? path : normalize(join(dirname(file), path));
    if ([...parents, file].includes(child)) {
      tools.report(problem("error", wanted.at, key, `${child} includes itself. Take one of the include lines out.`));
      continue;
    }
    merged = merge(merged, await readWithIncludes(child, tools, [...parents, file]));
  }
  return merged;
}

function listed(tree: Tree): readonly Tree[] {
  return tree.kind === "list" ? tree.items : [tree];
}

function merge(into: MapTree, from: MapTree): MapTree {
  const entries = new Map(into.entries);
  for (const [name, entry] of from.entries) {
    const there = memberOf(into, name);
    entries.set(name, there ? { ...entry, value: joined(there, entry) } : entry);
  }
  return { ...into, entries };
}

function joined(there: Tree, { value }: Entry): Tree {
  if (there.kind === "list" && value.kind === "list") return { ...there, items: [...there.items, ...value.items] };
  if (there.kind === "map" && value.kind === "map") return { ...there, entries: new Map([...there.entries, ...value.entries]) };
  return value;
}

function unreadable(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (code === "ENOENT") return "There is no such file. Name one with --config FILE.";
  if (code === "EACCES" || code === "EPERM")
    return "This file may not be read by the user that runs the gateway. Change its owner or its mode.";
  if (code === "EISDIR") return "This is a folder. Name a YAML file with --config FILE.";
  return `This file could not be read${code ? ` (${code})` : ""}.`;
}

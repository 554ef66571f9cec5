/** YAML text to a tree that knows its places; anchors, aliases and merge keys are resolved here. */

import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, type YAMLMap } from "yaml";
import { type Path, type Place, problem, type Report } from "./problem.ts";
import { type Entry, emptyMap, type MapTree, type Tree } from "./tree.ts";

/** An alias may stand inside its own anchor: beyond this depth it is that. */
const deepest = 64;

export function readYaml(text: string, file: string, report: Report): MapTree {
  const lines = new LineCounter();
  // LiteLLM's parser takes the last of two equal keys; `build` does so too, with a warning.
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  for (const each of document.errors) report(problem("error", placeAt(each.pos[0]), [], `This is no valid YAML: ${each.message}`));
  for (const each of document.warnings) report(problem("warning", placeAt(each.pos[0]), [], each.message));
  if (document.errors.length > 0 || document.contents === null) return emptyMap(file);
  const tree = new TreeBuilder(placeAt, report, (node) => (isAlias(node) ? node.resolve(document) : undefined)).build(
    document.contents,
    [],
  );
  if (tree.kind === "map") return tree;
  if (tree.kind === "scalar" && tree.value === null) return emptyMap(file);
  report(problem("error", tree.at, [], "The file must hold a map of settings (model_list, general_settings …)."));
  return emptyMap(file);
}

class TreeBuilder {
  readonly #placeAt: (offset: number) => Place;
  readonly #report: Report;
  readonly #resolve: (node: unknown) => Node | undefined;

  constructor(placeAt: (offset: number) => Place, report: Report, resolve: (node: unknown) => Node | undefined) {
    this.#placeAt = placeAt;
    this.#report = report;
    this.#resolve = resolve;
  }

  build(node: unknown, path: Path, nearby: Place = this.#placeAt(0)): Tree {
    const at = this.#place(node) ?? nearby;
    if (path.length > deepest) {
      this.#report(problem("error", at, path.slice(0, 3), "This is nested too deeply: an alias may not stand inside its own anchor."));
      return { kind: "scalar", value: null, at };
    }
    if (isAlias(node)) return { ...this.build(this.#resolve(node), path, at), at };
    if (isSeq(node)) return { kind: "list", items: node.items.map((item, index) => this.build(item, [...path, index], at)), at };
    if (isMap(node)) return this.#map(node, path, at);
    const value = isScalar(node) ? node.value : null;
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return { kind: "scalar", value, at };
    return { kind: "scalar", value: value === null || value === undefined ? null : String(value), at };
  }

  #map(map: YAMLMap, path: Path, at: Place): MapTree {
    const entries = new Map<string, Entry>();
    for (const pair of map.items.filter(isMerge)) this.#merge(pair.value, entries, path, at);
    const own = new Set<string>();
    for (const pair of map.items) {
      if (isMerge(pair)) continue;
      const name = isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
      const keyAt = this.#place(pair.key) ?? at;
      if (own.has(name)) this.#report(problem("warning", keyAt, [...path, name], "This key stands twice here. The last one counts."));
      own.add(name);
      entries.set(name, { keyAt, value: this.build(pair.value, [...path, name], keyAt) });
    }
    return { kind: "map", entries, at };
  }

  /** `<<: *defaults` or `<<: [*one, *two]`, where the first of a list wins. */
  #merge(value: unknown, into: Map<string, Entry>, path: Path, at: Place): void {
    const tree = this.build(value, [...path, "<<"], at);
    const sources = tree.kind === "list" ? tree.items : [tree];
    for (const source of sources) {
      if (source.kind !== "map") continue;
      for (const [name, entry] of source.entries) if (!into.has(name)) into.set(name, entry);
    }
  }

  #place(node: unknown): Place | undefined {
    const range = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : undefined;
    return range ? this.#placeAt(range[0]) : undefined;
  }
}

function isMerge(pair: Pair): boolean {
  return isScalar(pair.key) && pair.key.value === "<<";
}

/** Fallbacks and aliases that name a model nobody serves: a warning each, at the name. */

import { nameMatcher } from "./model-names.ts";
import { didYouMean } from "./nearest.ts";
import { type Path, type Place, problem, type Report } from "./problem.ts";
import { memberOf, type Tree } from "./tree.ts";

const fallbackKeys = ["fallbacks", "context_window_fallbacks", "content_policy_fallbacks"];

export function checkReferences(tree: Tree, served: readonly string[], report: Report): void {
  const serves = nameMatcher(served);
  const look = (name: string, at: Place, path: Path): void => {
    if (name === "*" || serves(name)) return;
    const hint = didYouMean(name, served) || " Add it to model_list, or take it out here.";
    report(problem("warning", at, path, `No model is called "${name}".${hint}`));
  };
  for (const section of ["litellm_settings", "router_settings"]) {
    const settings = memberOf(tree, section);
    for (const key of fallbackKeys) lookThrough(memberOf(settings, key), [section, key], look);
    lookAt(memberOf(settings, "default_fallbacks"), [section, "default_fallbacks"], look);
  }
  const aliases = memberOf(memberOf(tree, "router_settings"), "model_group_alias");
  if (aliases?.kind !== "map") return;
  for (const [alias, entry] of aliases.entries) lookAt(entry.value, ["router_settings", "model_group_alias", alias], look);
}

type Look = (name: string, at: Place, path: Path) => void;

/** A list of maps, or one map, from names to names. */
function lookThrough(tree: Tree | undefined, path: Path, look: Look): void {
  if (tree?.kind === "list") for (const [index, item] of tree.items.entries()) lookThrough(item, [...path, index], look);
  if (tree?.kind !== "map") return;
  for (const [name, entry] of tree.entries) {
    look(name, entry.keyAt, [...path, name]);
    lookAt(entry.value, [...path, name], look);
  }
}

/** A name, a map with a `model`, or a list of these. */
function lookAt(tree: Tree | undefined, path: Path, look: Look): void {
  if (tree?.kind === "list") for (const [index, item] of tree.items.entries()) lookAt(item, [...path, index], look);
  if (tree?.kind === "map") lookAt(memberOf(tree, "model"), [...path, "model"], look);
  if (tree?.kind === "scalar" && typeof tree.value === "string") look(tree.value, tree.at, path);
}

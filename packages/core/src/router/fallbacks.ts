/** Which groups stand in for a group that failed, by the kind of its last error. */

import type { ErrorKind } from "../errors.ts";
import { aliasTarget } from "./alias-target.ts";
import type { Ask, Attempt, RouterSettings } from "./router.ts";

type Table = ReadonlyMap<string, readonly string[]>;

const nobody: readonly string[] = [];

/** After these there is nobody left to answer, or nothing that another model could change. */
const hopeless: ReadonlySet<ErrorKind> = new Set<ErrorKind>(["client_gone", "slow_client", "shutting_down"]);

/** The group that is looked for first. */
export function askedGroup(ask: Ask): string {
  return ask.target ?? ask.model;
}

/** The groups that are still to be tried after these attempts, in order. An asked group without attempts was resting or could not be used. */
export function pendingFallbacks(ask: Ask, attempts: readonly Attempt[], settings: RouterSettings): readonly string[] {
  if (ask.disableFallbacks) return nobody;
  const asked = askedGroup(ask);
  const seen = new Set([asked, aliasTarget(asked, settings.aliases)]);
  const lasts = lastOfEachGroup(attempts);
  const first = lasts.get(asked);
  let queue = unseen(ownFallbacks(ask, first, settings), seen);
  for (const [group, last] of lasts) {
    if (group === asked) continue;
    // What stood before it in the queue was passed over when it was chosen: it is not tried later.
    queue = queue.slice(queue.indexOf(group) + 1);
    if (!ask.fallbacks) queue.push(...unseen(fallbacksOf(group, last, settings), seen));
  }
  const tried = lasts.size - (first ? 1 : 0);
  if (tried >= settings.maxFallbacks) return nobody;
  return ask.permits ? queue.filter(ask.permits) : queue;
}

function ownFallbacks(ask: Ask, last: Attempt | undefined, settings: RouterSettings): readonly string[] {
  if (last?.error && hopeless.has(last.error.kind)) return nobody;
  return ask.fallbacks ?? fallbacksOf(askedGroup(ask), last, settings);
}

function unseen(names: readonly string[], seen: Set<string>): string[] {
  return names.filter((name) => !seen.has(name) && seen.add(name));
}

/** Groups in the order in which they were tried, each with its last attempt. */
export function lastOfEachGroup(attempts: readonly Attempt[]): Map<string, Attempt> {
  const lasts = new Map<string, Attempt>();
  for (const attempt of attempts) lasts.set(attempt.group, attempt);
  return lasts;
}

function fallbacksOf(group: string, last: Attempt | undefined, settings: RouterSettings): readonly string[] {
  const kind = last?.error?.kind;
  if (kind !== undefined && hopeless.has(kind)) return nobody;
  const bare = group.slice(group.indexOf("/") + 1);
  const names = [group, aliasTarget(group, settings.aliases), last?.deployment.group, bare, "*"];
  const special = specialTable(kind, settings);
  return (special && lookUp(special, names)) ?? lookUp(settings.fallbacks, names) ?? settings.defaultFallbacks;
}

function specialTable(kind: ErrorKind | undefined, settings: RouterSettings): Table | undefined {
  if (kind === "context_window") return settings.contextWindowFallbacks;
  return kind === "content_policy" ? settings.contentPolicyFallbacks : undefined;
}

/** The name as asked, what it stands for, the wildcard that it fits, without provider; last the default of all. */
function lookUp(table: Table, names: readonly (string | undefined)[]): readonly string[] | undefined {
  if (table.size === 0) return undefined;
  for (const name of names) {
    const found = name === undefined ? undefined : table.get(name);
    if (found) return found;
  }
  return undefined;
}

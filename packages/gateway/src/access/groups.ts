/** Access groups: names that stand for models, from the models' own `access_groups` and from the store. */

import type { Routes } from "tollgate/parts";
import type { Database } from "../store/database.ts";
import type { CompileContext } from "./compile-principal.ts";
import type { People } from "./people.ts";

export type Group = CompileContext["group"];

export interface GroupsOptions {
  readonly people: People;
  readonly database: Pick<Database, "listen">;
  readonly routes: () => Routes;
}

/** The answer is asked for anew at each compilation; it is read again when something about groups or models changed. */
export function createGroups({ people, database, routes }: GroupsOptions): () => Promise<Group> {
  let stored: Promise<ReadonlyMap<string, readonly string[]>> | undefined;
  let ofModels: { readonly of: Routes; readonly groups: ReadonlyMap<string, readonly string[]> } | undefined;
  database.listen("people", (what) => {
    if (what === "*" || what === "access_groups") stored = undefined;
  });
  return async () => {
    stored ??= people.accessGroups().catch((thrown: unknown) => {
      stored = undefined;
      throw thrown;
    });
    const groups = await stored;
    const now = routes();
    if (ofModels?.of !== now) ofModels = { of: now, groups: groupsOf(now) };
    const { groups: models } = ofModels;
    return (name) => {
      const members = [...(groups.get(name) ?? []), ...(models.get(name) ?? [])];
      return members.length > 0 || groups.has(name) ? members : undefined;
    };
  };
}

function groupsOf({ deployments }: Routes): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const { group, row } of deployments) {
    const names = row.model_info?.["access_groups"];
    if (!Array.isArray(names)) continue;
    for (const name of names) {
      if (typeof name !== "string") continue;
      const members = groups.get(name) ?? [];
      if (!members.includes(group)) members.push(group);
      groups.set(name, members);
    }
  }
  return groups;
}

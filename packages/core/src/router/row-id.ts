/** What makes a row itself: an id that survives rotated secrets, and a fingerprint that does not. */

import { createHash } from "node:crypto";
import type { DeploymentRow } from "./deployment.ts";
import { isSecretKey } from "./deployment-keys.ts";

/** `model_info.id`, or a hash of all but secrets: an id is known to others (spend, health, clients), a key's change is not their affair. */
export function rowId(row: DeploymentRow): string {
  const given = row.model_info?.["id"];
  if (given !== undefined && given !== null && given !== "") return String(given);
  const open = Object.fromEntries(Object.entries(row.litellm_params).filter(([name]) => !isSecretKey(name)));
  return hash([row.model_name, open]);
}

/** Equal for rows that compile to the same deployment. */
export function rowFingerprint(row: DeploymentRow): string {
  return hash([row.model_name, row.litellm_params, row.model_info, row.source]);
}

/** Rows that differ only in their secrets get ids of their own: the second `…-2`, and so on. */
export function withIds(rows: readonly DeploymentRow[]): readonly DeploymentRow[] {
  const seen = new Map<string, number>();
  return rows.map((row) => {
    const id = rowId(row);
    const times = (seen.get(id) ?? 0) + 1;
    seen.set(id, times);
    return { ...row, model_info: { ...row.model_info, id: times === 1 ? id : `${id}-${times}` } };
  });
}

function hash(value: unknown): string {
  return createHash("sha256").update(canonical(value)).digest("hex");
}

/** JSON with members in one order, whoever wrote them. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) => {
    if (inner === null || typeof inner !== "object" || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** Who made and changed a row, and when. */

import type { Caller } from "../http/admin-routes.ts";

export function byOf({ principal }: Caller): string {
  return principal.userId ?? principal.name;
}

export function madeBy(caller: Caller, now: number) {
  const by = byOf(caller);
  const at = new Date(now);
  return { created_by: by, updated_by: by, created_at: at, updated_at: at };
}

export function changedBy(caller: Caller, now: number) {
  return { updated_by: byOf(caller), updated_at: new Date(now) };
}

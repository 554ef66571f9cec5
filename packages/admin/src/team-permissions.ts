/** What the members of a team may be allowed: routes, under the names that LiteLLM's clients send. */

export const memberPermissions = [
  "/key/generate",
  "/key/update",
  "/key/delete",
  "/key/regenerate",
  "/key/service-account/generate",
  "/key/{key_id}/regenerate",
  "/key/block",
  "/key/unblock",
  "/key/bulk_update",
  "/team/key/bulk_update",
  "/key/{key_id}/reset_spend",
  "/key/access_group_assignment",
  "/auto_router/manage",
  "/key/info",
  "/key/health",
  "/key/list",
  "/key/aliases",
  "/team/daily/activity",
  "/team/daily/activity/aggregated",
  "/spend/logs",
  "/spend/logs/v2",
] as const;

export type MemberPermission = (typeof memberPermissions)[number];

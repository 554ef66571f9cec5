/** Who changed what: /audit */

import * as z from "zod";
import { rowsOf } from "./endpoint.ts";
import { pages, stamp } from "./replies.ts";
import { optional, ranged } from "./shapes.ts";
import { moment, name, nameOrEmpty, oneOf, order, page, size } from "./values.ts";

const { get } = rowsOf("audit logging");

const entry = z.looseObject({
  id: z.string(),
  updated_at: stamp,
  changed_by: z.string().nullable(),
  changed_by_api_key: z.string().nullable(),
  action: z.string(),
  table_name: z.string(),
  object_id: z.string(),
  before_value: z.record(z.string(), z.unknown()).nullish(),
  updated_values: z.record(z.string(), z.unknown()).nullish(),
});
const filters = optional({
  changed_by: name,
  changed_by_api_key: name,
  action: nameOrEmpty,
  table_name: nameOrEmpty,
  object_id: name,
  object_team_id: name,
  object_key_hash: name,
  start_date: moment,
  end_date: moment,
  search: nameOrEmpty,
  sort_by: oneOf(["updated_at", "changed_by", "action", "table_name", "object_id"]),
  sort_order: order,
});

export const audit = {
  list: get("/audit", "audit:read", "Changes by page, the newest first.", {
    input: ranged({ page, page_size: size(10), ...filters }),
    reply: z.looseObject({ audit_logs: z.array(entry), ...pages }),
  }),
  one: get("/audit/{id}", "audit:read", "One change.", { input: z.strictObject({ id: name }), reply: entry }),
} as const;

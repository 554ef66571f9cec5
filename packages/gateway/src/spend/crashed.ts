/** What the books say of a call that a crash of the gateway cut off: it failed, and costs what was reserved for it. */

import type { SpoolRow } from "./segment.ts";
import { storable } from "./storable.ts";

const FAILURE = {
  kind: "internal",
  status: 500,
  code: "500",
  message: "The gateway ended before this call did. What was reserved for it is charged.",
};

export function crashed(begun: SpoolRow): SpoolRow {
  const row = JSON.parse(begun.text) as Record<string, unknown> & { readonly metadata?: object };
  const metadata = { ...row.metadata, error: FAILURE };
  const text = JSON.stringify({
    ...row,
    status: "failure",
    http_status: FAILURE.status,
    error_kind: FAILURE.kind,
    estimated: true,
    metadata,
  });
  return { ...begun, text: storable(text) };
}

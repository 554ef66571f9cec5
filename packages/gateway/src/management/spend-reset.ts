/** Sets the spend of all keys and teams to nothing. The books stay as they are: calls and their sums tell what was. */

import { GatewayError } from "tollgate/parts";
import { scopeOf } from "../access/scope.ts";
import type { AreaHandlers } from "../http/admin-routes.ts";
import { rowsOf } from "../store/rows-of.ts";
import { writeAudit } from "./audit.ts";
import type { ManagementParts } from "./parts.ts";

/** In the order in which the books are written, so that nobody waits for each other in a circle. */
const forget = `with whose as (
    select id, spent_nano from meters where (id like 'key:%' or id like 'team:%') and spent_nano <> 0 order by id for update
  ), less as (update meters m set spent_nano = 0 from whose where m.id = whose.id)
  select count(*)::float8 as meters from whose`;

export function createSpendReset({ database, changed }: ManagementParts): Pick<AreaHandlers<"spend">, "reset"> {
  return {
    async reset(_input, caller) {
      if (!scopeOf(caller.principal).writes)
        throw new GatewayError("forbidden", "Only an administrator may set the spend of all keys and teams to 0.", { type: "auth_error" });
      await database.sql.transaction().execute(async (sql) => {
        const [{ meters = 0 } = {}] = await rowsOf<{ meters: number }>(sql, forget);
        await writeAudit(sql, caller, [{ action: "updated", table: "meters", id: "keys and teams", after: { spend: 0, meters } }]);
      });
      await changed("people", "*");
      return { message: "The spend of all keys and teams is 0 now. Logs and reports stay as they are.", status: "success" };
    },
  };
}

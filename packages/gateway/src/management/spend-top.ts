/** Whole keys and users, by what they spent. */

import { sql as text } from "kysely";
import type { Level } from "../access/principal.ts";
import { scopeOf } from "../access/scope.ts";
import type { AreaHandlers } from "../http/admin-routes.ts";
import { lifetimeMeter } from "../limits/meters.ts";
import { createWindows } from "../limits/windows.ts";
import { visibleKeys } from "./key-access.ts";
import { shownKeys } from "./key-row.ts";
import type { ManagementParts } from "./parts.ts";
import type { SpentContext } from "./spent.ts";
import { visibleUsers } from "./user-access.ts";
import { shownUsers } from "./user-row.ts";

/** Nobody reads further; `/key/list` and `/user/list` have pages. */
const MOST = 1000;

export function createTopSpenders(parts: ManagementParts): Pick<AreaHandlers<"spend">, "keys" | "users"> {
  const { database, clock } = parts;
  const windows = createWindows(parts.timezone);
  const context = (): SpentContext => ({ sql: database.sql, windows, now: clock.now() });

  return {
    async keys(_input, { principal }) {
      const rows = await database.sql
        .selectFrom("keys")
        .selectAll()
        .where(visibleKeys(scopeOf(principal)))
        .orderBy(everSpent("key", "keys.token"), (order) => order.desc().nullsLast())
        .orderBy("token")
        .limit(MOST)
        .execute();
      return dearestFirst(await shownKeys(rows, context()));
    },
    async users({ user_id }, { principal }) {
      const rows = await database.sql
        .selectFrom("users")
        .selectAll()
        .where(visibleUsers(scopeOf(principal)))
        .$if(user_id !== undefined, (query) => query.where("user_id", "=", user_id ?? ""))
        .orderBy(everSpent("user", "users.user_id"), (order) => order.desc().nullsLast())
        .orderBy("user_id")
        .limit(MOST)
        .execute();
      return dearestFirst(await shownUsers(rows, context()));
    },
  };
}

/** A letter that no id has stands for it, so that the meter's name is made in one place. */
const ID = "\u0001";

function everSpent(level: Level, column: string) {
  return text<bigint>`(select spent_nano from meters where id = replace(${lifetimeMeter(level, ID)}, ${ID}, ${text.ref(column)}))`;
}

function dearestFirst<Row extends { readonly spend: number }>(rows: readonly Row[]): Row[] {
  return [...rows].sort((a, b) => b.spend - a.spend);
}

/** `/team/spend/by_user`: what each member used of each team. */

import type { Database } from "../store/database.ts";
import { bigSums } from "./big-sums.ts";
import { keyMetricsOf, type Sums, sumColumns } from "./sums.ts";
import { type Days, daysOf, type Scope } from "./where.ts";

export interface ByMemberAsked {
  readonly days: Days;
  readonly teamIds?: readonly string[];
  readonly scope?: Scope;
}

interface Row extends Sums {
  readonly team_id: string;
  readonly team_alias: string | null;
  readonly user_id: string;
  readonly user_email: string | null;
  readonly user_alias: string | null;
}

const MANY = 10_000;

/** The dearest first; what nobody's key spent has the user "". */
export async function spendByMember(database: Database, { days, teamIds, scope }: ByMemberAsked) {
  const where = daysOf(days).visible(scope).and("team_id = any(?)", teamIds).and("team_id <> ?", "");
  const text = `select d.*, t.team_alias, u.user_email, u.user_alias from (
      select team_id, user_id, ${sumColumns} from daily ${where.text} group by team_id, user_id
    ) d left join teams t on t.team_id = d.team_id left join users u on u.user_id = d.user_id
    order by d.spend_nano desc, d.team_id, d.user_id limit ${MANY}`;
  const rows = await bigSums<Row>(database, text, where.values);
  return rows.map((row) => ({
    team_id: row.team_id,
    team_alias: row.team_alias,
    user_id: row.user_id,
    user_email: row.user_email,
    user_alias: row.user_alias,
    ...keyMetricsOf(row),
  }));
}

/** Virtual keys: made, shown, listed. Changes stand in key-changes.ts. */

import type { contract, InputOf } from "@tollgate/admin";
import { scopeOf } from "../access/scope.ts";
import type { AreaHandlers, Caller } from "../http/admin-routes.ts";
import { createWindows } from "../limits/windows.ts";
import { maySee, unknownKey } from "./key-access.ts";
import { createKeyChanges } from "./key-changes.ts";
import { refuseOverAllocation, withDefaults } from "./key-draft.ts";
import { readKeys, tokenOf } from "./key-fields.ts";
import { insertKey } from "./key-insert.ts";
import { createKeyLists } from "./key-lists.ts";
import { ownerOf } from "./key-owner.ts";
import { type KeyRow, shownKeys } from "./key-row.ts";
import { withOwnBounds } from "./narrower.ts";
import type { ManagementParts } from "./parts.ts";
import type { SpentContext } from "./spent.ts";

type Generate = InputOf<(typeof contract.keys)["generate"]>;

export function createKeys(parts: ManagementParts): AreaHandlers<"keys"> {
  const { database, clock, changed } = parts;
  const windows = createWindows(parts.timezone);
  const context = (): SpentContext => ({ sql: database.sql, windows, now: clock.now() });

  async function generate(input: Generate, caller: Caller, route: string, serviceAccount: boolean) {
    const filled = withDefaults(withOwnBounds(caller.principal, input), parts.settings) as Generate;
    const user = await ownerOf(caller.principal, filled, route, parts);
    await refuseOverAllocation(filled, undefined, database.sql);
    const secret = filled.key ?? parts.newKey();
    const owner = serviceAccount ? "service_account" : { userId: user };
    const { token } = await database.sql
      .transaction()
      .execute((sql) => insertKey(filled, { secret, owner }, caller, { ...context(), sql }));
    await changed("keys", token);
    const [made] = await shownKeys(await readKeys(database.sql, [token]), context());
    if (!made) throw unknownKey(token);
    return { ...made, key: secret, token_id: token };
  }

  return {
    ...createKeyLists(parts, context),
    ...createKeyChanges(parts, context),
    generate: (input, caller) => generate(input, caller, "/key/generate", false),
    generateServiceAccount: (input, caller) => generate(input, caller, "/key/service-account/generate", true),
    async info({ key }, caller) {
      const { principal } = caller;
      const asked = key ?? principal.keyHash;
      if (asked === undefined) throw unknownKey("the one that asks, which is no virtual key");
      const [row] = await readKeys(database.sql, [tokenOf(asked)]);
      if (!row || !(await maySee(scopeOf(principal), row, database.sql))) throw unknownKey(asked);
      const [info] = await shownKeys([row], context());
      if (!info) throw unknownKey(asked);
      return { key: key ?? row.token, info };
    },
    async infoMany({ keys }, caller) {
      const rows: KeyRow[] = [];
      for (const row of await readKeys(database.sql, keys.map(tokenOf)))
        if (await maySee(scopeOf(caller.principal), row, database.sql)) rows.push(row);
      return { key: keys, info: await shownKeys(rows, context()) };
    },
    async health() {
      return { key: "healthy", logging_callbacks: null };
    },
  };
}

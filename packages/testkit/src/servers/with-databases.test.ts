/** Tests for two engines get an empty database each time. */

import { expect, it } from "vitest";
import { withDatabases } from "./with-databases.ts";

withDatabases("a database for tests", (stage) => {
  it.each([1, 2])("is empty at the begin, time %i", async () => {
    expect(await stage.database.sql.selectFrom("config").selectAll().execute()).toEqual([]);
    await stage.database.sql.insertInto("config").values({ param_name: "a", param_value: {} }).execute();
  });

  it("shows its rows to another instance", async () => {
    await stage.database.sql
      .insertInto("config")
      .values({ param_name: "b", param_value: { c: 1 } })
      .execute();
    const other = await stage.another();
    expect(await other.sql.selectFrom("config").select(["param_name", "param_value"]).execute()).toEqual([
      { param_name: "b", param_value: { c: 1 } },
    ]);
  });
});

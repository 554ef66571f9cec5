/** The salt of a database is found out at the first start and held to at every other. */

import { expect, it } from "vitest";
import { withDatabases } from "../../../testkit/src/servers/with-databases.ts";
import { createEncryption } from "../secrets/encryption.ts";
import { checkSalt } from "./salt-check.ts";

withDatabases("the salt of a database", (stage) => {
  it("must stay the same", async () => {
    const mine = await createEncryption("mine");
    await checkSalt(stage.database.sql, mine);
    await checkSalt(stage.database.sql, await createEncryption("mine"));
    await expect(checkSalt(stage.database.sql, await createEncryption("other"))).rejects.toThrow(/The salt does not fit/);
    await checkSalt(stage.database.sql, mine);
  });
});

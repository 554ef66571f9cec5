/** Invitations on both engines: a link works once, for a while, for one person. */

import { contract } from "@tollgate/admin";
import { beforeEach, expect, it } from "vitest";
import { type FakeClock, fakeClock } from "../../../testkit/src/fake-clock.ts";
import { withDatabases } from "../../../testkit/src/servers/with-databases.ts";
import { admin, caller, refusal, testParts } from "./for-tests.ts";
import { createInvitations } from "./invitations.ts";
import { verifyPassword } from "./password.ts";
import { createUsers } from "./users.ts";

const HOUR = 3_600_000;

withDatabases("invitations", (stage) => {
  let clock: FakeClock;
  let invitations: Required<ReturnType<typeof createInvitations>>;
  const nobody = caller("customer");
  beforeEach(async () => {
    clock = fakeClock();
    const parts = { ...testParts(stage.database), clock };
    invitations = createInvitations(parts) as typeof invitations;
    await createUsers(parts).new?.(contract.users.new.input.parse({ user_id: "u1", user_email: "u1@example.com" }), admin);
    await createUsers(parts).new?.(contract.users.new.input.parse({ user_id: "u2" }), admin);
  });
  const invite = async () => String((await invitations.new({ user_id: "u1" }, admin)).id);
  const claim = (invitation_link: string, user_id = "u1") =>
    invitations.claim({ invitation_link, user_id, password: "correct horse" }, nobody);
  const passwordOf = async (user_id: string) =>
    (await stage.database.sql.selectFrom("users").select("password").where("user_id", "=", user_id).executeTakeFirst())?.password ?? null;

  it("set the password of the invited user, once", async () => {
    const link = await invite();
    expect(await invitations.open({ invite_link: link }, nobody)).toMatchObject({ user_email: "u1@example.com", user_id: "u1" });
    const both = await Promise.all([refusal(claim(link)), refusal(claim(link))]);
    expect(both.sort()).toEqual(["done", "gone"]);
    expect(await verifyPassword("correct horse", await passwordOf("u1"))).toBe(true);
    expect(await refusal(invitations.open({ invite_link: link }, nobody))).toBe("gone");
    expect(await invitations.info({ invitation_id: link }, admin)).toMatchObject({ is_accepted: true, accepted_at: expect.any(Date) });
  });

  it("are over after 72 hours", async () => {
    const link = await invite();
    await clock.advance(72 * HOUR - 1);
    expect(await refusal(invitations.open({ invite_link: link }, nobody))).toBe("done");
    await clock.advance(1);
    expect(await refusal(invitations.open({ invite_link: link }, nobody))).toBe("gone");
    expect(await refusal(claim(link))).toBe("gone");
  });

  it("are kept as hashes, which open nothing", async () => {
    const link = await invite();
    const rows = await stage.database.sql.selectFrom("invitations").selectAll().execute();
    const audit = await stage.database.sql.selectFrom("audit").selectAll().execute();
    expect(JSON.stringify([rows, audit])).not.toContain(link);
    expect(await refusal(claim(rows[0]?.id ?? ""))).toBe("not_found");
    expect(await refusal(claim("guessed"))).toBe("not_found");
  });

  it("are for one person only", async () => {
    const link = await invite();
    expect(await refusal(claim(link, "u2"))).toBe("not_found");
    expect(await passwordOf("u2")).toBeNull();
  });

  it("are for users who are there, and end when they are ended", async () => {
    expect(await refusal(invitations.new({ user_id: "nobody" }, admin))).toBe("not_found");
    const link = await invite();
    await invitations.delete({ invitation_id: link }, admin);
    expect(await refusal(claim(link))).toBe("not_found");
  });

  it("are made and seen by who may change the user", async () => {
    const link = await invite();
    const stranger = caller("internal_user", { userId: "u2", adminOfOrganizations: ["o1"] });
    expect(await refusal(invitations.new({ user_id: "u1" }, stranger))).toBe("not_found");
    expect(await refusal(invitations.info({ invitation_id: link }, stranger))).toBe("not_found");
    expect(await refusal(invitations.new({ user_id: "u1" }, caller("internal_user", { userId: "u1" })))).toBe("forbidden");
  });
});

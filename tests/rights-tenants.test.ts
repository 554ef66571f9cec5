/** Tenants do not meet, nobody gets more rights than they have, and what is ended is out of force at once. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sha256 } from "../packages/gateway/src/access/key-of.ts";
import { ask, type Kept, openKept } from "./kept-gateway.ts";
import { type CallerName, keyFor, makeRoom, seed, snapshot } from "./rights-stage.ts";

let kept: Kept;

beforeAll(async () => {
  kept = await openKept({ engine: "embedded" });
  await makeRoom(kept.database);
}, 60_000);
afterAll(() => kept.close());
beforeEach(async () => {
  await seed(kept.database);
  gateway().gateway.keeping?.principals.forget("*");
});

const gateway = () => {
  const [first] = kept.gateways;
  if (!first) throw new Error("one was asked for");
  return first;
};

async function send(method: "GET" | "POST" | "PATCH" | "DELETE", url: string, who: CallerName | { key: string }, body?: object) {
  const key = typeof who === "string" ? keyFor(who) : who.key;
  const reply = await gateway().gateway.app.inject({
    method,
    url,
    headers: { authorization: `Bearer ${key}`, ...(body && { "content-type": "application/json" }) },
    ...(body && { payload: JSON.stringify(body) }),
  });
  return { status: reply.statusCode, text: reply.payload, json: () => JSON.parse(reply.payload) as Record<string, unknown> };
}

const ofB = sha256(keyFor("user", "b") ?? "");
const nowhere = "0".repeat(64);

describe("something of another tenant", () => {
  it.each([
    ["GET", "/key/info?key=ID", undefined, ofB, nowhere, "user"],
    ["POST", "/key/update", { key: "ID", key_alias: "mine" }, ofB, nowhere, "user"],
    ["POST", "/key/update", { key: "ID", key_alias: "mine" }, ofB, nowhere, "organizationAdmin"],
    ["POST", "/key/delete", { keys: ["ID"] }, ofB, nowhere, "teamAdmin"],
    ["POST", "/key/delete", { key_aliases: ["ID"] }, "alias-b-user", "alias-b-nobody", "teamAdmin"],
    ["POST", "/key/ID/regenerate", {}, ofB, nowhere, "teamAdmin"],
    [
      "POST",
      "/team/key/bulk_update",
      { team_id: "ID", all_keys_in_team: true, update_fields: { max_budget: 1 } },
      "team-b",
      "team-c",
      "teamAdmin",
    ],
    ["GET", "/user/info?user_id=ID", undefined, "user-b", "user-c", "user"],
    ["POST", "/user/update", { user_id: "ID", user_alias: "mine" }, "user-b", "user-c", "organizationAdmin"],
    ["POST", "/user/delete", { user_ids: ["ID"] }, "user-b", "user-c", "organizationAdmin"],
    ["GET", "/team/info?team_id=ID", undefined, "team-b", "team-c", "teamAdmin"],
    ["POST", "/team/update", { team_id: "ID", team_alias: "mine" }, "team-b", "team-c", "teamAdmin"],
    ["POST", "/team/member_add", { team_id: "ID", member: { role: "user", user_id: "teamAdmin-a" } }, "team-b", "team-c", "teamAdmin"],
    ["POST", "/team/delete", { team_ids: ["ID"] }, "team-b", "team-c", "organizationAdmin"],
    ["GET", "/organization/info?organization_id=ID", undefined, "organization-b", "organization-c", "organizationAdmin"],
    [
      "PATCH",
      "/organization/update",
      { organization_id: "ID", organization_alias: "mine" },
      "organization-b",
      "organization-c",
      "organizationAdmin",
    ],
    ["GET", "/project/info?project_id=ID", undefined, "project-b", "project-c", "teamAdmin"],
    ["POST", "/project/update", { project_id: "ID", project_alias: "mine" }, "project-b", "project-c", "teamAdmin"],
    ["GET", "/spend/logs/ui/ID", undefined, "call-b", "call-c", "user"],
    ["POST", "/key/generate", { team_id: "ID" }, "team-b", "team-c", "teamAdmin"],
    ["POST", "/key/generate", { organization_id: "ID" }, "organization-b", "organization-c", "user"],
    ["POST", "/key/generate", { team_id: "team-a", organization_id: "ID" }, "organization-b", "organization-c", "teamAdmin"],
    ["POST", "/key/generate", { team_id: "team-a", project_id: "ID" }, "project-b", "project-c", "teamAdmin"],
    ["POST", "/key/generate", { team_id: "team-a", user_id: "ID" }, "user-b", "user-c", "teamAdmin"],
    ["POST", "/key/generate", { organization_id: "organization-a", user_id: "ID" }, "admin-b", "admin-c", "organizationAdmin"],
  ] as const)("is as unknown as what nobody has: %s %s %j", async (method, url, body, theirs, unknown, who) => {
    const before = await snapshot(kept.database);
    const told = async (id: string) => {
      const { status, text } = await send(method, url.replace("ID", id), who, body && JSON.parse(JSON.stringify(body).replace("ID", id)));
      return { status, text: text.replaceAll(id, "ID").replace(/"id":"[^"]*"/, "") };
    };
    const answer = await told(theirs);
    expect(answer.status).toBe(404);
    expect(answer).toEqual(await told(unknown));
    expect(await snapshot(kept.database)).toBe(before);
  });

  it("is not in lists, nor in their totals", async () => {
    for (const who of ["user", "teamAdmin", "organizationAdmin"] as const)
      for (const url of ["/key/list?return_full_object=true&size=100", "/user/list", "/team/list", "/organization/list", "/project/list"]) {
        const { status, text } = await send("GET", url, who);
        expect({ url, status, told: /\b\w+-b\b|@b\.example/.exec(text)?.[0] }).toEqual({ url, status: 200, told: undefined });
      }
    const listed = (await send("GET", "/key/list", "user")).json();
    expect(listed).toMatchObject({ total_count: 1, keys: [sha256(keyFor("user") ?? "")] });
  });

  it("spends beside one's own sums", async () => {
    for (const who of ["user", "organizationAdmin"] as const)
      expect((await send("GET", "/global/spend/report?start_date=2026-01-01&end_date=2026-01-31", who)).text).not.toContain("0.07");
  });
});

describe("an administrator of an organization", () => {
  it("sees and changes the keys of its teams", async () => {
    const ofTeam = sha256("sk-rights-a-ofTeam-0123456789");
    expect((await send("GET", "/key/list", "organizationAdmin")).json()["keys"]).toContain(ofTeam);
    expect((await send("GET", `/key/info?key=${ofTeam}`, "organizationAdmin")).status).toBe(200);
    expect((await send("POST", "/key/block", "organizationAdmin", { key: ofTeam })).status).toBe(200);
    expect((await send("POST", "/key/generate", "organizationAdmin", { team_id: "team-a" })).status).toBe(200);
  });
});

describe("a key for somebody with more rights", () => {
  beforeEach(async () => {
    const more = { role: "user", settings: "{}", created_at: new Date(0), team_id: "team-a" };
    await kept.database.sql
      .insertInto("team_members")
      .values({ ...more, user_id: "admin-a" })
      .execute();
    await kept.database.sql.updateTable("keys").set({ team_id: "team-a" }).where("user_id", "=", "admin-a").execute();
  });

  it.each(["teamAdmin", "organizationAdmin"] as const)("is not made by a %s", async (who) => {
    const made = await send("POST", "/key/generate", who, { team_id: "team-a", user_id: "admin-a" });
    expect(made).toMatchObject({ status: 403 });
    expect((await send("POST", "/key/generate", who, { team_id: "team-a", user_id: "user-a" })).status).toBe(200);
  });

  it.each(["teamAdmin", "organizationAdmin"] as const)("is not shown to a %s by making it anew", async (who) => {
    expect((await send("POST", "/key/regenerate", who, { key: sha256(keyFor("admin") ?? "") })).status).toBe(403);
  });
});

it("makes no key that may more than the key that makes it", async () => {
  const { key } = (
    await send("POST", "/key/generate", "master", { user_id: "user-a", models: ["gift"], rpm_limit: 3, max_budget: 0.5 })
  ).json();
  const by = { key: String(key) };
  expect((await send("POST", "/key/generate", by, {})).json()).toMatchObject({ models: ["gift"], rpm_limit: 3, max_budget: 0.5 });
  for (const more of [{ models: ["coin"] }, { rpm_limit: 4 }, { max_budget: 1 }, { models: ["*"] }])
    expect((await send("POST", "/key/generate", by, more)).status).toBe(403);
});

describe("a personal key of who belongs to an organization", () => {
  const budget = { max_budget: 0 };
  const settle = (settings: object) =>
    kept.database.sql
      .updateTable("organizations")
      .set({ settings: JSON.stringify(settings) })
      .where("organization_id", "=", "organization-a")
      .execute();

  it("spends for that organization", async () => {
    await settle(budget);
    expect((await ask(gateway(), keyFor("user") ?? "")).status).toBe(429);
    expect((await ask(gateway(), keyFor("viewer") ?? "")).status).toBe(200);
  });

  it("does not when they are its guest", async () => {
    await settle(budget);
    await kept.database.sql
      .updateTable("organization_members")
      .set({ settings: '{"guest":true}' })
      .where("user_id", "=", "user-a")
      .execute();
    expect((await ask(gateway(), keyFor("user") ?? "")).status).toBe(200);
  });

  it("names one when they belong to several", async () => {
    const member = {
      organization_id: "organization-b",
      user_id: "user-a",
      user_role: "internal_user",
      settings: "{}",
      created_at: new Date(0),
    };
    await kept.database.sql.insertInto("organization_members").values(member).execute();
    expect((await send("POST", "/key/generate", "user", {})).status).toBe(400);
    expect((await send("POST", "/key/generate", "user", { organization_id: "organization-b" })).status).toBe(200);
  });
});

describe("what is ended is out of force at once", () => {
  const team = { key: "sk-rights-a-ofTeam-0123456789" };
  const user = { key: keyFor("user") ?? "" };
  it.each([
    ["a key that is blocked", user, "/key/block", user, 403],
    ["a key that is deleted", user, "/key/delete", { keys: [user.key] }, 401],
    ["a key that is changed", user, "/key/update", { ...user, models: ["gift"] }, 403],
    ["the key of a team that is blocked", team, "/team/block", { team_id: "team-a" }, 403],
    ["the key of a team that is deleted", team, "/team/delete", { team_ids: ["team-a"] }, 401],
    ["the key of a team that is changed", team, "/team/update", { team_id: "team-a", models: ["gift"] }, 403],
    ["the key of a user that is deleted", user, "/user/delete", { user_ids: ["user-a"] }, 401],
    ["the key of a user that is changed", user, "/user/update", { user_id: "user-a", models: ["gift"] }, 403],
  ] as const)("%s", async (_what, { key }, url, body, status) => {
    expect((await ask(gateway(), key)).status).toBe(200);
    await kept.admin(url, body);
    expect((await ask(gateway(), key)).status).toBe(status);
  });

  it("a role that is taken away", async () => {
    expect((await send("GET", "/customer/list", "admin")).status).toBe(200);
    await kept.admin("/user/update", { user_id: "admin-a", user_role: "internal_user" });
    expect((await send("GET", "/customer/list", "admin")).status).toBe(403);
  });

  it("a customer who is blocked", async () => {
    expect((await ask(gateway(), user.key, { user: "customer-a" })).status).toBe(200);
    await kept.admin("/customer/block", { user_ids: ["customer-a"] });
    expect((await ask(gateway(), user.key, { user: "customer-a" })).status).toBe(403);
    await kept.admin("/customer/unblock", { user_ids: ["customer-a"] });
    expect((await ask(gateway(), user.key, { user: "customer-a" })).status).toBe(200);
  });
});

/** `tollgate keys` against a real gateway with a real database. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { MASTER_KEY, startGateway, type TestGateway } from "../../../testkit/src/gateway.ts";
import { type FreshDatabase, freshDatabase } from "../../../testkit/src/servers/fresh-database.ts";
import { run } from "./run.ts";

let folder: string;
let fresh: FreshDatabase;
let gateway: TestGateway;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tollgate-keys-"));
  fresh = await freshDatabase("server");
  gateway = await startGateway({ database: fresh.database });
  await writeFile(join(folder, ".env"), `TOLLGATE_URL=${gateway.url}\nLITELLM_MASTER_KEY=${MASTER_KEY}\n`);
}, 60_000);
afterAll(async () => {
  await gateway.close();
  await fresh.remove();
  await rm(folder, { recursive: true, force: true });
});

async function keys(...args: string[]) {
  const said: string[] = [];
  const complained: string[] = [];
  const code = await run(["keys", ...args], {
    ...{ version: "0", cwd: folder, examples: [], terminal: false },
    print: (text) => void said.push(text),
    write: (text) => void said.push(text),
    complain: (text) => void complained.push(text),
  });
  return { code, said: said.join("\n"), complained: complained.join("\n") };
}

it("makes a key that works, lists it, shows it and ends it", async () => {
  const flags = ["--alias", "ci", "--models", "fast, other", "--max-budget", "2.5", "--budget-duration", "30d", "--rpm", "60"];
  const made = await keys("create", ...flags);
  expect(made).toMatchObject({ code: 0, complained: "" });
  const key = /^sk-\S+/.exec(made.said)?.[0] ?? "";
  const models = await gateway.get("/v1/models", { authorization: `Bearer ${key}` });
  expect(((await models.json()) as { data: { id: string }[] }).data.map(({ id }) => id).sort()).toEqual(["fast", "other"]);

  const listed = await keys("list");
  expect(listed.said).toMatch(/^ALIAS +KEY +TEAM +USER +SPENT +BUDGET +EXPIRES$/m);
  expect(listed.said).toMatch(new RegExp(`^ci +sk-\\.\\.\\.${key.slice(-4)} +.* \\$0\\.00 +\\$2\\.50 each 30d +-$`, "m"));
  expect(listed.said).not.toContain(key);

  const shown = await keys("info", "ci");
  expect(shown.said).toMatch(/^Models +fast, other$/m);
  expect(shown.said).toMatch(/^Limits +60 requests a minute$/m);
  expect((await keys("info", key)).said).toBe(shown.said);

  expect((await keys("delete", "ci")).said).toBe("Deleted: 1");
  expect((await gateway.get("/v1/models", { authorization: `Bearer ${key}` })).status).toBe(401);
  expect((await keys("list")).said).toMatch(/^There are no keys/);
});

it("gives the gateway's replies as JSON", async () => {
  const made = JSON.parse((await keys("create", "--alias", "json", "--json")).said) as { key: string; token: string };
  expect(made.key).toMatch(/^sk-/);
  const listed = JSON.parse((await keys("list", "--json")).said) as { keys: { token: string }[] };
  expect(listed.keys.map(({ token }) => token)).toEqual([made.token]);
  expect(JSON.parse((await keys("delete", made.token, "--json")).said)).toMatchObject({ deleted_keys: [made.token] });
});

it("says what the gateway refuses, in its words, and ends with 1", async () => {
  await keys("create", "--alias", "twice");
  expect(await keys("create", "--alias", "twice")).toMatchObject({
    code: 1,
    complained: expect.stringMatching(/answered 409: The key alias 'twice' is taken/),
  });
  expect(await keys("info", "nobody")).toMatchObject({ code: 1, complained: expect.stringMatching(/answered 404/) });
  expect((await keys("create", "--rpm", "many")).code).toBe(1);
});

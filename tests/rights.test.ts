/** Who may do what: every row of the admin contract, asked by somebody of each kind, about one's own tenant and about another. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MASTER_KEY, startGateway, type TestGateway, usualConfig } from "../packages/testkit/src/gateway.ts";
import { type FreshDatabase, freshDatabase } from "../packages/testkit/src/servers/fresh-database.ts";
import { type Asked, askOf, type Row, rows } from "./rights-inputs.ts";
import { rights } from "./rights-rows.ts";
import { type CallerName, callers, keyFor, makeRoom, namesOf, seed, snapshot, type Tenant } from "./rights-stage.ts";

let fresh: FreshDatabase;
let gateway: TestGateway;

beforeAll(async () => {
  fresh = await freshDatabase("embedded");
  await makeRoom(fresh.database);
  gateway = await startGateway({
    database: fresh.database,
    config: { ...usualConfig, general_settings: { store_model_in_db: true } },
    env: { UPSTREAM: "http://127.0.0.1:9/v1", LITELLM_SALT_KEY: "sk-salt-of-these-tests" },
  });
}, 60_000);
afterAll(async () => {
  await gateway.close();
  await fresh.remove();
});

async function send({ method, url, body }: Asked, key: string | undefined) {
  const reply = await gateway.gateway.app.inject({
    method,
    url,
    headers: { ...(key !== undefined && { authorization: `Bearer ${key}` }), ...(body && { "content-type": "application/json" }) },
    ...(body && { payload: JSON.stringify(body) }),
  });
  return { status: reply.statusCode, text: reply.payload };
}

/** As at the begin of a case. Models and credentials are encrypted, so the gateway makes them itself, for those who ask for them. */
async function prepare({ area }: Row): Promise<void> {
  await seed(fresh.database);
  await gateway.gateway.keeping?.principals.forget("*");
  if (area !== "models" && area !== "credentials" && area !== "accessGroups") return;
  for (const of of ["a", "b"] as const) {
    await make("/credentials", {
      credential_name: `credential-${of}`,
      credential_info: {},
      credential_values: { api_key: "sk-of-a-provider" },
    });
    await make("/model/new", modelOf(of));
  }
  await make("/model/new", { ...modelOf("a"), model_name: "more-stored", model_info: { id: "model-of-all" } });
  for (const of of ["a", "b"] as const)
    await make("/access_group/new", { access_group: `group-of-models-${of}`, model_names: ["more-stored"] });
}

const modelOf = (of: Tenant) => ({
  model_name: `stored-${of}`,
  litellm_params: { model: "openai/gpt-4o-mini", api_key: "sk-of-a-provider" },
  model_info: { id: `model-${of}`, team_id: `team-${of}` },
});

async function make(url: string, body: object): Promise<void> {
  const { status, text } = await send({ method: "POST", url, body }, MASTER_KEY);
  if (status !== 200) throw new Error(`${url}: ${status} ${text}`);
}

function markOf(status: number): string {
  if (status < 300) return "+";
  const marks: Readonly<Record<number, string>> = { 401: "1", 403: "3", 404: "4", 400: "0", 409: "0", 422: "0" };
  return marks[status] ?? `(${status})`;
}

const seesAll: ReadonlySet<CallerName> = new Set(["adminViewer", "admin", "master"]);

function toldOfOthers(asked: Asked, text: string): string[] {
  const said = JSON.stringify(asked);
  return namesOf("b").filter((name) => text.includes(name) && !said.includes(name));
}

/** Asks as everybody; whom the table lets in comes last and finds everything as it was. */
async function marksOf(row: Row, about: Tenant, expected: string): Promise<string> {
  const marks = new Map<CallerName, string>();
  const refused = (who: CallerName): boolean => expected[callers.indexOf(who)] !== "+";
  const asked = askOf(row, about);
  const before = await snapshot(fresh.database);
  for (const who of callers.filter(refused)) {
    const { status } = await send(asked, keyFor(who));
    marks.set(who, markOf(status));
  }
  expect(await snapshot(fresh.database), "whoever is refused changes nothing").toEqual(before);
  for (const who of callers.filter((each) => !refused(each))) {
    const { status, text } = await send(asked, keyFor(who));
    marks.set(who, markOf(status));
    if (!seesAll.has(who)) expect(toldOfOthers(asked, text), `${who} is told nothing of others`).toEqual([]);
    if (row.method !== "GET") await prepare(row);
  }
  return callers.map((who) => marks.get(who)).join("");
}

function isAboutTenants(row: Row): boolean {
  return JSON.stringify(askOf(row, "a")) !== JSON.stringify(askOf(row, "b"));
}

describe.each(rows.filter(({ elsewhere }) => !elsewhere))("$method $path", (row) => {
  it("is for whom the table says", async () => {
    await prepare(row);
    const expected = rights[row.id];
    const [own = "", other = own] = expected ?? [];
    expect(await marksOf(row, "a", own), "about one's own").toBe(own);
    if (isAboutTenants(row)) expect(await marksOf(row, "b", other), "about another's").toBe(other);
  });
});

it("has a row for each route, and no others", () => {
  expect(Object.keys(rights).sort()).toEqual(
    rows
      .filter(({ elsewhere }) => !elsewhere)
      .map(({ id }) => id)
      .sort(),
  );
});

describe("the table", () => {
  const marks = rows.flatMap((row) =>
    (rights[row.id] ?? []).map((line) => ({ row, of: (who: CallerName) => line?.[callers.indexOf(who)] })),
  );

  it("asks everybody for a key, but for what is public", () => {
    for (const { row, of } of marks) expect(of("anonymous") === "1", row.id).toBe(row.needs !== "public");
  });

  it("lets who only looks, and keys of nobody, change nothing", () => {
    for (const { row, of } of marks.filter((each) => each.row.needs.endsWith(":write")))
      for (const who of ["adminViewer", "viewer", "keyOfNobody", "llmKey", "readOnlyKey"] as const)
        expect(["3", "4"], `${row.id} by ${who}`).toContain(of(who));
  });

  it("keeps every other tenant's things from whoever is not the gateway's", () => {
    for (const [id, [, other]] of Object.entries(rights))
      if (other !== undefined && !id.startsWith("activity.users"))
        expect(other.slice(0, callers.indexOf("adminViewer")), id).not.toContain("+");
  });
});

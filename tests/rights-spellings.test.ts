/** Keys do what their kind lets them, and no spelling of a path or of a key has another policy. */

import { connect } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { sha256 } from "../packages/gateway/src/access/key-of.ts";
import { ask, type Kept, openKept } from "./kept-gateway.ts";
import { type CallerName, keyFor, makeRoom, seed } from "./rights-stage.ts";

let kept: Kept;

beforeAll(async () => {
  kept = await openKept({ engine: "embedded", general: { admin_only_routes: ["/customer/list", "/team/available"] } });
  await makeRoom(kept.database);
}, 60_000);
afterAll(() => kept.close());
beforeEach(async () => {
  await seed(kept.database);
  gateway().gateway.keeping?.principals.forget("*");
});
afterEach(() => vi.restoreAllMocks());

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

describe("kinds of keys", () => {
  it("llm_api asks models, and nothing of the admin API", async () => {
    const key = keyFor("llmKey") ?? "";
    expect((await ask(gateway(), key)).status).toBe(200);
    expect((await send("GET", "/v1/models", "llmKey")).status).toBe(200);
    for (const url of ["/key/list", "/user/info", "/team/list", "/spend/logs", "/key/info"])
      expect((await send("GET", url, "llmKey")).status).toBe(403);
  });

  it("read_only sees itself, and asks no model", async () => {
    expect((await send("GET", "/key/info", "readOnlyKey")).status).toBe(200);
    expect((await send("POST", "/key/generate", "readOnlyKey", {})).status).toBe(403);
    expect((await ask(gateway(), keyFor("readOnlyKey") ?? "")).status).toBe(403);
  });

  it("one with allowed_routes calls these, however they are spelled, and no others", async () => {
    const { key } = (await send("POST", "/key/generate", "master", { user_id: "user-a", allowed_routes: ["/key/list"] })).json();
    const by = { key: String(key) };
    for (const url of ["/key/list", "/key/list/", "/key/li%73t", "/key/list?page=1"])
      expect((await send("GET", url, by)).status, url).toBe(200);
    for (const url of ["/key/info", "/key/aliases", "/v1/models"]) expect((await send("GET", url, by)).status, url).toBe(403);
    expect((await ask(gateway(), by.key)).status).toBe(403);
  });
});

describe("paths", () => {
  it.each([
    "/customer/list",
    "/customer/list/",
    "/customer/li%73t",
    "/end_user/list",
    "/%65nd_user/list",
    "/team/available",
    "/team/availabl%65/",
  ])("%s is for administrators alone where admin_only_routes says so", async (url) => {
    expect((await send("GET", url, "adminViewer")).status).toBe(403);
    expect((await send("GET", url, "admin")).status).toBe(200);
  });

  const tricks = [
    "//key/list",
    "/v1/../key/list",
    "/v1/%2e%2e/key/list",
    "/v1/chat/completions/../../../key/list",
    "/v1/models/..%2f..%2fkey/list",
    "/KEY/list",
    "/key/list;x",
    "/key/list%00",
    "/key%2flist",
    "/./key/list",
    "/key//list",
    "/key\\list",
    "http://127.0.0.1/key/list",
    "/key/list#/v1/models",
  ];
  it.each(tricks)("%s shows an llm_api key nothing of the admin API", async (path) => {
    const status = await raw(`GET ${path} HTTP/1.1`, keyFor("llmKey") ?? "");
    expect([400, 403, 404], `answered ${status}`).toContain(status);
  });

  it.each([...tricks, "/key/list", "/key/list/", "/key/li%73t", "/key/list?x=/health/liveliness"])(
    "%s asks a stranger for a key, or is nothing",
    async (path) => {
      const status = await raw(`GET ${path} HTTP/1.1`, undefined);
      expect([400, 401, 404], `answered ${status}`).toContain(status);
    },
  );

  it("headers name no other path and no other method", async () => {
    const lines = ["x-original-url: /key/list", "x-rewrite-url: /key/list", "x-http-method-override: POST"];
    expect(await raw("GET /v1/models HTTP/1.1", keyFor("llmKey") ?? "", lines)).toBe(200);
    expect(await raw("GET /key/generate HTTP/1.1", keyFor("admin") ?? "", lines)).toBe(405);
  });
});

/** As it stands: fetch would make a proper URL of it. */
function raw(line: string, key: string | undefined, headers: readonly string[] = []): Promise<number> {
  const lines = [line, "host: 127.0.0.1", ...(key ? [`authorization: Bearer ${key}`] : []), ...headers, "connection: close", "", ""];
  return new Promise((resolve, reject) => {
    const socket = connect(gateway().port, "127.0.0.1", () => socket.write(lines.join("\r\n")));
    let text = "";
    socket.setEncoding("latin1");
    socket.on("data", (part) => {
      text += String(part);
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1])));
  });
}

describe("keys that are none", () => {
  const odd = [
    "",
    " ",
    "null",
    "undefined",
    "true",
    "0",
    "[]",
    "{}",
    "none",
    "admin",
    "Bearer",
    "sk",
    "' or 1=1 --",
    '";drop table keys;--',
    "../../etc/passwd",
  ];
  const more = [
    "%00",
    "%73%6b-",
    "*",
    "%",
    "_",
    "$(7*7)",
    "{{7*7}}",
    "<script>",
    "a".repeat(8000),
    "eyJhbGciOiJub25lIn0.e30.",
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.",
  ];
  const near = [
    "SK-master-of-all-tests",
    "sk_master-of-all-tests",
    "Sk-1234",
    nowhere,
    ofB,
    sha256("sk-master-of-all-tests"),
    "pk-live",
    "Basic YTpi",
    "\t",
    "x".repeat(64),
    "-1",
    "NaN",
    "\u00e9",
    "a,b",
  ];
  it("are told so at once, without asking the database", async () => {
    const asked = vi.spyOn(kept.database.sql, "selectFrom");
    const values = [...odd, ...more, ...near];
    expect(values.length).toBeGreaterThanOrEqual(40);
    for (const value of values) {
      const reply = await gateway().gateway.app.inject({ method: "GET", url: "/key/info", headers: { authorization: `Bearer ${value}` } });
      expect(reply.statusCode, value.slice(0, 40)).toBe(401);
    }
    expect(asked).not.toHaveBeenCalled();
  });

  it("the first header that names a key counts, and the others give no rights", async () => {
    const two = (first: string | undefined, second: string | undefined) =>
      gateway().gateway.app.inject({
        method: "GET",
        url: "/customer/list",
        headers: { "x-litellm-api-key": first, authorization: `Bearer ${second}` },
      });
    expect((await two(keyFor("user"), keyFor("admin"))).statusCode).toBe(403);
    expect((await two(keyFor("admin"), keyFor("user"))).statusCode).toBe(200);
    expect((await two("sk-of-nobody-at-all", keyFor("admin"))).statusCode).toBe(401);
  });
});

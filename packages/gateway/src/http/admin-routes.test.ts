import fastify, { type FastifyInstance, type LightMyRequestResponse } from "fastify";
import { GatewayError, openaiErrorReply } from "tollgate/parts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Principal } from "../access/principal.ts";
import { registerAbout } from "./about-routes.ts";
import { type Caller, type Handlers, serveAdmin } from "./admin-routes.ts";

const admin: Principal = {
  kind: "master",
  name: "master key",
  role: "proxy_admin",
  models: [],
  tags: [],
  allowClientTags: true,
  subjects: [],
};
const seen: { input: unknown; caller: Caller }[] = [];

function note<T>(input: unknown, caller: Caller, reply: T): Promise<T> {
  seen.push({ input, caller });
  return Promise.resolve(reply);
}

const row = (token: string) => ({ token, spend: 0.25, models: [], metadata: {}, created_at: new Date(0) });
const handlers: Handlers = {
  keys: {
    generate: (input, caller) => note(input, caller, { ...row("hash"), key: "sk-made", key_alias: input.key_alias ?? null }),
    generateServiceAccount: (input, caller) => note(input, caller, { ...row("hash"), key: "sk-bot", team_id: input.team_id }),
    regenerate: (input, caller) => note(input, caller, { ...row("hash"), key: "sk-new" }),
    list: (input, caller) => note(input, caller, { keys: [], total_count: 0, current_page: input.page, total_pages: 0 }),
    delete: () => Promise.reject(new Error("a bug")),
    update: (input, caller) => note(input, caller, { ...row("hash"), key: input.key }),
    spendReport: (input, caller) => note(input, caller, []),
    block: () => Promise.reject(new GatewayError("not_found", "There is no such key.", { param: "key" })),
  },
};

let app: FastifyInstance;

beforeAll(async () => {
  app = fastify({ routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 } });
  app.setErrorHandler((error, _request, reply) => {
    const { status, headers, body } = openaiErrorReply(GatewayError.from(error));
    void reply.code(status).headers(headers).send(body);
  });
  registerAbout(app, "1.2.3");
  serveAdmin(app, {
    handlers,
    newCallId: () => "call-1",
    gate(request, { needs }) {
      if (request.headers.authorization === undefined) throw new GatewayError("no_key", "No key.");
      if (needs === "models:write") throw new GatewayError("forbidden", "Not yours.");
      return admin;
    },
  });
  await app.ready();
});
afterAll(() => app.close());

type Given = { readonly body?: unknown; readonly type?: string; readonly raw?: string | Buffer; readonly headers?: Record<string, string> };

function send(method: "GET" | "POST" | "DELETE", url: string, { body, raw, type, headers }: Given = {}): Promise<LightMyRequestResponse> {
  const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const content = type ?? (payload === undefined ? undefined : "application/json");
  return app.inject({
    method,
    url,
    headers: { authorization: "Bearer sk-1", ...(content !== undefined && { "content-type": content }), ...headers },
    ...(payload !== undefined && { payload }),
  });
}

const post = (url: string, body: unknown): Promise<LightMyRequestResponse> => send("POST", url, { body });
const error = (reply: LightMyRequestResponse): { message: string; param: string } => reply.json().error;
const last = (): { input: unknown; caller: Caller } | undefined => seen.at(-1);

describe("a row that is served", () => {
  it("gives its handler the checked input with defaults, and who asks", async () => {
    const reply = await send("POST", "/key/generate", {
      body: { key_alias: "ci", max_budget: 1.5 },
      headers: { "litellm-changed-by": "ada" },
    });
    expect(reply.statusCode).toBe(200);
    expect(reply.headers["x-litellm-call-id"]).toBe("call-1");
    expect(reply.json()).toMatchObject({ key: "sk-made", key_alias: "ci", spend: 0.25, created_at: "1970-01-01T00:00:00.000Z" });
    expect(last()?.input).toEqual({ key_alias: "ci", max_budget: 1.5, spend: 0, key_type: "default" });
    expect(last()?.caller).toMatchObject({ principal: { name: "master key" }, changedBy: "ada", requestId: "call-1", ip: "127.0.0.1" });
  });

  it("answers with and without a slash at the end, without a body, and under its other path", async () => {
    expect((await send("POST", "/key/generate/")).statusCode).toBe(200);
    expect((await post("/key/regenerate", { key: "sk-a" })).statusCode).toBe(200);
    expect((await send("POST", "/key/sk-b%2Fc/regenerate")).json().key).toBe("sk-new");
    expect(last()?.input).toEqual({ key: "sk-b/c" });
    expect((await send("POST", "/key/regenerate?key=sk-c")).statusCode).toBe(200);
    expect(last()?.input).toEqual({ key: "sk-c" });
  });

  it("names in warnings what is stored but not in force", async () => {
    const { warnings } = (await post("/key/generate", { guardrails: ["pii"], policies: [], router_settings: null })).json();
    expect(warnings).toEqual(["guardrails is stored, but not in force in this version."]);
    expect((await post("/key/generate", {})).json()).not.toHaveProperty("warnings");
  });

  it("reads numbers, flags and lists from the address", async () => {
    await send("GET", "/key/list?page=3&size=100&return_full_object=TRUE&expand=user&expand=team,org&team_id=");
    expect(last()?.input).toEqual({ page: 3, size: 100, return_full_object: true, expand: ["user", "team", "org"] });
  });

  it("keeps null in updates only", async () => {
    await post("/key/update", { key: "sk-a", max_budget: null });
    expect(last()?.input).toEqual({ key: "sk-a", max_budget: null });
    await post("/key/generate", { max_budget: null });
    expect(last()?.input).toEqual({ spend: 0, key_type: "default" });
  });
});

describe("what is refused", () => {
  it.each([
    ["an unknown field", { max_bugdet: 1 }, 400, "max_bugdet", "'max_budget'"],
    ["a wrong type", { max_budget: "a lot" }, 422, "max_budget", "US dollars"],
    ["a negative limit", { rpm_limit: -1 }, 422, "rpm_limit", "0 or more"],
    ["a fraction of a limit", { tpm_limit: 1.5 }, 422, "tpm_limit", "whole number"],
    ["a duration that is none", { duration: "soon" }, 422, "duration", "30s"],
    ["a duration of nothing", { budget_duration: "0d" }, 422, "budget_duration", "30d"],
    ["a key of another kind", { key: "pk-12345678" }, 400, "key", "sk-"],
    ["a word that is none of the list", { key_type: "root" }, 422, "key_type", "llm_api, management"],
    [
      "an inner field that is wrong",
      { budget_limits: [{ budget_duration: "1d", max_budget: -1 }] },
      422,
      "budget_limits.0.max_budget",
      "dollars",
    ],
    ["an inner field that is missing", { budget_limits: [{ max_budget: 1 }] }, 400, "budget_limits.0.budget_duration", "missing"],
    [
      "an inner field that is unknown",
      { budget_limits: [{ budget_duration: "1d", max_budget: 1, x: 1 }] },
      400,
      "budget_limits.0.x",
      "not known",
    ],
    [
      "a misspelt limit of a model",
      { model_max_budget: { fast: { max_bugdet: 1 } } },
      400,
      "model_max_budget.fast.max_bugdet",
      "not known",
    ],
    ["a null byte", { metadata: { a: ["b\0"] } }, 422, "metadata.a.0", "null byte"],
    ["half a character", { key_alias: "\ud800" }, 422, "key_alias", "half a character"],
    ["a name of 10 MB", { key_alias: "a".repeat(1_000_000) }, 422, "key_alias", "500"],
  ])("%s", async (_what, body, status, param, says) => {
    const reply = await post("/key/generate", body);
    expect(reply.statusCode).toBe(status);
    expect(error(reply).param).toBe(param);
    expect(error(reply).message).toContain(says);
    expect(reply.headers["x-litellm-call-id"]).toBe("call-1");
  });

  it.each([
    ["page 0", "/key/list?page=0", "page"],
    ["a page beyond all", "/key/list?page=1000000000", "page"],
    ["too large a size", "/key/list?size=101", "size"],
    ["a number that is none", "/key/list?size=1e", "size"],
    ["an unknown filter", "/key/list?team=x", "team"],
    ["an order that is none", "/key/list?sort_order=up", "sort_order"],
    ["an end before its start", "/key/spend/report?start_date=2026-02-02&end_date=2026-02-01", "end_date"],
    ["a day that does not exist", "/key/spend/report?start_date=2026-02-30", "start_date"],
  ])("%s", async (_what, url, param) => {
    const reply = await send("GET", url);
    expect([400, 422]).toContain(reply.statusCode);
    expect(error(reply).param).toBe(param);
  });

  it("a body that is no JSON object", async () => {
    for (const raw of ["[]", "null", '"a"', "{", "NaN", '{"a":1,"a":2}', '{"__proto__":{"a":1}}', Buffer.from([0x7b, 0xff, 0x7d])])
      expect([400, 422]).toContain((await send("POST", "/key/generate", { raw })).statusCode);
    expect((await send("POST", "/key/generate", { raw: `{"metadata":${"[".repeat(200_000)}${"]".repeat(200_000)}}` })).statusCode).toBe(
      400,
    );
  });

  it("a body that another site's form could send", async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
      expect((await send("POST", "/key/generate", { raw: "{}", type })).statusCode).toBe(415);
  });

  it("a service account without its team", async () => {
    const reply = await post("/key/service-account/generate", { key_alias: "bot" });
    expect([reply.statusCode, error(reply).param]).toEqual([400, "team_id"]);
  });

  it("a field that is given twice, and body fields in the address", async () => {
    expect((await post("/key/sk-a/regenerate", { key: "sk-b" })).statusCode).toBe(400);
    expect((await send("POST", "/key/generate?key_alias=a", { body: {} })).statusCode).toBe(400);
    expect((await send("GET", "/key/list?__proto__=a")).statusCode).toBe(422);
  });

  it("who may not, before the body is read", async () => {
    const reply = await app.inject({ method: "POST", url: "/key/generate", payload: "{", headers: { "content-type": "application/json" } });
    expect(reply.statusCode).toBe(401);
    expect(reply.headers["x-litellm-call-id"]).toBe("call-1");
  });
});

describe("what a handler cannot do", () => {
  it("a row without a handler is said to be not built", async () => {
    const reply = await post("/key/unblock", { key: "sk-a" });
    expect(reply.statusCode).toBe(501);
    expect(error(reply).message).toContain("/key/unblock is not built yet");
  });

  it("a refusal keeps its status, a bug says nothing of our insides", async () => {
    expect((await post("/key/block", { key: "sk-a" })).statusCode).toBe(404);
    const reply = await post("/key/delete", { keys: ["sk-a"] });
    expect(reply.statusCode).toBe(500);
    expect(reply.body).not.toContain("a bug");
  });
});

describe("what is told of the rows", () => {
  it("stands in /routes and in /openapi.json, with all methods and other paths", async () => {
    const { paths } = (await send("GET", "/openapi.json")).json();
    expect(Object.keys(paths["/credentials/{credential_name}"])).toEqual(["patch", "delete"]);
    expect(paths["/end_user/info"].get.parameters[0].name).toBe("end_user_id");
    const { routes } = (await send("GET", "/routes")).json();
    expect(routes).toContainEqual({ path: "/key/{key}/regenerate", methods: ["POST"] });
    expect(routes).toContainEqual({ path: "/organization/info", methods: expect.arrayContaining(["GET", "POST"]) });
  });

  it("leaves out what is not served, and what another part of the gateway serves", async () => {
    const { paths } = (await send("GET", "/openapi.json")).json();
    expect(paths).not.toHaveProperty("/v1/model/info");
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MASTER_KEY, startGateway, type TestGateway } from "../../../testkit/src/gateway.ts";

const SECRET = "sk-secret-of-the-deployment";
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({
    env: { ANTHROPIC_API_KEY: SECRET },
    config: {
      model_list: [
        {
          model_name: "fast",
          litellm_params: {
            model: "openai/gpt-4o-mini",
            api_key: SECRET,
            api_base: "https://user:secret@gw.example/v1?sig=secret",
            rpm: 10,
          },
        },
        { model_name: "fast", litellm_params: { model: "openai/gpt-4o", api_key: SECRET, rpm: 5, extra_headers: { "x-token": SECRET } } },
        {
          model_name: "org/with/slashes",
          litellm_params: { model: "openai/gpt-4o", api_key: SECRET },
          model_info: { id: "the-one", note: "ours" },
        },
        { model_name: "anthropic/*", litellm_params: { model: "anthropic/*" } },
      ],
      router_settings: { model_group_alias: { quick: "fast", unseen: { model: "fast", hidden: true } } },
    },
  });
});
afterAll(() => gateway.close());

async function json(path: string): Promise<{ data: Record<string, unknown>[]; [name: string]: unknown }> {
  const response = await gateway.get(path);
  expect(response.status).toBe(200);
  const text = await response.text();
  expect(text).not.toContain(SECRET);
  expect(text).not.toMatch(/user:secret|sig=secret/);
  expect(text).not.toContain(MASTER_KEY);
  return JSON.parse(text);
}

describe("GET /v1/models", () => {
  it.each(["/v1/models", "/models"])("%s lists each public name once, wildcards by what they hold", async (path) => {
    const ids = (await json(path)).data.map(({ id }) => id);
    expect(ids.filter((id) => !String(id).startsWith("anthropic/"))).toEqual(["fast", "org/with/slashes", "quick"]);
    expect(ids.length).toBeGreaterThan(8);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("shows wildcards as they are written to who asks for it", async () => {
    expect((await json("/v1/models?return_wildcard_routes=true")).data.map(({ id }) => id)).toContain("anthropic/*");
  });

  it.each(["fast", "quick", "unseen", "org/with/slashes", "org%2Fwith%2Fslashes", "anthropic/claude-3-5-haiku-latest"])(
    "shows %s alone",
    async (name) => {
      expect(await json(`/v1/models/${name}`)).toMatchObject({
        id: decodeURIComponent(name),
        object: "model",
        owned_by: "openai",
        created: expect.any(Number),
      });
    },
  );
});

describe("GET /model/info", () => {
  it("shows deployments without their secrets", async () => {
    const { data } = await json("/model/info");
    expect(data.map((each) => each["model_name"])).toEqual(["fast", "fast", "org/with/slashes", "anthropic/*"]);
    expect(data[0]).toMatchObject({
      litellm_params: { model: "openai/gpt-4o-mini", api_base: "https://gw.example/v1", rpm: 10 },
      model_info: {
        id: expect.any(String),
        db_model: false,
        input_cost_per_token: expect.any(Number),
        max_input_tokens: expect.any(Number),
      },
    });
  });

  it("shows one by its id, and says which there are when there is none", async () => {
    expect((await json("/v1/model/info?litellm_model_id=the-one")).data).toMatchObject([{ model_info: { id: "the-one", note: "ours" } }]);
    expect((await gateway.get("/model/info?litellm_model_id=none")).status).toBe(404);
  });
});

describe("GET /model_group/info", () => {
  it("adds up what the deployments of a name offer", async () => {
    expect((await json("/model_group/info?model_group=fast")).data).toMatchObject([
      { model_group: "fast", providers: ["openai"], rpm: 15, supports_function_calling: true },
    ]);
    expect((await gateway.get("/model_group/info?model_group=none")).status).toBe(404);
  });
});

describe("GET /utils/supported_openai_params", () => {
  it("tells them for public names and for provider/model", async () => {
    for (const model of ["fast", "groq/llama-3.3-70b-versatile"])
      expect((await json(`/utils/supported_openai_params?model=${model}`))["supported_openai_params"]).toContain("temperature");
    expect((await gateway.get("/utils/supported_openai_params")).status).toBe(400);
  });
});

describe("POST /utils/transform_request", () => {
  it("shows what would be sent, without sending it and without keys", async () => {
    const request_body = { model: "fast", messages: [{ role: "user", content: "Hi" }], temperature: 0 };
    const response = await gateway.post("/utils/transform_request", { call_type: "completion", request_body });
    const text = await response.text();
    expect(text).not.toContain(SECRET);
    expect(JSON.parse(text)).toMatchObject({ raw_request_body: { temperature: 0, messages: request_body.messages }, error: null });
  });
});

describe("GET /health", () => {
  it.each(["/health/liveliness", "/health/liveness", "/health/readiness"])("%s needs no key", async (path) => {
    expect((await fetch(gateway.url + path)).status).toBe(200);
  });
});

describe("GET / and /docs", () => {
  it("show a call to the address that was asked, and no address that is none", async () => {
    const page = await (await fetch(`${gateway.url}/`)).text();
    expect(page).toContain(`curl ${gateway.url}/v1/chat/completions`);
    expect(page).toContain('"model": "MODEL"');
    const { body } = await gateway.gateway.app.inject({ url: "/", headers: { host: 'x"><script>' } });
    expect(body).toContain("curl http://127.0.0.1:4000/v1/chat/completions");
    expect(body).not.toContain("<script>");
  });

  it("say of every route what it does, and of each only once", async () => {
    const page = await (await fetch(`${gateway.url}/docs`)).text();
    const rows = [...page.matchAll(/<tr><td><code>(\w+)<\/code><\/td><td><code>([^<]+)<\/code><\/td><td>([^<]*)<\/td>/g)];
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.filter(([, , , summary]) => summary === "").map(([, , path]) => path)).toEqual([]);
    expect(rows.map(([, , path]) => path)).toContain("/v1/rerank");
    expect(rows.map(([, , path]) => path)).not.toContain("/engines/{model}/rerank");
  });
});

describe("GET /openapi.json and /routes", () => {
  it("list the same routes", async () => {
    const { paths } = (await json("/openapi.json")) as unknown as { paths: object };
    const { routes } = (await json("/routes")) as unknown as { routes: { path: string }[] };
    expect(Object.keys(paths).sort()).toEqual(routes.map(({ path }) => path).sort());
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(["/v1/chat/completions", "/v1/models", "/health/readiness"]));
  });
});

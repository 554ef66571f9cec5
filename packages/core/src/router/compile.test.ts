import { describe, expect, it } from "vitest";
import { GatewayError } from "../errors.ts";
import { overlay } from "../pricing/overlay.ts";
import { keyAuth } from "../providers/auth/key.ts";
import type { Provider, Settings } from "../providers/provider.ts";
import { type CompileTools, createCompiler } from "./compile.ts";
import type { DeploymentRow } from "./deployment.ts";
import { expandRow } from "./expand-row.ts";
import { fakeClock } from "./fakes-for-tests.ts";

const fake: Provider = {
  name: "fake",
  title: "Fake",
  auth: keyAuth({ env: ["FAKE_KEY", "FAKE_TOKEN"] }),
  baseEnv: ["FAKE_BASE"],
  settingsEnv: { organization: ["FAKE_ORG"], api_version: ["FAKE_VERSION"] },
  serve: (model, settings) => ({ model, baseUrl: settings.api_base ?? "https://fake.test/v1", supports: {}, sides: {} }),
};

function tools(more: Partial<CompileTools> = {}): CompileTools {
  return {
    resolve: (settings) => {
      const [name, ...rest] = settings.model.split("/");
      if (name !== "fake") throw new GatewayError("bad_request", "Unknown provider. Write provider/model.");
      return { provider: fake, model: rest.join("/") };
    },
    facts: (provider, model) => ({ mode: "chat", key: `${provider} ${model}`, input_cost_per_token: 1 }),
    overlay,
    network: (_settings, _base, source) => ({ reach: source === "config" ? "configured" : "public" }),
    mock: (settings, service) => (settings["mock_response"] === undefined ? service : { ...service, baseUrl: "" }),
    env: {},
    connect: { send: () => Promise.reject(new Error("not sent")), clock: fakeClock() },
    dropParams: false,
    ...more,
  };
}

const row = (params: Omit<Settings, "model"> & { model?: string } = {}, more: Partial<DeploymentRow> = {}): DeploymentRow => ({
  model_name: "m",
  source: "config",
  ...more,
  litellm_params: { model: "fake/org/x", api_key: "k", ...params },
});
const compile = createCompiler(tools());

describe("a compiled row", () => {
  it("knows its provider, wire model, address and network", () => {
    const deployment = compile(row({ api_base: "https://u:p@host/v1?k=1" }));
    expect(deployment).toMatchObject({
      group: "m",
      provider: "fake",
      model: "org/x",
      shownBase: "https://host/v1",
      network: { reach: "configured" },
    });
    expect(deployment.standing).toBe(`${deployment.id}:org/x`);
  });

  it("takes numbers written as text, and seconds as milliseconds", () => {
    const params = {
      rpm: "60",
      tpm: 1000,
      weight: "0.5",
      order: "2",
      timeout: "30",
      stream_timeout: 0.5,
      cooldown_time: 0,
      max_retries: "1",
    };
    expect(compile(row(params))).toMatchObject({
      rpm: 60,
      tpm: 1000,
      weight: 0.5,
      order: 2,
      timeouts: { totalMs: 30_000, silenceMs: 500 },
      cooldownMs: 0,
      numRetries: 1,
    });
    expect(compile(row({ rpm: "many", num_retries: 0, max_retries: 4 }))).toMatchObject({ rpm: undefined, numRetries: 0 });
  });

  it("sends along what is no key of a deployment", () => {
    const travels = { temperature: 0.2, max_tokens: 9, reasoning_effort: "low", input_type: "query", num_ctx: 4096, tools: [] };
    const stays = {
      rpm: 1,
      aws_region_name: "x",
      vertex_project: "p",
      input_cost_per_token: 2,
      tags: ["a"],
      mock_timeout: true,
      organization: "o",
      stream: true,
    };
    expect(compile(row({ ...travels, ...stays, nothing: null })).defaults).toEqual(travels);
  });

  it("keeps headers, extra body and switches apart", () => {
    const deployment = compile(
      row({
        headers: { "X-A": "1" },
        extra_headers: { "x-b": 2, "x-c": null },
        extra_body: { k: 1 },
        drop_params: "true",
        additional_drop_params: ["user"],
        allowed_openai_params: ["seed"],
        configurable_clientside_auth_params: ["api_key", { api_base: "^https://x" }],
      }),
    );
    expect(deployment.headers).toEqual({ "x-a": "1", "x-b": "2" });
    expect(deployment.extraBody).toEqual({ k: 1 });
    expect(deployment.drop).toEqual({ params: true, additional: ["user"], allowed: new Set(["seed"]) });
    expect(deployment.clientside).toEqual(["api_key", { api_base: "^https://x" }]);
    expect(deployment.defaults).toEqual({});
  });

  it("lets the deployment's drop_params win over the general one", () => {
    const compileDropping = createCompiler(tools({ dropParams: true }));
    expect([compileDropping(row()).drop.params, compileDropping(row({ drop_params: false })).drop.params]).toEqual([true, false]);
  });

  it("looks facts up by base_model and lays its own prices over them", () => {
    const deployment = compile(row({ input_cost_per_token: "3" }, { model_info: { base_model: "fake/real", max_input_tokens: 10 } }));
    expect(deployment.facts).toMatchObject({ key: "fake fake/real", input_cost_per_token: 3, max_input_tokens: 10 });
    expect(compile(row({ base_model: "b" })).facts).toMatchObject({ key: "fake b" });
  });

  it("throws what the resolver throws", () => {
    expect(() => compile(row({ model: "nobody/x" }))).toThrow(GatewayError);
  });
});

describe("the environment", () => {
  const env = { FAKE_TOKEN: "from-env", FAKE_KEY: "", FAKE_BASE: "https://env.test/v1", FAKE_ORG: "env-org", FAKE_VERSION: "v9" };
  const compileHere = createCompiler(tools({ env }));

  it("fills what the row leaves open", () => {
    const deployment = compileHere(row({ api_key: "" }));
    expect(deployment.settings).toMatchObject({
      api_key: "from-env",
      api_base: "https://env.test/v1",
      organization: "env-org",
      api_version: "v9",
    });
    expect(deployment.credential()).toEqual({ headers: { authorization: "Bearer from-env" } });
  });

  it("yields to the row", () => {
    const deployment = compileHere(row({ api_key: "own", base_url: "https://own.test", organization: "own-org", api_version: "v1" }));
    expect(deployment.settings).toMatchObject({ api_key: "own", api_base: "https://own.test", organization: "own-org", api_version: "v1" });
  });

  it("gives its key to no address that a client named", () => {
    const foreign = compileHere(row({ api_key: undefined, api_base: "https://evil.test" }, { source: "call" }));
    expect(() => foreign.credential()).toThrow(/No API key/);
    expect(JSON.stringify(foreign.settings)).not.toContain("from-env");
  });
});

describe("credentials", () => {
  it("are shared by deployments with the same account, and made when first used", () => {
    let connected = 0;
    const counting: Provider = { ...fake, auth: { env: [], connect: () => ({ headers: { n: String(++connected) } }) } };
    const counted = createCompiler(tools({ resolve: () => ({ provider: counting, model: "x" }) }));
    const [first, second, stranger] = [counted(row({ rpm: 1 })), counted(row({ rpm: 2 })), counted(row({ api_key: "k2" }))];
    expect(connected).toBe(0);
    expect(first.credential()).toBe(second.credential());
    expect(stranger.credential()).not.toBe(first.credential());
    expect(counted(row({}, { source: "call" })).credential()).not.toBe(first.credential());
  });

  it("are tried anew after an error", () => {
    let broken = true;
    const flaky: Provider["auth"] = {
      env: [],
      connect: () => {
        if (broken) throw new GatewayError("no_credentials", "none");
        return {};
      },
    };
    const deployment = createCompiler(tools({ resolve: () => ({ provider: { ...fake, auth: flaky }, model: "x" }) }))(row());
    expect(() => deployment.credential()).toThrow("none");
    broken = false;
    expect(deployment.credential()).toEqual({});
  });

  it("may stand in the address", () => {
    const deployment = compile(row({ api_key: undefined, api_base: "https://me:pw@host" }));
    expect(deployment.credential().headers).toEqual({ authorization: `Basic ${btoa("me:pw")}` });
  });

  it("are not needed for a mock", () => {
    const deployment = compile(row({ api_key: undefined, mock_response: "hi" }));
    expect(deployment.credential()).toEqual({});
    expect(deployment.service.baseUrl).toBe("");
  });
});

describe("the id", () => {
  it("is the given one", () => {
    expect(compile(row({}, { model_info: { id: 7 } })).id).toBe("7");
  });

  it("stays when secrets or the order of keys change, and changes with the rest", () => {
    const id = compile(row({ rpm: 1, tpm: 2 })).id;
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(compile(row({ tpm: 2, rpm: 1, api_key: "other", aws_secret_access_key: "s" })).id).toBe(id);
    expect(compile(row({ rpm: 2, tpm: 2 })).id).not.toBe(id);
    expect(compile(row({ rpm: 1, tpm: 2 }, { model_name: "n" })).id).not.toBe(id);
  });
});

describe("expandRow", () => {
  it("makes one row of each organization", () => {
    const rows = expandRow(row({ organization: ["o1", "o2"] }, { model_info: { id: "x" } }));
    expect(rows.map(({ litellm_params, model_info }) => [litellm_params["organization"], model_info?.["id"]])).toEqual([
      ["o1", "x"],
      ["o2", "x-2"],
    ]);
    const single = row({ organization: "o" });
    expect(expandRow(single)).toEqual([single]);
  });
});

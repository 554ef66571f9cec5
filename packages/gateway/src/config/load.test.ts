/** Loading a config file: what is read, what is reported, and where. */

import { describe, expect, it } from "vitest";
import { type LoadOptions, loadConfig } from "./load.ts";

const known = ["openai", "anthropic", "gemini", "hosted_vllm"];

/** Files by path, as if they stood in /etc/gate. */
function load(files: string | Record<string, string>, more: Partial<LoadOptions> = {}) {
  const byPath = typeof files === "string" ? { "config.yaml": files } : files;
  return loadConfig({
    file: "config.yaml",
    env: {},
    cwd: "/etc/gate",
    isKnownProvider: (name) => known.includes(name),
    providerNames: known,
    readFile: async (path) => {
      const text = byPath[path.replace("/etc/gate/", "")];
      if (text === undefined) throw Object.assign(new Error("none"), { code: "ENOENT" });
      return text;
    },
    ...more,
  });
}

const oneModel = "model_list:\n  - model_name: fast\n    litellm_params:\n      model: openai/gpt-4o-mini\n";

describe("rows", () => {
  it("reads a model with its parameters and keeps unknown ones", async () => {
    const { config, problems } = await load(
      `${oneModel}      api_base: http://here\n      top_k: 3\n      timeout: "30"\n    model_info: { id: 7, x: 1 }\n`,
    );
    expect(problems).toEqual([]);
    expect(config.rows).toEqual([
      {
        model_name: "fast",
        litellm_params: { model: "openai/gpt-4o-mini", api_base: "http://here", top_k: 3, timeout: 30 },
        model_info: { id: "7", x: 1 },
        source: "config",
      },
    ]);
  });

  it("is frozen to its last leaf", async () => {
    const { config } = await load(`${oneModel}      extra_body: { a: { b: 1 } }\n`);
    const params = config.rows[0]?.litellm_params as unknown as { extra_body: { a: { b: number } } };
    expect(() => {
      params.extra_body.a.b = 2;
    }).toThrow(TypeError);
  });

  it("takes an empty key for an absent one, but lets null travel in extra_body", async () => {
    const { config } = await load(`${oneModel}      api_key:\n      extra_body: { stop: null }\n`);
    expect(config.rows[0]?.litellm_params).toEqual({ model: "openai/gpt-4o-mini", extra_body: { stop: null } });
  });

  it("fills a named credential in; the row's own values win", async () => {
    const { config, problems } = await load(`
credential_list:
  - credential_name: ours
    credential_values: { api_key: from-credential, api_base: http://credential }
model_list:
  - model_name: a
    litellm_params: { model: openai/a, litellm_credential_name: ours, api_base: http://row }
`);
    expect(problems).toEqual([]);
    expect(config.rows[0]?.litellm_params).toEqual({ model: "openai/a", api_key: "from-credential", api_base: "http://row" });
  });

  it("names the credential that is missing, and the nearest one", async () => {
    const { problems } = await load(`
credential_list:
  - credential_name: azure-eu
model_list:
  - model_name: a
    litellm_params:
      model: openai/a
      litellm_credential_name: azure-ue
`);
    expect(problems).toMatchObject([
      { severity: "error", line: 8, column: 32, key: "model_list[0].litellm_params.litellm_credential_name" },
    ]);
    expect(problems[0]?.message).toContain('Did you mean "azure-eu"?');
  });

  it("leaves out rows of other environments", async () => {
    const { config } = await load(`${oneModel}    model_info: { supported_environments: [production] }\n`, {
      env: { LITELLM_ENVIRONMENT: "staging" },
    });
    expect(config.rows).toEqual([]);
  });

  it("understands anchors and merge keys", async () => {
    const { config, problems } = await load(`
defaults_: &d { api_base: http://here, rpm: 5 }
model_list:
  - model_name: a
    litellm_params: { <<: *d, model: openai/a, rpm: 9 }
`);
    expect(problems.map((each) => each.key)).toEqual(["defaults_"]);
    expect(config.rows[0]?.litellm_params).toEqual({ api_base: "http://here", rpm: 9, model: "openai/a" });
  });
});

describe("problems", () => {
  it("reports every one at once, in the order of the file", async () => {
    const { problems } = await load(`model_list:
  - model_name: fast
    litellm_params:
      model: opnai/gpt-4o
      rpm: many
      drop_params: maybe
  - litellm_params: { model: openai/x }
litellm_settings:
  num_retrys: 3
router_settings:
  num_retries: [1]
  routing_strategy: simple-shufle
`);
    expect(problems.map(({ severity, line, column, key }) => [severity, line, column, key])).toEqual([
      ["error", 5, 12, "model_list[0].litellm_params.rpm"],
      ["error", 6, 20, "model_list[0].litellm_params.drop_params"],
      ["error", 7, 5, "model_list[1].model_name"],
      ["warning", 9, 3, "litellm_settings.num_retrys"],
      ["error", 11, 16, "router_settings.num_retries"],
      ["error", 12, 21, "router_settings.routing_strategy"],
    ]);
    expect(problems[0]?.message).toBe("A whole number from 0 was expected here, a text was found.");
    expect(problems[3]?.message).toContain('Did you mean "num_retries"?');
    expect(problems[5]?.message).toContain('Did you mean "simple-shuffle"?');
  });

  it("refuses an unknown provider and names the nearest", async () => {
    const { problems } = await load(oneModel.replace("openai", "opnai"));
    expect(problems).toMatchObject([
      { severity: "error", file: "config.yaml", line: 4, column: 14, key: "model_list[0].litellm_params.model" },
    ]);
    expect(problems[0]?.message).toBe('"opnai" is no known provider. Did you mean "openai"?');
  });

  it("asks the catalog about custom_llm_provider, not about the prefix, when there is one", async () => {
    const { problems } = await load(oneModel.replace("openai/gpt", "meta/llama\n      custom_llm_provider: openai #"));
    expect(problems).toEqual([]);
  });

  it("refuses two deployments with one id", async () => {
    const row = (name: string) => `  - model_name: ${name}\n    litellm_params: { model: openai/${name} }\n    model_info: { id: same }\n`;
    const { problems } = await load(`model_list:\n${row("a")}${row("b")}`);
    expect(problems).toMatchObject([{ severity: "error", line: 7, key: "model_list[1].model_info.id" }]);
    expect(problems[0]?.message).toContain("model_list[0] (line 2)");
  });

  it("warns of fallbacks and aliases that nobody serves, not of those a wildcard serves", async () => {
    const { config, problems } = await load(`${oneModel}  - model_name: claude/*
    litellm_params: { model: anthropic/* }
litellm_settings:
  fallbacks: [{ fast: [claude/opus, fats] }]
router_settings:
  model_group_alias: { quick: fast, slow: nothing }
`);
    expect(problems.map(({ severity, key }) => [severity, key])).toEqual([
      ["warning", "litellm_settings.fallbacks[0].fast[1]"],
      ["warning", "router_settings.model_group_alias.slow"],
    ]);
    expect(problems[0]?.message).toContain('Did you mean "fast"?');
    expect(config.router.fallbacks.get("fast")).toEqual(["claude/opus", "fats"]);
  });

  it("says where a key in the wrong section belongs", async () => {
    const { problems } = await load("general_settings:\n  num_retries: 2\n");
    expect(problems).toMatchObject([{ severity: "warning", line: 2, column: 3 }]);
    expect(problems[0]?.message).toContain("It belongs under litellm_settings.");
  });

  it("names a file that is not there", async () => {
    const { problems } = await load({}, { file: "nowhere.yaml" });
    expect(problems).toMatchObject([{ severity: "error", file: "nowhere.yaml" }]);
    expect(problems[0]?.message).toContain("no such file");
  });

  it("points at broken YAML", async () => {
    const { problems } = await load("model_list:\n  - a: [1\nb: }\n");
    expect(problems[0]).toMatchObject({ severity: "error", file: "config.yaml" });
    expect(problems[0]?.line).toBeGreaterThan(1);
  });

  it("survives an alias inside its own anchor", async () => {
    const { problems } = await load("general_settings: &a\n  x: *a\n");
    expect(problems.some(({ severity, message }) => severity === "error" && message.includes("anchor"))).toBe(true);
  });

  it("takes the last of two equal keys, with a warning", async () => {
    const { config, problems } = await load("router_settings:\n  num_retries: 1\n  num_retries: 4\n");
    expect(config.router.numRetries).toBe(4);
    expect(problems).toMatchObject([{ severity: "warning", line: 3, key: "router_settings.num_retries" }]);
  });
});

describe("os.environ", () => {
  it("stands for the variable anywhere, also when environment_variables sets it", async () => {
    const { config, problems } = await load(
      `${oneModel}      api_key: os.environ/KEY
      extra_headers: { x-team: os.environ/TEAM }
environment_variables: { TEAM: os.environ/NAME, AMOUNT: 3 }
`,
      { env: { KEY: "sk-a", NAME: "blue" } },
    );
    expect(problems).toEqual([]);
    expect(config.rows[0]?.litellm_params).toMatchObject({ api_key: "sk-a", extra_headers: { "x-team": "blue" } });
    expect(config.environment).toEqual({ KEY: "sk-a", NAME: "blue", TEAM: "blue", AMOUNT: "3" });
  });

  it("is an error with place, key and variable when it is not set", async () => {
    const { config, problems } = await load("general_settings:\n  master_key: os.environ/NO_SUCH_KEY\n");
    expect(problems).toMatchObject([{ severity: "error", line: 2, column: 15, key: "general_settings.master_key" }]);
    expect(problems[0]?.message).toContain("NO_SUCH_KEY");
    expect(config.auth.masterKey).toBeUndefined();
  });

  it("only warns where a deployment could do without", async () => {
    const { config, problems } = await load(`${oneModel}      api_key: os.environ/NO_SUCH_KEY\n      api_base: os.environ/EMPTY\n`, {
      env: { EMPTY: "" },
    });
    expect(problems.map(({ severity, key }) => [severity, key])).toEqual([
      ["warning", "model_list[0].litellm_params.api_key"],
      ["warning", "model_list[0].litellm_params.api_base"],
    ]);
    expect(config.rows[0]?.litellm_params).toEqual({ model: "openai/gpt-4o-mini" });
  });

  it("is an error in a deployment's model", async () => {
    const { problems } = await load(oneModel.replace("openai/gpt-4o-mini", "os.environ/NO_SUCH_MODEL"));
    expect(problems[0]).toMatchObject({ severity: "error", key: "model_list[0].litellm_params.model" });
  });

  it("stands inside the texts of pass-through endpoints, too", async () => {
    const { config } = await load(
      'general_settings: { pass_through_endpoints: [{ path: /a, target: http://a, headers: { authorization: "bearer os.environ/KEY" } }] }',
      { env: { KEY: "k" } },
    );
    expect(config.general).toMatchObject({ pass_through_endpoints: [{ headers: { authorization: "bearer k" } }] });
  });

  it("cannot change what this process runs", async () => {
    const { config, problems } = await load("environment_variables: { PATH: /tmp }", { env: { PATH: "/bin" } });
    expect(config.environment["PATH"]).toBe("/bin");
    expect(problems).toMatchObject([{ severity: "warning", key: "environment_variables.PATH" }]);
  });
});

describe("include", () => {
  it("appends lists and sets other keys, and keeps the places of each file", async () => {
    const { config, problems } = await load({
      "config.yaml": `include: [models/a.yaml, settings.yaml]\n${oneModel}litellm_settings: { drop_params: true, num_retries: 1 }\n`,
      "models/a.yaml": "model_list:\n  - model_name: a\n    litellm_params: { model: opnai/a }\n",
      "settings.yaml": "litellm_settings: { num_retries: 7 }\n",
    });
    expect(config.rows.map((row) => row.model_name)).toEqual(["fast", "a"]);
    expect(config.router.numRetries).toBe(7);
    expect(config.defaults.dropParams).toBe(true);
    expect(problems).toMatchObject([{ file: "models/a.yaml", line: 3, key: "model_list[1].litellm_params.model" }]);
  });

  it("names an included file that is not there, and stops at a circle", async () => {
    const { problems } = await load({ "config.yaml": "include: [gone.yaml, b.yaml]\n", "b.yaml": "include: config.yaml\n" });
    expect(problems.map(({ file, severity }) => [file, severity])).toEqual([
      ["gone.yaml", "error"],
      ["b.yaml", "error"],
    ]);
  });
});

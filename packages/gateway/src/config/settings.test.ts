/** From settings, variables and flags to what the house uses. */

import { describe, expect, it } from "vitest";
import { acceptedInOpenMaps, acceptedKeys } from "./accepted-keys.ts";
import { type LoadOptions, loadConfig } from "./load.ts";
import { inForceKeys } from "./schema.ts";

function load(settings: object, more: Partial<LoadOptions> = {}) {
  return loadConfig({ file: "c.json", cwd: "/home/me", env: {}, readFile: async () => JSON.stringify(settings), ...more });
}

describe("router settings", () => {
  it("begin with LiteLLM's defaults", async () => {
    const { config } = await load({});
    expect(config.router).toMatchObject({
      strategy: "simple-shuffle",
      numRetries: 2,
      retryAfterMs: 0,
      timeoutMs: 600_000,
      cooldownMs: 5000,
      disableCooldowns: false,
      maxFallbacks: 5,
      defaultFallbacks: [],
    });
    expect(config.router.allowedFails).toBeUndefined();
  });

  it("prefer router_settings to litellm_settings, and take numbers as texts", async () => {
    const { config } = await load({
      litellm_settings: { num_retries: 9, cooldown_time: 30, request_timeout: "100" },
      router_settings: { num_retries: "0", stream_timeout: 1.5, retry_policy: { TimeoutErrorRetries: "3" } },
    });
    expect(config.router).toMatchObject({ numRetries: 0, cooldownMs: 30_000, timeoutMs: 100_000, streamTimeoutMs: 1500 });
    expect(config.router.retryPolicy).toEqual({ TimeoutErrorRetries: 3 });
    expect(config.defaults.requestTimeoutMs).toBe(100_000);
  });

  it("read fallbacks as lists of maps, with objects as entries and * as default", async () => {
    const { config } = await load({
      model_list: ["a", "b", "c"].map((name) => ({ model_name: name, litellm_params: { model: `openai/${name}` } })),
      litellm_settings: { fallbacks: [{ a: ["b", { model: "c", temperature: 0 }] }, { "*": ["c"] }], context_window_fallbacks: { a: "b" } },
    });
    expect([...config.router.fallbacks]).toEqual([
      ["a", ["b", "c"]],
      ["*", ["c"]],
    ]);
    expect(config.router.defaultFallbacks).toEqual(["c"]);
    expect(config.router.contextWindowFallbacks.get("a")).toEqual(["b"]);
  });

  it("say when a strategy is known but not built", async () => {
    const { config, problems } = await load({ router_settings: { routing_strategy: "latency-based-routing" } });
    expect(problems).toEqual([]);
    expect(config.notInForce).toEqual(["router_settings.routing_strategy"]);
  });

  it("give every row its defaults, which its own values beat", async () => {
    const { config } = await load({
      model_list: [{ model_name: "a", litellm_params: { model: "openai/a", max_tokens: 5 } }],
      litellm_settings: { modify_params: "true", additional_drop_params: ["user"] },
      router_settings: { default_litellm_params: { max_tokens: 1, temperature: 0 } },
    });
    expect(config.rows[0]?.litellm_params).toEqual({
      model: "openai/a",
      modify_params: true,
      additional_drop_params: ["user"],
      max_tokens: 5,
      temperature: 0,
    });
  });

  it("read aliases, plain and hidden", async () => {
    const { config } = await load({
      model_list: [{ model_name: "a", litellm_params: { model: "openai/a" } }],
      router_settings: { model_group_alias: { x: "a", y: { model: "a", hidden: true } } },
    });
    expect([...config.router.aliases]).toEqual([
      ["x", { model: "a", hidden: false }],
      ["y", { model: "a", hidden: true }],
    ]);
  });
});

describe("network", () => {
  it("prefers the file to the environment, and lower case to upper", async () => {
    const env = {
      SSL_VERIFY: "False",
      SSL_CERT_FILE: "/a.pem",
      NODE_EXTRA_CA_CERTS: "/b.pem",
      HTTPS_PROXY: "http://upper",
      https_proxy: "http://lower",
    };
    const { config } = await load(
      { litellm_settings: { ca_bundle: "/c.pem" } },
      { env: { ...env, NO_PROXY: "localhost", HTTP_PROXY: "" } },
    );
    expect(config.network).toEqual({
      sslVerify: false,
      caBundles: ["/c.pem", "/a.pem", "/b.pem"],
      proxies: { https: "http://lower", no: "localhost" },
    });
    const { config: other } = await load({ litellm_settings: { ssl_verify: "/ca.pem", ssl_certificate: ["/cert", "/key"] } }, { env });
    expect(other.network).toMatchObject({ sslVerify: "/ca.pem", sslCertificate: { cert: "/cert", key: "/key" } });
  });
});

describe("the process", () => {
  it("listens on 127.0.0.1:4000 and keeps its data in the current folder", async () => {
    const { config } = await load({});
    expect(config.http).toEqual({
      host: "127.0.0.1",
      port: 4000,
      corsOrigins: [],
      corsCredentials: false,
      maxRequestBytes: 104_857_600,
      serverRootPath: "",
    });
    expect(config.dataDir).toBe("/home/me/.tollgate");
    expect(config.log).toEqual({ level: "info" });
  });

  it("obeys flags before variables before the file", async () => {
    const env = { PORT: "5000", HOST: "0.0.0.0", TOLLGATE_DATA_DIR: "/var/gate", LITELLM_LOG: "WARNING", JSON_LOGS: "true" };
    const { config } = await load({ general_settings: { data_dir: "/elsewhere" } }, { env });
    expect(config).toMatchObject({ http: { port: 5000, host: "0.0.0.0" }, dataDir: "/var/gate", log: { level: "warn", json: true } });
    const flags = { port: 1, host: "::1", dataDir: "d", logLevel: "debug" } as const;
    const { config: flagged } = await load({}, { env, flags });
    expect(flagged).toMatchObject({ http: { port: 1, host: "::1" }, dataDir: "/home/me/d", log: { level: "debug" } });
  });

  it("refuses a port that is none", async () => {
    const { problems } = await load({}, { env: { PORT: "http" } });
    expect(problems).toMatchObject([{ severity: "error", key: "PORT" }]);
  });

  it("takes the master key of the file before that of the environment, and no empty one", async () => {
    const env = { LITELLM_MASTER_KEY: "sk-environment" };
    expect((await load({ general_settings: { master_key: "sk-file" } }, { env })).config.auth).toMatchObject({
      masterKey: "sk-file",
      masterKeyFrom: "config",
    });
    expect((await load({}, { env })).config.auth).toMatchObject({ masterKey: "sk-environment", masterKeyFrom: "environment" });
    expect((await load({}, { env: { LITELLM_MASTER_KEY: "" } })).config.auth.masterKey).toBeUndefined();
    expect((await load({ general_settings: { master_key: "" } })).problems).toMatchObject([
      { severity: "error", key: "general_settings.master_key" },
    ]);
  });

  it("never shows the master key among the general settings", async () => {
    const { config } = await load({ general_settings: { master_key: "sk-secret", max_request_size_mb: 1 } });
    expect(config.general).toEqual({ max_request_size_mb: 1 });
    expect(config.http.maxRequestBytes).toBe(1_048_576);
  });
});

describe("every key of LiteLLM's documents", () => {
  const sections = Object.entries({ ...acceptedKeys, ...inForceKeys }).map(
    ([pattern]) => [pattern, [...new Set([...(inForceKeys[pattern] ?? []), ...(acceptedKeys[pattern] ?? [])])]] as const,
  );

  it.each(sections)("is known: %s", async (pattern, names) => {
    const section = Object.fromEntries(names.map((name) => [name, null]));
    const { problems } = await load(nested(pattern, section));
    expect(problems.filter(({ message }) => message.includes("not known"))).toEqual([]);
  });

  it("is told when nothing obeys it yet, unless it is off", async () => {
    const { config, problems } = await load({
      guardrails: [{ guardrail_name: "x" }],
      litellm_settings: { callbacks: ["langfuse"], cache: false, success_callback: [] },
      general_settings: { background_health_checks: true },
      model_list: [{ model_name: "a", litellm_params: { model: "openai/a", tags: ["x"] }, model_info: { tier: "free" } }],
    });
    expect(problems).toEqual([]);
    expect(config.notInForce).toEqual(
      [
        "guardrails",
        "litellm_settings.callbacks",
        "general_settings.background_health_checks",
        "litellm_params.tags",
        "model_info.tier",
      ].sort(byFile),
    );
  });

  it("names no key both in force and not", () => {
    for (const [pattern, names] of Object.entries(inForceKeys)) {
      expect(names.filter((name) => acceptedKeys[pattern]?.includes(name))).toEqual([]);
    }
    expect(Object.keys(acceptedInOpenMaps)).toHaveLength(2);
  });
});

const order = ["guardrails", "litellm_settings", "general_settings", "litellm_params", "model_info"];
const byFile = (one: string, other: string): number => order.indexOf(one.split(".")[0] ?? "") - order.indexOf(other.split(".")[0] ?? "");

/** `a.*.b` with a section becomes `{ a: [{ b: section }] }`; free names of maps are made up. */
function nested(pattern: string, section: object): object {
  const parts = pattern === "" ? [] : pattern.split(".");
  return parts.reduceRight<object>((inner, part, index) => {
    if (part !== "*") return { [part]: inner };
    return parts[index - 1] === "mcp_servers" || parts[index - 1] === "policies" ? { any: inner } : [inner];
  }, section);
}

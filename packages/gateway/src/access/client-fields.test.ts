import { Body, type Deployment, GatewayError } from "tollgate/parts";
import { describe, expect, it } from "vitest";
import { refuseClientRouting } from "./client-fields.ts";

function look(json: object, clientside: Deployment["clientside"] = []): Readonly<Record<string, unknown>> | undefined {
  const deployment = { clientside } as Deployment;
  return refuseClientRouting(Body.of(json as Record<string, unknown>), { deployments: () => [deployment] });
}

function refused(json: object, clientside?: Deployment["clientside"]): string {
  try {
    look(json, clientside);
  } catch (thrown) {
    if (thrown instanceof GatewayError) return `${thrown.kind} ${String(thrown.detail.param)}`;
  }
  return "let through";
}

describe("what a request may not say", () => {
  it.each([
    ["api_base", { api_base: "http://evil.example" }],
    ["base_url", { base_url: "http://evil.example" }],
    ["api_key", { api_key: "sk-x" }],
    ["user_config", { user_config: { model_list: [] } }],
    ["custom_llm_provider", { custom_llm_provider: "x" }],
    ["aws_region_name", { aws_region_name: "eu" }],
    ["vertex_credentials", { vertex_credentials: "{}" }],
    ["ssl_verify", { ssl_verify: false }],
    ["api_base", { extra_body: { api_base: "http://evil.example" } }],
    ["api_key", { litellm_params: { api_key: "sk-x" } }],
    ["api_base", { fallbacks: ["a", { model: "b", api_base: "http://evil.example" }] }],
  ])("%s in %j", (name, json) => {
    expect(refused(json)).toBe(`bad_request ${name}`);
  });

  it("may stand where it is just a word", () => {
    const word = { api_base: "x", api_key: "y" };
    expect(
      refused({
        messages: [{ role: "user", content: "api_key", ...word }],
        tools: [{ function: { parameters: { properties: word } } }],
        metadata: word,
      }),
    ).toBe("let through");
  });

  it("may be null", () => {
    expect(look({ api_key: null, extra_body: { api_base: null } })).toBeUndefined();
  });

  it("is refused with the setting that would allow it", () => {
    expect(() => look({ api_base: "http://evil.example" })).toThrow("configurable_clientside_auth_params");
  });
});

describe("configurable_clientside_auth_params", () => {
  it("allows what it names, and only that", () => {
    expect(look({ api_key: "sk-x" }, ["api_key"])).toEqual({ api_key: "sk-x" });
    expect(refused({ api_key: "sk-x", api_base: "http://evil.example" }, ["api_key"])).toBe("bad_request api_base");
  });

  it("allows addresses that its pattern fits from end to end", () => {
    const rule = [{ api_base: "https://[a-z]+\\.good\\.example(/v1)?" }];
    expect(look({ api_base: "https://eu.good.example/v1" }, rule)).toEqual({ api_base: "https://eu.good.example/v1" });
    for (const api_base of [
      "https://eu.good.example.evil.example",
      "http://evil.example/https://eu.good.example",
      ["https://eu.good.example"],
    ])
      expect(refused({ api_base }, rule)).toBe("bad_request api_base");
  });

  it("counts base_url as api_base", () => {
    expect(look({ base_url: "https://x.example" }, ["api_base"])).toEqual({ base_url: "https://x.example" });
  });
});

/** Where providers with wires of their own are called, and with what. */

import { describe, expect, it } from "vitest";
import type { Operation } from "../hub/operations.ts";
import { providerNamed } from "./catalog.ts";
import type { Service, Settings } from "./provider.ts";

function serve(name: string, model: string, settings: Partial<Settings> = {}): Service {
  const provider = providerNamed(name);
  if (!provider) throw new Error(`${name} is no provider.`);
  return provider.serve(model, { model, ...settings }, {});
}

function addressOf(service: Service, operation: Operation = "chat", stream = false): string {
  return service.baseUrl + service.sides[operation]?.[0]?.path({ model: service.model, stream, settings: { model: service.model } });
}

describe("addresses", () => {
  const host = "https://own.example";
  it.each<[string, string, Partial<Settings>, Operation, boolean, string]>([
    ["cohere_chat", "command-a", {}, "chat", false, "https://api.cohere.com/v2/chat"],
    ["cohere_chat", "command-a", { api_base: `${host}/v2/chat` }, "chat", true, `${host}/v2/chat`],
    ["cohere", "embed-v4.0", { api_base: `${host}/v1` }, "embed", false, `${host}/v2/embed`],
    ["cohere", "rerank-v3.5", { api_base: `${host}/proxy/` }, "rerank", false, `${host}/proxy/v2/rerank`],
    [
      "snowflake",
      "mistral-large2",
      { snowflake_account_id: "acc" },
      "chat",
      false,
      "https://acc.snowflakecomputing.com/api/v2/cortex/v1/chat/completions",
    ],
    [
      "snowflake",
      "claude-4-sonnet",
      { api_base: `${host}/api/v2/cortex/inference:complete` },
      "chat",
      false,
      `${host}/api/v2/cortex/v1/messages`,
    ],
    ["snowflake", "e5-base-v2", { api_base: host }, "embed", false, `${host}/api/v2/cortex/inference:embed`],
    [
      "watsonx",
      "ibm/granite",
      { region_name: "eu-de" },
      "chat",
      true,
      "https://eu-de.ml.cloud.ibm.com/ml/v1/text/chat_stream?version=2024-03-13",
    ],
    ["watsonx", "deployment/d 1", { api_base: host }, "chat", false, `${host}/ml/v1/deployments/d%201/text/chat?version=2024-03-13`],
    ["watsonx", "m", { api_base: host, api_version: "2025-01-01" }, "rerank", false, `${host}/ml/v1/text/rerank?version=2025-01-01`],
    ["watsonx_text", "m", { api_base: host }, "chat", true, `${host}/ml/v1/text/generation_stream?version=2024-03-13`],
    ["cloudflare", "@cf/x", { account_id: "a1" }, "chat", false, "https://api.cloudflare.com/client/v4/accounts/a1/ai/v1/chat/completions"],
    [
      "cloudflare",
      "@cf/x",
      { api_base: `${host}/client/v4/accounts/a1/ai/run/` },
      "chat",
      false,
      `${host}/client/v4/accounts/a1/ai/v1/chat/completions`,
    ],
    [
      "predibase",
      "m",
      { predibase_tenant_id: "t" },
      "chat",
      true,
      "https://serving.app.predibase.com/t/deployments/v2/llms/m/generate_stream",
    ],
    ["triton", "m", { api_base: `${host}/v2/models/ens/generate` }, "chat", true, `${host}/v2/models/ens/generate_stream`],
    ["triton", "m", { api_base: host }, "embed", false, `${host}/v2/models/m/infer`],
    ["triton", "m", { api_base: `${host}/v2/models/m/infer` }, "chat", false, `${host}/v2/models/m/infer`],
    ["replicate", "owner/name", {}, "chat", false, "https://api.replicate.com/v1/models/owner/name/predictions"],
    ["replicate", "owner/name:v1", {}, "chat", false, "https://api.replicate.com/v1/predictions"],
    ["replicate", "deployments/owner/name", {}, "chat", false, "https://api.replicate.com/v1/deployments/owner/name/predictions"],
    ["huggingface", "org/m", {}, "chat", false, "https://router.huggingface.co/v1/chat/completions"],
    ["huggingface", "org/m", {}, "embed", false, "https://router.huggingface.co/hf-inference/models/org/m/pipeline/feature-extraction"],
    ["huggingface", "m", { api_base: `${host}/v1/` }, "rerank", false, `${host}/rerank`],
    [
      "oci",
      "meta.llama",
      { oci_region: "us-chicago-1" },
      "chat",
      false,
      "https://inference.generativeai.us-chicago-1.oci.oraclecloud.com/20231130/actions/chat",
    ],
    ["nlp_cloud", "dolphin", {}, "chat", false, "https://api.nlpcloud.io/v1/gpu/dolphin/generation"],
    [
      "petals",
      "org/m",
      { api_base: "https://chat.petals.dev/api/v1/generate" },
      "chat",
      false,
      "https://chat.petals.dev/api/v1/generate?model=org%2Fm",
    ],
  ])("%s/%s with %j, asked for %s (stream: %s), is at %s", (name, model, settings, operation, stream, expected) => {
    expect(addressOf(serve(name, model, settings), operation, stream)).toBe(expected);
  });
});

describe("Snowflake's tokens", () => {
  const headers = (api_key: string) =>
    providerNamed("snowflake")?.auth.connect({ model: "m", api_key }, { send: () => Promise.reject(), clock: undefined as never }).headers;

  it.each([
    ["pat/abc", "Bearer abc", "PROGRAMMATIC_ACCESS_TOKEN"],
    ["eyJ.a.b", "Bearer eyJ.a.b", "KEYPAIR_JWT"],
  ])("%s is %s of the type %s", (key, authorization, type) => {
    expect(headers(key)).toEqual({ authorization, "x-snowflake-authorization-token-type": type });
  });
});

describe("errors in lists", () => {
  const told = (name: string, status: number, body: unknown) =>
    serve(name, "m", { api_base: "https://own.example" }).quirks?.error?.({ status, headers: {}, body });

  it("are told without the JSON around them", () => {
    expect(told("cloudflare", 401, { success: false, errors: [{ code: 10000, message: "Authentication error" }] })).toMatchObject({
      kind: "upstream_auth",
      message: "Authentication error",
    });
    expect(told("watsonx", 403, { errors: [{ code: "token_quota_reached", message: "Quota." }] })).toMatchObject({
      kind: "rate_limit",
      status: 429,
    });
    expect(told("watsonx", 500, { message: "x" })).toBeUndefined();
  });
});

describe("errors that are told by their words", () => {
  it.each([
    ["huggingface", 422, { error: "Input validation error: length limit exceeded" }, "context_window"],
    ["huggingface", 400, { error: "Rate limit reached. Please log in" }, "rate_limit"],
    ["huggingface", 400, { error: "something else" }, undefined],
  ])("%s: %i %j is %s", (name, status, body, kind) => {
    expect(serve(name, "m", { api_base: "https://own.example" }).quirks?.error?.({ status, headers: {}, body })?.kind).toBe(kind);
  });

  it.each([
    [400, "Incorrect authentication token", "upstream_auth", 401],
    [422, "E1001: input is too long", "context_window", 400],
    [422, "ModelError: it broke", "bad_request", 400],
    [400, "Request was throttled.", "rate_limit", 429],
  ])("replicate: %i %s is %s", (status, detail, kind, told) => {
    const [side] = serve("replicate", "m").sides.chat ?? [];
    expect(side?.error({ status, headers: {}, body: { detail } })).toMatchObject({ kind, status: told });
  });
});

describe("watsonx", () => {
  it("says what is missing where nobody says who pays", () => {
    const [rule] = serve("watsonx", "m", { api_base: "https://own.example" }).quirks?.rules?.slice(-1) ?? [];
    expect(() => rule?.({}, {}, {} as never)).toThrow(/project_id.*WATSONX_PROJECT_ID/);
    expect(rule?.({ space_id: "s" }, {}, {} as never)).toBeUndefined();
  });
});

describe("Hugging Face", () => {
  const [, rule] = serve("huggingface", "together/deepseek-ai/DeepSeek-R1").quirks?.rules ?? [];
  const named = (model: string) => rule?.({ model, messages: [] }, {}, {} as never)?.set?.["model"];

  it("writes the host behind the model's name for chat, at its router only", () => {
    expect(named("together/deepseek-ai/DeepSeek-R1")).toBe("deepseek-ai/DeepSeek-R1:together");
    expect(named("openai/gpt-oss-120b:cheapest")).toBeUndefined();
    expect(serve("huggingface", "a/b/c", { api_base: "https://own.example" }).quirks?.rules).toHaveLength(1);
  });
});

import { describe, expect, it } from "vitest";
import type { ModelFacts } from "../hub/model-facts.ts";
import { bedrock } from "./bedrock.ts";
import type { Settings } from "./provider.ts";

const region = { aws_region_name: "us-east-1" };
const claude: ModelFacts = { mode: "chat", litellm_provider: "bedrock_converse", supports_reasoning: true, supports_tool_choice: true };

function served(name: string, settings: Partial<Settings> = region, facts: ModelFacts = {}) {
  const all: Settings = { model: `bedrock/${name}`, ...settings };
  const service = bedrock.serve(name, all, facts);
  const side = service.sides.chat?.[0];
  const path = (stream = false) => side?.path({ model: service.model, stream, settings: all });
  return { service, side, path };
}

describe("which API", () => {
  it.each([
    ["anthropic.claude-sonnet-4-5-20250929-v1:0", "bedrock-converse"],
    ["us.amazon.nova-pro-v1:0", "bedrock-converse"],
    ["some.model-of-tomorrow-v1:0", "bedrock-converse"],
    ["cohere.command-r-v1:0", "bedrock-converse"],
    ["converse/amazon.titan-text-express-v1", "bedrock-converse"],
    ["nova/arn:aws:bedrock:us-east-1:1:custom-model-deployment/x", "bedrock-converse"],
    ["amazon.titan-text-express-v1", "bedrock-invoke"],
    ["us-west-2/cohere.command-text-v14", "bedrock-invoke"],
    ["mistral.mistral-7b-instruct-v0:2", "bedrock-invoke"],
    ["invoke/anthropic.claude-sonnet-4-5-20250929-v1:0", "bedrock-invoke"],
    ["llama/arn:aws:bedrock:us-east-1:1:imported-model/x", "bedrock-invoke"],
  ])("%s is asked over %s", (name, dialect) => {
    expect(served(name).side?.dialect).toBe(dialect);
  });

  it("is told by the price book where a name tells nothing", () => {
    expect(served("amazon.titan-text-next", region, { litellm_provider: "bedrock_converse" }).side?.dialect).toBe("bedrock-converse");
  });

  it.each(["agent/A/B", "agentcore/arn:aws:x:y:1:z/r", "async_invoke/twelvelabs.marengo-embed-2-7-v1:0"])(
    "%s is refused as not built",
    (name) => {
      expect(() => served(name)).toThrow(/not built/);
    },
  );

  it("speaks an imported model's own wire", () => {
    const { side, service } = served("deepseek_r1/arn:aws:bedrock:us-east-1:1:imported-model/x");
    const asked = { model: "public", messages: [{ role: "user" as const, content: "Hi." }] };
    const context = { asked, model: service.model, publicModel: "public", facts: {}, settings: { model: "m" }, dropParams: false };
    expect(side?.request({ ...context, fetched: new Map(), now: 0, newId: () => "1" })).toMatchObject({
      prompt: expect.stringContaining("<think>"),
    });
  });
});

describe("where", () => {
  it("is the region's runtime, with the id as one escaped segment", () => {
    const { service, path } = served("us.anthropic.claude-sonnet-4-5-20250929-v1:0");
    expect(service.baseUrl).toBe("https://bedrock-runtime.us-east-1.amazonaws.com");
    expect(path()).toBe("/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse");
    expect(path(true)).toBe("/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse-stream");
    expect(served("amazon.titan-text-express-v1").path(true)).toBe("/model/amazon.titan-text-express-v1/invoke-with-response-stream");
  });

  it.each([
    ["eu-west-3/anthropic.claude-v2", {}, "eu-west-3"],
    ["arn:aws:bedrock:ap-south-1:1:inference-profile/x", {}, "ap-south-1"],
    ["eu-west-3/anthropic.claude-v2", { aws_default_region: "us-east-2" }, "eu-west-3"],
    ["eu-west-3/anthropic.claude-v2", { aws_region_name: "us-east-2" }, "us-east-2"],
    ["anthropic.claude-v2", { aws_default_region: "us-east-2" }, "us-east-2"],
  ])("%s with %j is in %s", (name, settings, expected) => {
    expect(served(name, settings).service.baseUrl).toBe(`https://bedrock-runtime.${expected}.amazonaws.com`);
  });

  it("is China's own domain there", () => {
    expect(served("m", { aws_region_name: "cn-north-1" }).service.baseUrl).toBe("https://bedrock-runtime.cn-north-1.amazonaws.com.cn");
  });

  it("is what the config says, api_base first", () => {
    const told = { ...region, aws_bedrock_runtime_endpoint: "https://vpce.example" };
    expect(served("m", told).service.baseUrl).toBe("https://vpce.example");
    expect(served("m", { ...told, api_base: "https://own.example" }).service.baseUrl).toBe("https://own.example");
  });

  it("is nowhere without a region, and the hint names the setting", () => {
    const { service } = served("m", {});
    expect(service.baseUrl).toBe("");
    expect(service.addressHint).toContain("aws_region_name");
  });

  it("strips LiteLLM's own marks and keeps ARNs whole", () => {
    expect(served("us.anthropic.claude-sonnet-4-5-20250929-v1:0:51k").service.model).toBe("us.anthropic.claude-sonnet-4-5-20250929-v1:0");
    expect(served("anthropic.claude-opus-4-6-v1[1m]").service.model).toBe("anthropic.claude-opus-4-6-v1");
    const arn = "arn:aws:bedrock:us-east-1:1:application-inference-profile/abc";
    expect(served(`converse/${arn}`).path()).toBe(`/model/${encodeURIComponent(arn)}/converse`);
    expect(served("m", { ...region, model_id: arn }).path()).toBe(`/model/${encodeURIComponent(arn)}/converse`);
  });

  it("reranks at the agents' runtime, by ARN", () => {
    const { service } = served("us-west-2/cohere.rerank-v3-5:0", {}, { mode: "rerank" });
    expect(service.baseUrl).toBe("https://bedrock-agent-runtime.us-west-2.amazonaws.com");
    expect(service.model).toBe("arn:aws:bedrock:us-west-2::foundation-model/cohere.rerank-v3-5:0");
  });
});

describe("which parameters", () => {
  const taken = (name: string, facts: ModelFacts) => served(name, region, facts).service.supports.chat;

  it("differ by family", () => {
    const sonnet = taken("anthropic.claude-sonnet-4-5-20250929-v1:0", claude);
    expect(["thinking", "reasoning_effort", "tool_choice"].every((word) => sonnet?.has(word))).toBe(true);
    expect(["seed", "n", "frequency_penalty", "logprobs"].some((word) => sonnet?.has(word))).toBe(false);
    const llama = taken("meta.llama3-1-8b-instruct-v1:0", { mode: "chat", supports_function_calling: true });
    expect([llama?.has("tools"), llama?.has("tool_choice"), llama?.has("thinking")]).toEqual([true, false, false]);
    const deepseek = taken("deepseek.r1-v1:0", { mode: "chat", supports_function_calling: false, supports_reasoning: true });
    expect([deepseek?.has("tools"), deepseek?.has("reasoning_effort")]).toEqual([false, false]);
    expect(taken("openai.gpt-oss-120b-1:0", { mode: "chat", supports_reasoning: true })?.has("reasoning_effort")).toBe(true);
    expect(taken("amazon.nova-pro-v1:0", { mode: "chat" })?.has("web_search_options")).toBe(true);
  });

  it("follow base_model behind a profile", () => {
    const { service } = served("converse/arn:aws:bedrock:us-east-1:1:application-inference-profile/abc", {
      ...region,
      base_model: "anthropic.claude-sonnet-4-5-20250929-v1:0",
    });
    expect(service.supports.chat?.has("thinking")).toBe(true);
  });

  it("refuse sampling for models that choose for themselves", () => {
    const { service } = served("anthropic.claude-opus-5", region, { ...claude, supports_sampling_params: false });
    expect(service.refuses?.({ temperature: 0.2, top_p: 1 })).toEqual(["temperature"]);
  });
});

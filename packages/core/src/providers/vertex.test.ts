import { describe, expect, it } from "vitest";
import type { Settings } from "../dialects/dialect.ts";
import type { ModelFacts } from "../hub/model-facts.ts";
import type { Operation } from "../hub/operations.ts";
import type { Service } from "./provider.ts";
import { vertexAi } from "./vertex.ts";

const place = { vertex_project: "p", vertex_location: "europe-west4" };
const regional = "https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/europe-west4";
const google = `${regional}/publishers/google/models`;

function serve(model: string, settings: Partial<Settings> = place, facts: ModelFacts = {}): Service {
  return vertexAi.serve(model, { model: `vertex_ai/${model}`, ...settings }, facts);
}

function urlOf(
  model: string,
  settings: Partial<Settings> = place,
  operation: Operation = "chat",
  stream = false,
  facts: ModelFacts = {},
): string {
  const service = serve(model, settings, facts);
  const side = service.sides[operation]?.[0];
  return service.baseUrl + side?.path({ model: service.model, stream, settings: { model } });
}

describe("Vertex AI's addresses", () => {
  it.each([
    ["gemini-2.5-flash", `${google}/gemini-2.5-flash:generateContent`],
    ["gemini/4965075652664360960", `${regional}/endpoints/4965075652664360960:generateContent`],
    ["4965075652664360960", `${regional}/endpoints/4965075652664360960:generateContent`],
    ["claude-sonnet-4-5@20250929", `${regional}/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict`],
    ["mistral-medium-3", `${regional}/publishers/mistralai/models/mistral-medium-3:rawPredict`],
    ["codestral-2@001", `${regional}/publishers/mistralai/models/codestral-2@001:rawPredict`],
    ["jamba-1.5-large@001", `${regional}/publishers/ai21/models/jamba-1.5-large@001:rawPredict`],
    ["meta/llama-3.3-70b-instruct-maas", `${regional}/endpoints/openapi/chat/completions`],
    ["openai/gpt-oss-120b-maas", `${regional}/endpoints/openapi/chat/completions`],
    ["openai/5464397967697903616", `${regional}/endpoints/5464397967697903616/chat/completions`],
    ["gemma/99", `${regional}/endpoints/99:predict`],
    ["gemini-x?alt=y#z", `${google}/gemini-x%3Falt%3Dy%23z:generateContent`],
  ])("%s is asked at %s", (model, url) => {
    expect(urlOf(model)).toBe(url);
  });

  it.each([
    ["text-embedding-005", "embed", `${google}/text-embedding-005:predict`],
    ["gemini-embedding-001", "embed", `${google}/gemini-embedding-001:predict`],
    ["gemini-embedding-2", "embed", `${google}/gemini-embedding-2:embedContent`],
    ["multimodalembedding@001", "embed", `${google}/multimodalembedding@001:predict`],
    ["imagen-4.0-generate-001", "image", `${google}/imagen-4.0-generate-001:predict`],
    ["imagen-3.0-capability-001", "editImage", `${google}/imagen-3.0-capability-001:predict`],
    ["gemini-2.5-flash-image", "image", `${google}/gemini-2.5-flash-image:generateContent`],
    ["gemini-2.5-flash-preview-tts", "speak", `${google}/gemini-2.5-flash-preview-tts:generateContent`],
    ["gemini-3.5-transcribe", "transcribe", `${google}/gemini-3.5-transcribe:generateContent`],
    ["mistral-ocr-2505", "ocr", `${regional}/publishers/mistralai/models/mistral-ocr-2505:rawPredict`],
    ["chirp", "speak", "https://texttospeech.googleapis.com/v1/text:synthesize"],
    [
      "semantic-ranker-default@latest",
      "rerank",
      "https://discoveryengine.googleapis.com/v1/projects/p/locations/global/rankingConfigs/default_ranking_config:rank",
    ],
  ] as const)("%s for %s is at %s", (model, operation, url) => {
    expect(urlOf(model, place, operation)).toBe(url);
  });

  it("streams by another method", () => {
    expect(urlOf("gemini-2.5-flash", place, "chat", true)).toBe(`${google}/gemini-2.5-flash:streamGenerateContent?alt=sse`);
    expect(urlOf("claude-opus-4", place, "chat", true)).toContain("/claude-opus-4:streamRawPredict");
    expect(urlOf("mistral-medium-3", place, "chat", true)).toContain("/mistral-medium-3:streamRawPredict");
  });

  it.each([
    ["global", "https://aiplatform.googleapis.com/v1/projects/p/locations/global/"],
    ["us", "https://aiplatform.us.rep.googleapis.com/v1/projects/p/locations/us/"],
    ["eu", "https://aiplatform.eu.rep.googleapis.com/v1/projects/p/locations/eu/"],
    ["asia-south1", "https://asia-south1-aiplatform.googleapis.com/v1/projects/p/locations/asia-south1/"],
    [undefined, "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1/"],
  ])("location %s is %s", (vertex_location, begin) => {
    expect(urlOf("gemini-2.5-flash", { vertex_project: "p", vertex_location })).toContain(begin);
  });

  it("goes where a model alone is, and to Claude's own place by default", () => {
    expect(urlOf("qwen/qwen3", place, "chat", false, { supported_regions: ["global"] })).toContain("https://aiplatform.googleapis.com/");
    expect(urlOf("claude-opus-4", { vertex_project: "p" })).toContain("https://us-east5-aiplatform.googleapis.com/");
  });

  it("takes the other names of its settings and another version", () => {
    const settings = { vertex_ai_project: "example.com:p", vertex_ai_location: "us-west1", api_version: "v1beta1" };
    expect(urlOf("gemini-2.5-flash", settings)).toContain(
      "https://us-west1-aiplatform.googleapis.com/v1beta1/projects/example.com:p/locations/us-west1/",
    );
  });

  it("leaves a hole for the project that only the credentials know", () => {
    expect(urlOf("gemini-2.5-flash", {})).toContain("/v1/projects/PROJECT/locations/");
  });

  it("has neither project nor location with a key alone", () => {
    expect(urlOf("gemini-2.5-flash", { api_key: "k" })).toBe(
      "https://aiplatform.googleapis.com/v1/publishers/google/models/gemini-2.5-flash:generateContent",
    );
  });

  it("refuses a model that would be another place", () => {
    expect(() => urlOf("openai/..")).toThrow(/model/);
  });

  it("refuses a location that would be another host", () => {
    expect(() => serve("gemini-2.5-flash", { vertex_location: "evil.example/" })).toThrow(/vertex_location/);
  });
});

describe("an address of one's own", () => {
  const path = "/v1/projects/p/locations/europe-west4/publishers/google/models/m:generateContent";
  it.each([
    ["https://own.example", `https://own.example${path}`],
    ["https://own.example/v1/", `https://own.example${path}`],
    [
      "https://own.example/v1/projects/q/locations/us-west1",
      "https://own.example/v1/projects/q/locations/us-west1/publishers/google/models/m:generateContent",
    ],
    ["https://own.example/proxy/gemini", "https://own.example/proxy/gemini:generateContent"],
    [
      "https://own.example/v1/projects/q/locations/l/endpoints/7:predict",
      "https://own.example/v1/projects/q/locations/l/endpoints/7:generateContent",
    ],
  ])("%s leads to %s", (api_base, url) => {
    expect(urlOf("m", { ...place, api_base })).toBe(url);
  });

  it.each([
    [
      "https://7.europe-west4-1.prediction.vertexai.goog",
      "https://7.europe-west4-1.prediction.vertexai.goog/v1/projects/p/locations/europe-west4/endpoints/7/chat/completions",
    ],
    ["https://own.example/openai", "https://own.example/openai/chat/completions"],
  ])("%s is asked OpenAI's way at %s", (api_base, url) => {
    expect(urlOf("openai/7", { ...place, api_base })).toBe(url);
  });

  it("behind Private Service Connect is an endpoint's", () => {
    const settings = { ...place, api_base: "http://10.96.32.8", use_psc_endpoint_format: true };
    expect(urlOf("gemini-mine", settings)).toBe(
      "http://10.96.32.8/v1/projects/p/locations/europe-west4/endpoints/gemini-mine:generateContent",
    );
  });
});

describe("partners' wires", () => {
  const context = (asked: object, model: string, facts: ModelFacts = {}) =>
    ({
      asked: { model: "public", messages: [{ role: "user", content: "Hi" }], ...asked },
      model,
      publicModel: "public",
      facts,
      settings: { model },
      dropParams: false,
      fetched: new Map(),
      now: 0,
      newId: () => "id",
    }) as never;

  it("names Claude's version in the body, and betas there and in the header", () => {
    const side = serve("claude-sonnet-4-5").sides.chat?.[0];
    const asked = { max_tokens: 9, web_search_options: {}, extra_headers: { "anthropic-beta": "context-1m-2025-08-07" } };
    const wire = side?.request(context(asked, "claude-sonnet-4-5")) ?? {};
    expect(wire).toMatchObject({
      anthropic_version: "vertex-2023-10-16",
      anthropic_beta: ["context-1m-2025-08-07", "web-search-2025-03-05"],
    });
    expect(wire["model"]).toBeUndefined();
    expect(side?.headers?.(context(asked, "m"), wire)).toEqual({ "anthropic-beta": "context-1m-2025-08-07,web-search-2025-03-05" });
    expect(side?.headers?.(context({}, "m"), {})).toEqual({});
  });

  it("has Claude answer in a form by a tool, whatever the model knows elsewhere", () => {
    const side = serve("claude-sonnet-4-5").sides.chat?.[0];
    const response_format = { type: "json_schema", json_schema: { name: "n", schema: { type: "object", properties: {} } } };
    const facts = { supports_native_structured_output: true };
    const wire = side?.request(context({ response_format, output_config: { effort: "low", format: {} } }, "m", facts)) ?? {};
    expect(wire).toMatchObject({ tools: [{ name: "json_tool_call" }], output_config: { effort: "low" } });
    expect(wire["output_config"]).toEqual({ effort: "low" });
    const content = [{ type: "tool_use", id: "t", name: "json_tool_call", input: { a: 1 } }];
    const reply = {
      status: 200,
      headers: {},
      body: { id: "m", content, stop_reason: "tool_use", usage: { input_tokens: 1, output_tokens: 1 } },
    };
    expect(side?.response(reply, context({ response_format }, "m", facts)).choices[0]?.message.content).toBe('{"a":1}');
  });

  it("tells Gemini's tier in a header, as the body has no place for it", () => {
    const side = serve("gemini-2.5-flash").sides.chat?.[0];
    expect(side?.request(context({ service_tier: "flex" }, "gemini-2.5-flash"))["serviceTier"]).toBeUndefined();
    expect(side?.headers?.(context({ service_tier: "flex" }, "m"), {})).toEqual({ "x-vertex-ai-llm-shared-request-type": "flex" });
    expect(side?.headers?.(context({}, "m"), {})).toEqual({});
  });

  it("fetches every picture for Claude", () => {
    const side = serve("claude-sonnet-4-5").sides.chat?.[0];
    const messages = [{ role: "user", content: [{ type: "image_url", image_url: { url: "https://a.example/x.png" } }] }];
    expect(side?.fetches?.({ model: "m", messages } as never, "m")).toEqual(["https://a.example/x.png"]);
  });

  it("leaves the version out of Mistral's body, and the name out of an endpoint's", () => {
    expect(serve("mistral-large@2411-001").quirks?.force).toEqual({ model: "mistral-large" });
    expect(serve("openai/7").quirks?.force).toEqual({ model: "" });
  });

  it("reads errors of Google's own door", () => {
    const body = [{ error: { code: 429, message: "Quota exceeded.", status: "RESOURCE_EXHAUSTED" } }];
    for (const model of ["claude-opus-4", "mistral-medium-3", "meta/llama", "jamba-1.5", "openai/7"])
      expect(serve(model).quirks?.error?.({ status: 429, headers: {}, body })).toMatchObject({
        kind: "rate_limit",
        message: "Quota exceeded.",
      });
    expect(
      serve("claude-opus-4").quirks?.error?.({ status: 400, headers: {}, body: { type: "error", error: { type: "x", message: "m" } } }),
    ).toBeUndefined();
  });

  it("takes the parameters of the makers", () => {
    expect(serve("claude-sonnet-4-5").supports.chat).toContain("thinking");
    expect(serve("mistral-medium-3").supports.chat).not.toContain("logit_bias");
    expect(serve("meta/llama").supports.chat).toContain("logit_bias");
    expect(serve("gemini-2.5-flash").supports.chat).not.toContain("logit_bias");
    expect(serve("text-embedding-005").supports.embed).toContain("dimensions");
  });
});

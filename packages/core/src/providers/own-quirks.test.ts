/** Where compatible providers depart from OpenAI's wire: what they are sent, and what becomes of what they say. */

import { beforeEach, describe, expect, it } from "vitest";
import { answered, providerCalls, streamed } from "../../../testkit/src/suites/ask-provider.ts";
import { chatReply } from "../../../testkit/src/wire-samples.ts";

let calls: Awaited<ReturnType<typeof providerCalls>>;
beforeEach(async () => {
  calls = await providerCalls();
});

const messages = [{ role: "user", content: "Hi" }];
const sentBody = (): Record<string, unknown> => JSON.parse(String(calls.sent[0]?.body)) as Record<string, unknown>;
const replied = (message: object, more: object = {}, finish = "stop"): { json: object } => ({
  json: { ...chatReply(""), choices: [{ index: 0, finish_reason: finish, message: { role: "assistant", ...message } }], ...more },
});

async function sent(model: string, body: object, settings?: object): Promise<Record<string, unknown>> {
  await calls.ask("chat", { model, body: { messages, ...body }, settings }, replied({ content: "Hello" }));
  return sentBody();
}

describe("Groq (console.groq.com/docs/structured-outputs)", () => {
  const schema = { type: "object", properties: { n: { type: "number" } } };
  const response_format = { type: "json_schema", json_schema: { name: "answer", schema } };

  it("asks models without structured outputs through a tool, whose arguments are the answer", async () => {
    const called = {
      content: null,
      tool_calls: [{ id: "c1", type: "function", function: { name: "json_tool_call", arguments: '{"n":1}' } }],
    };
    const asking = { model: "groq/llama-3.3-70b-versatile", body: { messages, response_format } };
    const answer = await answered(calls.ask("chat", asking, replied(called, {}, "tool_calls")));
    const tool = { type: "function", function: { name: "json_tool_call", parameters: schema } };
    expect(sentBody()).toEqual({
      model: "llama-3.3-70b-versatile",
      messages,
      tools: [tool],
      tool_choice: { type: "function", function: { name: "json_tool_call" } },
    });
    expect(answer).toMatchObject({ choices: [{ finish_reason: "stop", message: { content: '{"n":1}' } }] });
    expect(JSON.stringify(answer)).not.toContain("json_tool_call");
  });

  it("plays the answer as a stream, because the tool must be seen whole", async () => {
    const called = {
      content: null,
      tool_calls: [{ id: "c1", type: "function", function: { name: "json_tool_call", arguments: '{"n":1}' } }],
    };
    const asking = { model: "groq/llama-3.3-70b-versatile", body: { messages, response_format, stream: true } };
    const { chunks } = await streamed(calls.ask("chat", asking, { ...replied(called), headers: { "content-type": "application/json" } }));
    expect(sentBody()["stream"]).toBeUndefined();
    expect(chunks[0]).toMatchObject({ choices: [{ delta: { content: '{"n":1}' } }] });
  });

  it("lets the model call the client's own tools before it answers", async () => {
    const own = { type: "function", function: { name: "look_up", parameters: {} } };
    const called = { content: null, tool_calls: [{ id: "c1", type: "function", function: { name: "look_up", arguments: "{}" } }] };
    const asking = { model: "groq/llama-3.3-70b-versatile", body: { messages, response_format, tools: [own] } };
    const answer = await answered(calls.ask("chat", asking, replied(called, {}, "tool_calls")));
    expect(sentBody()["tool_choice"]).toBe("required");
    expect(answer).toMatchObject({ choices: [{ finish_reason: "tool_calls", message: called }] });
  });

  it("leaves the schema to models that know it", async () => {
    expect((await sent("groq/openai/gpt-oss-120b", { response_format }))["response_format"]).toEqual(response_format);
  });

  it("joins text parts, which models without vision take as a string only", async () => {
    const parts = [
      { type: "text", text: "Hi " },
      { type: "text", text: "there" },
    ];
    expect((await sent("groq/x", { messages: [{ role: "user", content: parts }] }))["messages"]).toEqual([
      { role: "user", content: "Hi there" },
    ]);
  });
});

describe("xAI (docs.x.ai/developers/cost-tracking)", () => {
  it("says itself what a call cost, in ticks, and how many sources it read", async () => {
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, cost_in_usd_ticks: 37_756_000, num_sources_used: 3 };
    const { answer } = await calls.ask("chat", { model: "xai/grok-4", body: { messages } }, replied({ content: "Hello" }, { usage }));
    expect(answer).toMatchObject({ usage: { providerCost: 0.0037756, units: { webSearches: 3 } } });
  });

  it("says the same of images", async () => {
    const json = { data: [{ url: "https://i.example/1" }], usage: { cost_in_usd_ticks: 200_000_000 } };
    const { answer } = await calls.ask("image", { model: "xai/grok-imagine-image", body: { prompt: "A fjord" } }, { json });
    expect(answer).toMatchObject({ usage: { providerCost: 0.02 } });
  });
});

describe("MiniMax (platform.minimax.io/docs/api-reference/text-openai-api)", () => {
  const details = [
    { type: "reasoning.text", text: "Two " },
    { type: "reasoning.text", text: "and two." },
  ];

  it("splits its thinking off, which becomes reasoning_content and stays beside for the next turn", async () => {
    const asking = { model: "minimax/MiniMax-M2", body: { messages, reasoning_split: true } };
    const answer = await answered(calls.ask("chat", asking, replied({ content: "4", reasoning_details: details })));
    expect(sentBody()["reasoning_split"]).toBe(true);
    expect(answer).toMatchObject({
      choices: [{ message: { content: "4", reasoning_content: "Two and two.", reasoning_details: details } }],
    });
  });

  it("streams it in pieces", async () => {
    const chunk = (delta: object, finish_reason: string | null = null) => ({ id: "1", choices: [{ index: 0, delta, finish_reason }] });
    const sse = [chunk({ reasoning_details: details.slice(0, 1) }), chunk({ content: "4" }, "stop"), "[DONE]"];
    const { chunks } = await streamed(calls.ask("chat", { model: "minimax/MiniMax-M2", body: { messages, stream: true } }, { sse }));
    expect(chunks[0]).toMatchObject({ choices: [{ delta: { reasoning_content: "Two " } }] });
  });

  it.each([
    [1002, "rate_limit", 429],
    [1004, "upstream_auth", 401],
    [1008, "upstream_forbidden", 403],
    [1027, "content_policy", 400],
    [2013, "bad_request", 400],
    [1000, "upstream_internal", 500],
  ])("fails inside a 200 with its code %i, which is %s", async (status_code, kind, status) => {
    const failed = calls.ask(
      "chat",
      { model: "minimax/MiniMax-M2", body: { messages } },
      { json: { base_resp: { status_code, status_msg: "No." } } },
    );
    await expect(failed).rejects.toMatchObject({ kind, status, message: "No.", detail: { provider: "minimax" } });
  });

  it("fails in mid-stream in the same words", async () => {
    const sse = [{ choices: [{ index: 0, delta: { content: "4" } }] }, { base_resp: { status_code: 1027, status_msg: "No." } }];
    const { error } = await streamed(calls.ask("chat", { model: "minimax/MiniMax-M2", body: { messages, stream: true } }, { sse }));
    expect(error).toMatchObject({ kind: "content_policy" });
  });
});

describe("Fireworks (docs.fireworks.ai/guides/document-inlining)", () => {
  const picture = { type: "image_url", image_url: { url: "https://i.example/a.png" } };
  const pdf = { type: "file", file: { file_data: "data:application/pdf;base64,JVBE" } };
  const asked = { messages: [{ role: "user", content: [{ type: "text", text: "Read." }, picture, pdf] }] };
  const address = (url: string): object => ({ type: "image_url", image_url: { url } });

  it("has a model that cannot see read images and PDFs as text", async () => {
    expect((await sent("fireworks_ai/llama-v3p1-8b-instruct", asked))["messages"]).toMatchObject([
      {
        content: [
          { type: "text" },
          address("https://i.example/a.png#transform=inline"),
          address("data:application/pdf;base64,JVBE#transform=inline"),
        ],
      },
    ]);
  });

  it.each([
    ["fireworks_ai/phi-3-vision-128k-instruct", {}],
    ["fireworks_ai/llama-v3p1-8b-instruct", { disable_add_transform_inline_image_block: true }],
    ["fireworks_ai/accounts/fireworks/models/deepseek-v4p1-flash", {}],
  ])("leaves images alone for %s with %j", async (model, settings) => {
    expect((await sent(model, asked, settings))["messages"]).toEqual(asked.messages);
  });

  it("takes a tool call that is written as text for one", async () => {
    const content = '{"type": "function", "name": "look_up", "parameters": {"q": "fjord"}}';
    const answer = await answered(calls.ask("chat", { model: "fireworks_ai/x", body: { messages } }, replied({ content })));
    const call = { type: "function", function: { name: "look_up", arguments: '{"q":"fjord"}' } };
    expect(answer).toMatchObject({ choices: [{ finish_reason: "tool_calls", message: { content: null, tool_calls: [call] } }] });
  });
});

describe("Together AI (docs.together.ai/docs/function-calling)", () => {
  it("refuses structured answers of models that call no tools", async () => {
    const asked = sent("together_ai/mistralai/Mixtral-8x7B-Instruct-v0.1", { response_format: { type: "json_object" } });
    await expect(asked).rejects.toMatchObject({ kind: "unsupported_params", message: expect.stringContaining("response_format") });
  });

  it("is not sent the word for plain text", async () => {
    expect(await sent("together_ai/x", { response_format: { type: "text" } })).toEqual({ model: "x", messages });
  });
});

describe("OpenRouter (openrouter.ai/docs)", () => {
  it("marks the last part of a message for its cache", async () => {
    const mark = { type: "ephemeral" };
    const marked = [{ role: "system", content: "Long.", cache_control: mark }];
    expect((await sent("openrouter/anthropic/claude-sonnet-4.5", { messages: marked }))["messages"]).toEqual([
      { role: "system", content: [{ type: "text", text: "Long.", cache_control: mark }] },
    ]);
    calls = await providerCalls();
    expect((await sent("openrouter/openai/gpt-4o", { messages: marked }))["messages"]).toEqual([{ role: "system", content: "Long." }]);
  });

  it("tells the failure of a host that stands in a choice", async () => {
    const choice = { index: 0, error: { code: 502, message: "The host went away." }, message: { role: "assistant", content: "" } };
    const failed = calls.ask("chat", { model: "openrouter/x/y", body: { messages } }, { json: { ...chatReply(""), choices: [choice] } });
    await expect(failed).rejects.toMatchObject({ kind: "bad_gateway", message: "The host went away." });
  });
});

describe("Jina (jina.ai/embeddings)", () => {
  it("embeds an image that comes as a data URL, beside texts", async () => {
    const json = { object: "list", data: [{ index: 0, embedding: [1] }], usage: { total_tokens: 1 } };
    const input = ["A fjord", "data:image/png;base64,iVBO"];
    await calls.ask("embed", { model: "jina_ai/jina-clip-v2", body: { input } }, { json });
    expect(sentBody()["input"]).toEqual([{ text: "A fjord" }, { image: "iVBO" }]);
  });
});

describe("DashScope (alibabacloud.com/help/en/model-studio)", () => {
  it("is the international one by itself, with text as a string", async () => {
    const parts = [{ type: "text", text: "Hi" }];
    const body = await sent("dashscope/qwen-max", { messages: [{ role: "user", content: parts }] });
    expect(calls.steps()).toEqual(["POST https://dashscope-intl.aliyuncs.com/compatible-mode/v1/chat/completions"]);
    expect(body["messages"]).toEqual([{ role: "user", content: "Hi" }]);
  });

  it("reranks at the address beside it", async () => {
    const json = { results: [{ index: 0, relevance_score: 0.9 }], usage: { total_tokens: 4 } };
    await calls.ask("rerank", { model: "dashscope/qwen3-rerank", body: { query: "q", documents: ["a"] } }, { json });
    expect(calls.steps()).toEqual(["POST https://dashscope-intl.aliyuncs.com/compatible-api/v1/reranks"]);
  });
});

describe("vLLM (docs.vllm.ai, multimodal inputs)", () => {
  it("takes a file that is a video as one", async () => {
    const file = { type: "file", file: { file_data: "data:video/mp4;base64,AAAA" } };
    const body = await sent("hosted_vllm/x", { messages: [{ role: "user", content: [file] }] }, { api_base: "http://own.example/v1" });
    expect(body["messages"]).toMatchObject([{ content: [{ type: "video_url", video_url: { url: "data:video/mp4;base64,AAAA" } }] }]);
  });
});

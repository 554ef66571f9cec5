/** The official OpenAI client, unmodified, in front of a listening gateway. */

import OpenAI, { AzureOpenAI } from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type FakeUpstream, startFakeUpstream } from "../packages/testkit/src/fake-upstream.ts";
import { MASTER_KEY, startGateway, type TestGateway, usualConfig } from "../packages/testkit/src/gateway.ts";
import { chatChunk, chatReply, chatStream, embeddingReply, errorReply, event } from "../packages/testkit/src/wire-samples.ts";

let upstream: FakeUpstream;
let gateway: TestGateway;
let openai: OpenAI;
beforeAll(async () => {
  upstream = await startFakeUpstream();
  gateway = await startGateway({
    upstream,
    config: {
      ...usualConfig,
      model_list: [
        ...usualConfig.model_list,
        {
          model_name: "instruct",
          litellm_params: { model: "text-completion-openai/gpt-3.5-turbo-instruct", api_base: "os.environ/UPSTREAM", api_key: "sk-1" },
        },
        {
          model_name: "slow",
          litellm_params: { model: "openai/gpt-4o-mini", api_base: "os.environ/UPSTREAM", api_key: "sk-1", timeout: 0.1 },
        },
        { model_name: "gone", litellm_params: { model: "openai/gpt-4o-mini", api_base: "http://127.0.0.1:9/v1", api_key: "sk-1" } },
      ],
    },
  });
  openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: MASTER_KEY, maxRetries: 0 });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "Hi" }];
const last = () => upstream.requests.at(-1);

describe("chat", () => {
  it("answers with the public model name and the provider's words", async () => {
    upstream.script({ json: chatReply("Hello there") });
    const reply = await openai.chat.completions.create({ model: "fast", messages, temperature: 0.5 });
    expect(reply).toMatchObject({ id: "chatcmpl-sample", model: "fast", usage: { total_tokens: 12 } });
    expect(reply.choices[0]?.message.content).toBe("Hello there");
    expect(last()?.json).toEqual({ model: "gpt-4o-mini", messages, temperature: 0.5 });
    expect(last()?.path).toBe("/v1/chat/completions");
    expect(last()?.headers.authorization).toBe("Bearer sk-upstream-0123456789");
  });

  it("shows the raw reply with its headers", async () => {
    upstream.script({ json: chatReply("Hello"), headers: { "x-request-id": "req_1", "x-ratelimit-remaining-requests": "59" } });
    const { data, response, request_id } = await openai.chat.completions.create({ model: "fast", messages }).withResponse();
    expect(data.choices[0]?.message.content).toBe("Hello");
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "llm_provider-x-request-id": "req_1",
      "x-ratelimit-remaining-requests": "59",
      "x-litellm-model-group": "fast",
      "x-litellm-attempted-retries": "0",
      "x-litellm-attempted-fallbacks": "0",
    });
    expect(Number(response.headers.get("x-litellm-response-cost"))).toBeGreaterThan(0);
    expect(request_id ?? null).toBeNull();
  });

  it("lets fields pass that nobody knows", async () => {
    upstream.script({ json: chatReply("Hello", { reasoning_content: "Think." }, { provider_note: { a: 1 } }) });
    const asked = { model: "fast", messages, top_k: 5, provider_flag: { deep: [1] } } as OpenAI.ChatCompletionCreateParamsNonStreaming;
    const reply = await openai.chat.completions.create(asked);
    expect(reply).toMatchObject({ provider_note: { a: 1 }, choices: [{ message: { reasoning_content: "Think." } }] });
    expect(last()?.json).toMatchObject({ top_k: 5, provider_flag: { deep: [1] } });
  });

  it("goes round a tool loop", async () => {
    const call = { id: "call_1", type: "function", function: { name: "weather", arguments: '{"city":"Bern"}' } };
    upstream.script({ json: chatReply(null, { tool_calls: [call] }) }, { json: chatReply("It rains in Bern.") });
    const asked: string[] = [];
    const runner = openai.chat.completions.runTools({
      model: "fast",
      messages: [{ role: "user", content: "Weather in Bern?" }],
      tools: [
        {
          type: "function",
          function: {
            name: "weather",
            parameters: { type: "object", properties: { city: { type: "string" } } },
            description: "Tells the weather of a city.",
            parse: (text: string) => JSON.parse(text) as { city: string },
            function: ({ city }: { city: string }) => {
              asked.push(city);
              return "rain";
            },
          },
        },
      ],
    });
    expect(await runner.finalContent()).toBe("It rains in Bern.");
    expect(asked).toEqual(["Bern"]);
    expect(last()?.json).toMatchObject({
      messages: [{ role: "user" }, { role: "assistant", tool_calls: [call] }, { role: "tool", tool_call_id: "call_1", content: "rain" }],
    });
  });

  it("parses structured answers", async () => {
    const Answer = z.object({ city: z.string(), degrees: z.number() });
    upstream.script({ json: chatReply('{"city":"Bern","degrees":7}') });
    const reply = await openai.chat.completions.parse({ model: "fast", messages, response_format: zodResponseFormat(Answer, "answer") });
    expect(reply.choices[0]?.message.parsed).toEqual({ city: "Bern", degrees: 7 });
    expect(last()?.json).toMatchObject({ response_format: { type: "json_schema", json_schema: { name: "answer", strict: true } } });
  });
});

describe("streams", () => {
  it("come chunk by chunk, under the public model name, without the usage that nobody asked for", async () => {
    upstream.script({ pieces: chatStream("Grüße ", "aus 🇨🇭") });
    const stream = await openai.chat.completions.create({ model: "fast", messages, stream: true });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("")).toBe("Grüße aus 🇨🇭");
    expect(new Set(chunks.map((chunk) => chunk.model))).toEqual(new Set(["fast"]));
    expect(chunks.every((chunk) => chunk.choices.length === 1 && !chunk.usage)).toBe(true);
    expect(last()?.json).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  });

  it("end with the usage for who asked", async () => {
    upstream.script({ pieces: chatStream("Hi") });
    const stream = await openai.chat.completions.create({ model: "fast", messages, stream: true, stream_options: { include_usage: true } });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.at(-1)).toMatchObject({ choices: [], model: "fast", usage: { total_tokens: 12 } });
  });

  it("work with the client's own helper", async () => {
    const call = (more: object) => event(chatChunk({ tool_calls: [{ index: 0, ...more }] }));
    upstream.script({
      pieces: [
        event(chatChunk({ role: "assistant", content: null })),
        call({ id: "call_1", type: "function", function: { name: "weather", arguments: "" } }),
        call({ function: { arguments: '{"city":' } }),
        call({ function: { arguments: '"Bern"}' } }),
        event(chatChunk({}, "tool_calls")),
        event("[DONE]"),
      ],
    });
    const final = await openai.chat.completions.stream({ model: "fast", messages }).finalChatCompletion();
    expect(final.choices[0]?.message.tool_calls?.[0]).toMatchObject({
      id: "call_1",
      function: { name: "weather", arguments: '{"city":"Bern"}' },
    });
  });

  it("free the provider when the client leaves", async () => {
    upstream.script({ pieces: [event(chatChunk({ content: "One" }))], hangsUp: "never" });
    const stream = await openai.chat.completions.create({ model: "fast", messages, stream: true });
    for await (const _ of stream) break;
    expect(await last()?.over).toBe(true);
  });

  it("tell an error in their middle", async () => {
    upstream.script({ pieces: [event(chatChunk({ content: "One" })), event(errorReply("The model crashed.", { type: "server_error" }))] });
    const stream = await openai.chat.completions.create({ model: "fast", messages, stream: true });
    const read = async (): Promise<string> => {
      let text = "";
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
      return text;
    };
    await expect(read()).rejects.toThrow("The model crashed.");
  });
});

describe("embeddings", () => {
  it("come as numbers where the client's own wish for base64 is obeyed", async () => {
    const vector = [0.5, -0.25, 1];
    upstream.script({ json: embeddingReply([Buffer.from(new Float32Array(vector).buffer).toString("base64")]) });
    const reply = await openai.embeddings.create({ model: "embed", input: "Hi" });
    expect(reply.data[0]?.embedding).toEqual(vector);
    expect(reply.model).toBe("embed");
    expect(last()?.json).toEqual({ model: "text-embedding-3-small", input: "Hi", encoding_format: "base64" });
  });

  it("come as numbers when asked for as numbers", async () => {
    upstream.script({
      json: embeddingReply([
        [1, 2],
        [3, 4],
      ]),
    });
    const reply = await openai.embeddings.create({ model: "embed", input: ["a", "b"], encoding_format: "float", dimensions: 2 });
    expect(reply.data.map((each) => each.embedding)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(last()?.path).toBe("/v1/embeddings");
  });
});

describe("models", () => {
  it("are listed", async () => {
    const names: string[] = [];
    for await (const model of openai.models.list()) names.push(model.id);
    expect(names).toEqual(["fast", "other", "embed", "instruct", "slow", "gone"]);
  });

  it("are shown one by one", async () => {
    expect(await openai.models.retrieve("fast")).toMatchObject({ id: "fast", object: "model" });
    await expect(openai.models.retrieve("fats")).rejects.toThrow(OpenAI.NotFoundError);
    await expect(openai.models.retrieve("fats")).rejects.toThrow("'fast'");
  });
});

describe("text completions", () => {
  it("are answered by models that know them", async () => {
    const choices = [{ index: 0, text: " world", finish_reason: "length", logprobs: null }];
    upstream.script({
      json: { id: "cmpl-1", object: "text_completion", created: 1, model: "gpt-3.5-turbo-instruct", choices, usage: { total_tokens: 5 } },
    });
    const reply = await openai.completions.create({ model: "instruct", prompt: "Hello", max_tokens: 3 });
    expect(reply).toMatchObject({ model: "instruct", choices });
    expect(last()?.path).toBe("/v1/completions");
  });

  it("are answered by chat models, too", async () => {
    upstream.script({ json: chatReply(" world") });
    const reply = await openai.completions.create({ model: "fast", prompt: "Hello" });
    expect(reply).toMatchObject({ object: "text_completion", model: "fast", choices: [{ text: " world", finish_reason: "stop" }] });
  });

  it("stream", async () => {
    upstream.script({ pieces: chatStream("one ", "two") });
    const stream = await openai.completions.create({ model: "fast", prompt: "Count", stream: true });
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.text ?? "";
    expect(text).toBe("one two");
  });
});

describe("errors", () => {
  const asking = () => openai.chat.completions.create({ model: "fast", messages });

  it.each([
    [400, OpenAI.BadRequestError],
    [401, OpenAI.AuthenticationError],
    [403, OpenAI.PermissionDeniedError],
    [404, OpenAI.NotFoundError],
    [422, OpenAI.UnprocessableEntityError],
    [429, OpenAI.RateLimitError],
    [500, OpenAI.InternalServerError],
    [503, OpenAI.InternalServerError],
  ] as const)("of status %i are the class that the client knows", async (status, Class) => {
    upstream.script({ status, json: errorReply("Told by the provider.", { code: "some_code" }) });
    const error = await asking().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Class);
    expect(error).toMatchObject({ status, message: expect.stringContaining("Told by the provider."), code: String(status) });
  });

  it("say who was not let in", async () => {
    const stranger = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: "sk-wrong", maxRetries: 0 });
    await expect(stranger.models.list()).rejects.toThrow(OpenAI.AuthenticationError);
    await expect(stranger.chat.completions.create({ model: "fast", messages })).rejects.toThrow(OpenAI.AuthenticationError);
  });

  it("name the models that an unknown name may mean", async () => {
    const wrong = openai.chat.completions.create({ model: "fsat", messages });
    await expect(wrong).rejects.toThrow(OpenAI.BadRequestError);
    await expect(wrong).rejects.toMatchObject({ param: "model", message: expect.stringContaining("fast") });
  });

  it("keep the provider's retry-after, which the client obeys", async () => {
    upstream.script({ status: 429, headers: { "retry-after-ms": "20" }, json: errorReply("Slow down.") }, { json: chatReply("Now") });
    const patient = openai.withOptions({ maxRetries: 1 });
    const before = upstream.requests.length;
    const reply = await patient.chat.completions.create({ model: "fast", messages });
    expect(reply.choices[0]?.message.content).toBe("Now");
    expect(upstream.requests.length - before).toBe(2);
    upstream.script({ status: 429, headers: { "retry-after": "7" }, json: errorReply("Slow down.") });
    const error = await asking().catch((thrown: unknown) => thrown);
    expect((error as InstanceType<typeof OpenAI.APIError>).headers?.get("retry-after")).toBe("7");
  });

  it("tell a provider that is not there", async () => {
    await expect(openai.chat.completions.create({ model: "gone", messages })).rejects.toThrow(/502.*refused the connection/s);
  });

  it("tell our own timeout as 408", async () => {
    upstream.script({ delayMs: 5_000, json: chatReply("late") });
    await expect(openai.chat.completions.create({ model: "slow", messages })).rejects.toMatchObject({ status: 408 });
    expect(await last()?.over).toBe(true);
  });

  it("are the client's own when it does not wait any longer", async () => {
    upstream.script({ delayMs: 5_000, json: chatReply("late") });
    const asked = openai.chat.completions.create({ model: "fast", messages }, { timeout: 100 });
    await expect(asked).rejects.toThrow(OpenAI.APIConnectionTimeoutError);
    expect(await last()?.over).toBe(true);
  });
});

describe("the Azure client", () => {
  let azure: AzureOpenAI;
  beforeEach(() => {
    azure = new AzureOpenAI({ endpoint: gateway.url, apiKey: MASTER_KEY, apiVersion: "2024-10-21", deployment: "fast", maxRetries: 0 });
  });
  afterEach(() => expect(last()?.json).toMatchObject({ model: "gpt-4o-mini" }));

  it("finds the model in its path and the key in its header", async () => {
    upstream.script({ json: chatReply("Hello") });
    expect(await azure.chat.completions.create({ model: "", messages })).toMatchObject({ model: "fast" });
  });

  it("streams", async () => {
    upstream.script({ pieces: chatStream("Hel", "lo") });
    let text = "";
    for await (const chunk of await azure.chat.completions.create({ model: "fast", messages, stream: true }))
      text += chunk.choices[0]?.delta.content ?? "";
    expect(text).toBe("Hello");
  });
});

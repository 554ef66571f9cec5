import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FakeUpstream, startFakeUpstream, type UpstreamReply } from "../../testkit/src/fake-upstream.ts";
import { chatChunk, chatReply, chatStream, embeddingReply, errorReply, event } from "../../testkit/src/wire-samples.ts";
import { type Client, createClient } from "./client.ts";
import { AuthenticationError, BadRequestError, RateLimitError, Timeout } from "./error-classes.ts";
import { GatewayError } from "./errors.ts";

const messages = [{ role: "user" as const, content: "Hi" }];
let upstream: FakeUpstream;
let client: Client;
beforeEach(async () => {
  upstream = await startFakeUpstream();
  client = createClient({ env: { OPENAI_API_KEY: "sk-env", OPENAI_BASE_URL: `${upstream.url}/v1` }, num_retries: 0 });
});
afterEach(async () => {
  await client.close();
  await upstream.close();
});

const here = () => ({ model: "openai/gpt-4o-mini", api_base: `${upstream.url}/v1`, api_key: "sk-mine" });

describe("completion", () => {
  it("calls provider/model with the key and the address of the environment", async () => {
    upstream.script({ json: chatReply("Hello") });
    const reply = await client.completion({ model: "openai/gpt-4o-mini", messages });
    expect(reply.choices[0]?.message.content).toBe("Hello");
    expect(upstream.requests[0]).toMatchObject({ path: "/v1/chat/completions", json: { model: "gpt-4o-mini", messages } });
    expect(upstream.requests[0]?.headers.authorization).toBe("Bearer sk-env");
  });

  it("brings text of any script", async () => {
    upstream.script({ json: chatReply("Gr\u00fc\u00dfe \u{1f1e8}\u{1f1ed}") });
    const reply = await client.completion({ model: "openai/gpt-4o-mini", messages });
    expect(reply.choices[0]?.message.content).toBe("Gr\u00fc\u00dfe \u{1f1e8}\u{1f1ed}");
  });

  it("takes a key and an address for one call, and they do not travel in its body", async () => {
    upstream.script({ json: chatReply("Hello") }, { json: chatReply("Hello") });
    await client.completion({ ...here(), api_base: `${upstream.url}/mine/v1`, messages });
    expect(upstream.requests[0]).toMatchObject({ path: "/mine/v1/chat/completions", json: { model: "gpt-4o-mini", messages } });
    expect(upstream.requests[0]?.headers.authorization).toBe("Bearer sk-mine");
    await client.completion({ model: "openai/gpt-4o-mini", messages });
    expect(upstream.requests[1]?.headers.authorization).toBe("Bearer sk-env");
  });

  it("throws errors of the classes that people catch, with what the provider said", async () => {
    const failing = async (reply: UpstreamReply) => {
      upstream.script(reply);
      return client.completion({ ...here(), messages }).catch((thrown: unknown) => thrown);
    };
    const limited = await failing({ status: 429, headers: { "retry-after": "3" }, json: errorReply("Slow down.") });
    expect(limited).toBeInstanceOf(RateLimitError);
    expect(limited).toMatchObject({ status: 429, message: "Slow down.", provider: "openai", retryAfter: 3 });
    expect(await failing({ status: 401, json: errorReply("No.") })).toBeInstanceOf(AuthenticationError);
    const wrong = await failing({ status: 400, json: errorReply("Bad.") });
    expect([wrong instanceof BadRequestError, wrong instanceof RateLimitError, wrong instanceof GatewayError]).toEqual([true, false, true]);
  });

  it("says what to set when there is no key", async () => {
    const bare = createClient({ env: {} });
    await expect(bare.completion({ model: "openai/gpt-4o-mini", messages })).rejects.toThrow("OPENAI_API_KEY");
    await bare.close();
  });

  it("says what to write for a model of nobody", async () => {
    await expect(client.completion({ model: "my-own-model", messages })).rejects.toThrow("openai/my-own-model");
  });

  it("gives up when its time is over", async () => {
    upstream.script({ delayMs: 30_000, json: chatReply("Late") });
    await expect(client.completion({ ...here(), messages, timeout: 0.05 })).rejects.toBeInstanceOf(Timeout);
    expect(await upstream.requests[0]?.over).toBe(true);
  });

  it("ends with its signal", async () => {
    upstream.script({ delayMs: 30_000, json: chatReply("Late") });
    const stop = new AbortController();
    const reply = client.completion({ ...here(), messages, signal: stop.signal });
    const request = await upstream.request(0);
    stop.abort();
    await expect(reply).rejects.toThrow("aborted");
    expect(await request.over).toBe(true);
    await expect(client.completion({ ...here(), messages, signal: stop.signal })).rejects.toThrow("aborted");
    expect(upstream.requests.length).toBe(1);
  });

  it("answers without a call when it is told to", async () => {
    const reply = await client.completion({ model: "openai/gpt-4o-mini", messages, mock_response: "Made up" });
    expect([reply.choices[0]?.message.content, upstream.requests.length]).toEqual(["Made up", 0]);
  });

  it("goes to its fallbacks", async () => {
    upstream.script({ status: 500, json: errorReply("Crashed.") }, { json: chatReply("Hello") });
    const reply = await client.completion({ model: "openai/gpt-4o-mini", messages, fallbacks: ["openai/gpt-4.1-mini"] });
    expect(reply.choices[0]?.message.content).toBe("Hello");
    expect(upstream.requests.map(({ json }) => (json as { model: string }).model)).toEqual(["gpt-4o-mini", "gpt-4.1-mini"]);
  });
});

describe("streams", () => {
  it("are read chunk by chunk", async () => {
    upstream.script({ pieces: chatStream("Grüße ", "🇨🇭") });
    let text = "";
    for await (const chunk of await client.completion({ ...here(), messages, stream: true })) text += chunk.choices[0]?.delta.content ?? "";
    expect(text).toBe("Grüße 🇨🇭");
  });

  it("free the provider when their loop is left", async () => {
    upstream.script({ pieces: [event(chatChunk({ content: "One" }))], hangsUp: "never" });
    for await (const _ of await client.completion({ ...here(), messages, stream: true })) break;
    expect(await upstream.requests[0]?.over).toBe(true);
  });

  it("throw what breaks them, after what came before", async () => {
    upstream.script({ pieces: [event(chatChunk({ content: "One" })), event(errorReply("Crashed."))] });
    let text = "";
    const read = async () => {
      for await (const chunk of await client.completion({ ...here(), messages, stream: true }))
        text += chunk.choices[0]?.delta.content ?? "";
    };
    await expect(read()).rejects.toThrow("Crashed.");
    expect(text).toBe("One");
  });

  it("end with their signal", async () => {
    upstream.script({ pieces: [event(chatChunk({ content: "One" }))], hangsUp: "never" });
    const stop = new AbortController();
    const read = async () => {
      for await (const _ of await client.completion({ ...here(), messages, stream: true, signal: stop.signal })) stop.abort();
    };
    await expect(read()).rejects.toThrow("aborted");
    expect(await upstream.requests[0]?.over).toBe(true);
  });

  it("come whole when they are larger than what may wait unread", async () => {
    const texts = Array.from({ length: 500 }, (_, at) => `${at},`);
    upstream.script({ pieces: chatStream(...texts) });
    let text = "";
    for await (const chunk of await client.completion({ ...here(), messages, stream: true })) {
      text += chunk.choices[0]?.delta.content ?? "";
      await new Promise((next) => setImmediate(next));
    }
    expect(text).toBe(texts.join(""));
  });
});

describe("a client with a model list", () => {
  it("balances, retries and falls back like the gateway", async () => {
    const row = (name: string, path: string) => ({
      model_name: name,
      litellm_params: { model: "openai/gpt-4o-mini", api_key: "sk-1", api_base: `${upstream.url}/${path}/v1` },
    });
    const router = createClient({
      model_list: [row("fast", "a"), row("fast", "b"), row("spare", "c")],
      fallbacks: [{ fast: ["spare"] }],
      num_retries: 1,
      env: {},
    });
    upstream.script({ status: 500, json: errorReply("1") }, { status: 500, json: errorReply("2") }, { json: chatReply("Hello") });
    const reply = await router.completion({ model: "fast", messages });
    expect(reply).toMatchObject({ model: "fast", choices: [{ message: { content: "Hello" } }] });
    expect(upstream.requests.map(({ path }) => path[1]).sort()).toEqual(["a", "b", "c"]);
    expect(upstream.requests[2]?.path).toBe("/c/v1/chat/completions");
    await router.close();
  });
});

describe("embedding and textCompletion", () => {
  it("ask their own endpoints", async () => {
    upstream.script({ json: embeddingReply([[1, 2]]) });
    expect((await client.embedding({ ...here(), model: "openai/text-embedding-3-small", input: "Hi" })).data[0]?.embedding).toEqual([1, 2]);
    upstream.script({ json: chatReply(" world") });
    expect((await client.textCompletion({ ...here(), prompt: "Hello" })).choices[0]?.text).toBe(" world");
    expect(upstream.requests.map(({ path }) => path)).toEqual(["/v1/embeddings", "/v1/chat/completions"]);
  });
});

describe("operations beside chat", () => {
  it("take files as bytes, as a Blob or with a name", async () => {
    for (const file of [
      Buffer.from("RIFF"),
      new File(["RIFF"], "a.wav", { type: "audio/wav" }),
      { filename: "a.wav", data: Buffer.from("RIFF") },
    ]) {
      upstream.script({ json: { text: "Hello." } });
      expect((await client.transcription({ ...here(), model: "openai/whisper-1", file, language: "en" })).text).toBe("Hello.");
    }
    const bodies = upstream.requests.map(({ body }) => body.toString("latin1"));
    expect(bodies.every((body) => body.includes("RIFF") && body.includes('name="language"'))).toBe(true);
    expect(bodies[1]).toContain('filename="a.wav"\r\ncontent-type: audio/wav');
  });

  it("refuse what is no file", async () => {
    const wrong = client.transcription({ ...here(), model: "openai/whisper-1", file: 7 as never });
    await expect(wrong).rejects.toMatchObject({ kind: "bad_request", message: expect.stringContaining("'file'") });
    expect(upstream.requests).toEqual([]);
  });

  it("give text as text and sound as sound", async () => {
    upstream.script({ text: "WEBVTT\n" }, { pieces: ["ID3", "more"], headers: { "content-type": "audio/mpeg" } });
    const file = Buffer.from("RIFF");
    expect(await client.transcription({ ...here(), model: "openai/whisper-1", file, response_format: "vtt" })).toEqual({
      text: "WEBVTT\n",
    });
    const { mediaType, audio } = await client.speech({ ...here(), model: "openai/tts-1", input: "Hi", voice: "alloy" });
    expect([mediaType, audio.toString()]).toEqual(["audio/mpeg", "ID3more"]);
  });

  it("throw when sound breaks off", async () => {
    upstream.script({ pieces: ["ID3", 5], headers: { "content-type": "audio/mpeg" }, hangsUp: "after" });
    await expect(client.speech({ ...here(), model: "openai/tts-1", input: "Hi", voice: "alloy" })).rejects.toBeInstanceOf(GatewayError);
  });

  it("edit images, by file or by data: URL", async () => {
    const image = { created: 1, data: [{ b64_json: "aGk=" }] };
    upstream.script({ json: image }, { json: image });
    const edit = { ...here(), model: "openai/gpt-image-1", prompt: "Blue" };
    expect((await client.imageEdit({ ...edit, image: [Buffer.from("a"), Buffer.from("b")] })).data).toEqual(image.data);
    expect(upstream.requests[0]?.body.toString("latin1")).toContain('name="image[]"');
  });

  it("rank, judge and read", async () => {
    upstream.script(
      { json: { id: "r", results: [{ index: 0, relevance_score: 0.9 }] } },
      { json: { id: "m", model: "omni", results: [{ flagged: true, categories: {} }] } },
    );
    const ranked = await client.rerank({ ...here(), model: "hosted_vllm/bge", query: "a", documents: ["b"] });
    const judged = await client.moderation({ ...here(), model: "openai/omni-moderation-latest", input: "a" });
    expect([ranked.results[0]?.index, judged.results[0]?.flagged]).toEqual([0, true]);
  });
});

/** Operations beside chat, from socket to socket: routes, forms, sound, errors. */

import { type FakeUpstream, startFakeUpstream } from "@tollgate/testkit/fake-upstream";
import { MASTER_KEY, startGateway, type TestGateway, UPSTREAM_KEY } from "@tollgate/testkit/gateway";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const row = (name: string, model: string): object => ({
  model_name: name,
  litellm_params: { model, api_base: "os.environ/UPSTREAM", api_key: UPSTREAM_KEY },
});
const config = {
  model_list: [
    row("ranker", "hosted_vllm/bge"),
    row("painter", "openai/dall-e-3"),
    row("editor", "openai/gpt-image-1"),
    row("hearer", "openai/whisper-1"),
    row("speaker", "openai/tts-1"),
    row("judge", "openai/omni-moderation-latest"),
    row("reader", "mistral/mistral-ocr-latest"),
    { model_name: "mock", litellm_params: { model: "openai/whisper-1", mock_response: "Heard nothing." } },
  ],
  router_settings: { num_retries: 0, disable_cooldowns: true },
};

let upstream: FakeUpstream;
let gateway: TestGateway;
beforeEach(async () => {
  upstream = await startFakeUpstream();
  gateway = await startGateway({ config, upstream });
});
afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const known = { authorization: `Bearer ${MASTER_KEY}` };

function send(path: string, fields: Readonly<Record<string, string | Blob>>, signal?: AbortSignal): Promise<Response> {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  return fetch(gateway.url + path, { method: "POST", headers: known, body, signal });
}

const sound = new File(["RIFFsound"], "hello.wav", { type: "audio/wav" });
const picture = new File(["picture"], "boat.png", { type: "image/png" });

describe("routes", () => {
  const ranked = { id: "r", results: [{ index: 0, relevance_score: 0.9 }] };
  const images = { created: 1, data: [{ url: "https://img.example/1.png" }] };
  const judged = { id: "m", model: "omni", results: [{ flagged: false, categories: {} }] };
  const pages = { pages: [{ index: 0, markdown: "# Hi", images: [] }], model: "ocr", usage_info: { pages_processed: 1 } };

  it.each([
    ["/v1/rerank", "/v1/rerank", { model: "ranker", query: "a", documents: ["b"] }, ranked],
    ["/v2/rerank", "/v1/rerank", { model: "ranker", query: "a", documents: ["b"] }, ranked],
    ["/rerank", "/v1/rerank", { model: "ranker", query: "a", documents: ["b"] }, ranked],
    ["/v1/images/generations", "/v1/images/generations", { model: "painter", prompt: "a" }, images],
    ["/openai/deployments/painter/images/generations", "/v1/images/generations", { prompt: "a" }, images],
    ["/v1/moderations", "/v1/moderations", { model: "judge", input: "a" }, judged],
    ["/moderations", "/v1/moderations", { model: "judge", input: "a" }, judged],
    ["/v1/ocr", "/v1/ocr", { model: "reader", document: { type: "document_url", document_url: "https://a.example/b.pdf" } }, pages],
    ["/ocr", "/v1/ocr", { model: "reader", document: { type: "image_url", image_url: "https://a.example/b.png" } }, pages],
  ])("%s asks for %s", async (path, asked, body, json) => {
    upstream.script({ json });
    const reply = await gateway.post(path, body);
    expect([reply.status, upstream.requests[0]?.path]).toEqual([200, asked]);
    expect(await reply.json()).toMatchObject({ ...json, ...("model" in json && { model: expect.any(String) }) });
    expect(gateway.records[0]?.status).toBe("success");
  });

  it("the model in the path wins over the form's", async () => {
    upstream.script({ json: { text: "Hello." } });
    const reply = await send("/openai/deployments/hearer/audio/transcriptions", { model: "nobody", file: sound });
    expect(await reply.json()).toEqual({ text: "Hello." });
    expect(upstream.requests[0]?.body.toString("latin1")).toContain('name="model"\r\n\r\nwhisper-1\r\n');
  });
});

describe("a form", () => {
  it("goes up with its file, and the answer comes back", async () => {
    upstream.script({ json: { text: "Hello." } });
    const reply = await send("/v1/audio/transcriptions", { model: "hearer", file: sound, language: "en", temperature: "0" });
    expect([reply.status, await reply.json()]).toEqual([200, { text: "Hello." }]);
    const { headers, body } = upstream.requests[0] ?? {};
    expect(headers).toMatchObject({ authorization: `Bearer ${UPSTREAM_KEY}`, "content-length": String(body?.length) });
    expect(body?.toString("latin1")).toContain('filename="hello.wav"\r\ncontent-type: audio/wav\r\n\r\nRIFFsound\r\n');
  });

  it("of several megabytes goes up whole, twice where it must", async () => {
    const large = new File([Buffer.alloc(3 * 1_048_576, 7)], "long.wav", { type: "audio/wav" });
    upstream.script({ status: 500, json: { error: { message: "Crashed." } } }, { json: { text: "Hello." } });
    const reply = await send("/v1/audio/transcriptions", { model: "hearer", file: large, num_retries: "1" });
    expect(reply.status).toBe(200);
    expect(upstream.requests.map(({ body }) => body.length > 3 * 1_048_576)).toEqual([true, true]);
  });

  it("without its file says which files came", async () => {
    const reply = await send("/v1/audio/transcriptions", { model: "hearer", audio: sound });
    expect(reply.status).toBe(400);
    expect(await reply.json()).toMatchObject({ error: { param: "file", message: expect.stringContaining("'audio'") } });
  });

  it("with a text where the file should be is told so", async () => {
    const reply = await send("/v1/images/edits", { model: "editor", prompt: "Blue", image: "boat.png" });
    expect(await reply.json()).toMatchObject({ error: { param: "image", message: expect.stringContaining("filename") } });
  });

  it.each([
    ["/v1/chat/completions", "multipart/form-data; boundary=b"],
    ["/v1/audio/transcriptions", "application/json"],
    ["/v1/audio/transcriptions", "application/x-www-form-urlencoded"],
  ])("415 on %s for %s", async (path, type) => {
    expect((await gateway.post(path, "{}", { "content-type": type })).status).toBe(415);
  });

  it("is read from nobody without a key", async () => {
    const body = new FormData();
    body.append("file", sound);
    expect((await fetch(`${gateway.url}/v1/audio/transcriptions`, { method: "POST", body })).status).toBe(401);
  });

  it("passes the provider's refusal on", async () => {
    upstream.script({ status: 400, json: { error: { message: "Invalid file format.", type: "invalid_request_error", param: "file" } } });
    const reply = await send("/v1/audio/transcriptions", { model: "hearer", file: sound });
    expect([reply.status, await reply.json()]).toMatchObject([400, { error: { message: "Invalid file format.", param: "file" } }]);
  });

  it("is answered by mock_response without being sent", async () => {
    const reply = await send("/v1/audio/transcriptions", { model: "mock", file: sound });
    expect([await reply.json(), upstream.requests.length]).toEqual([{ text: "Heard nothing." }, 0]);
  });

  it("edits an image", async () => {
    upstream.script({ json: { created: 1, data: [{ b64_json: "aGk=" }] } });
    const reply = await send("/v1/images/edits", { model: "editor", prompt: "Blue", image: picture, mask: picture, n: "1" });
    expect(reply.status).toBe(200);
    const body = upstream.requests[0]?.body.toString("latin1") ?? "";
    expect(body).toContain('name="image"; filename="boat.png"');
    expect(body).toContain('name="mask"; filename="boat.png"');
  });
});

describe("sound", () => {
  const words = { model: "speaker", input: "Hello", voice: "alloy" };
  const mpeg = { "content-type": "audio/mpeg" };

  it("comes as it came, piece by piece, with what it cost", async () => {
    upstream.script({ pieces: [Buffer.from([0xff, 0xfb]), 5, Buffer.from("more")], headers: mpeg });
    const reply = await gateway.post("/v1/audio/speech", words);
    expect(reply.headers.get("content-type")).toBe("audio/mpeg");
    expect(Buffer.from(await reply.arrayBuffer()).toString("latin1")).toBe("\xff\xfbmore");
    expect(gateway.records[0]).toMatchObject({ usage: { units: { characters: 5 } }, costNano: 75_000 });
  });

  it("keeps its length where the provider told it", async () => {
    upstream.script({ text: "ID3sound", headers: { ...mpeg, "content-length": "8" } });
    const reply = await gateway.post("/v1/audio/speech", words);
    expect([reply.headers.get("content-length"), await reply.text()]).toEqual(["8", "ID3sound"]);
  });

  it("that breaks off breaks off here, too", async () => {
    upstream.script({ pieces: ["ID3", 5], headers: mpeg, hangsUp: "after" });
    const reply = await gateway.post("/v1/audio/speech", words);
    await expect(reply.arrayBuffer()).rejects.toThrow();
    expect(gateway.records[0]?.status).toBe("failure");
  });

  it("ends at the provider when the client leaves", async () => {
    upstream.script({ pieces: ["ID3", 60_000, "more"], headers: mpeg });
    const leaving = new AbortController();
    const reply = await gateway.post("/v1/audio/speech", words, {}, leaving.signal);
    await reply.body?.getReader().read();
    leaving.abort();
    expect(await (await upstream.request(0)).over).toBe(true);
    await expect.poll(() => gateway.records[0]?.status).toBe("aborted");
  });

  it("that is refused is an error in JSON", async () => {
    upstream.script({ status: 400, json: { error: { message: "No such voice.", param: "voice" } } });
    const reply = await gateway.post("/v1/audio/speech", words);
    expect([reply.status, await reply.json()]).toMatchObject([400, { error: { param: "voice" } }]);
  });
});

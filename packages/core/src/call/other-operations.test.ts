/** Operations beside chat: forms up, text and sound down, and what they are said to have used. */

import { beforeEach, describe, expect, it } from "vitest";
import { type FakeClock, fakeClock } from "../../../testkit/src/fake-clock.ts";
import { type ScriptedTransport, type SentRequest, scriptedTransport } from "../../../testkit/src/scripted-transport.ts";
import type { ClientSide } from "../dialects/dialect.ts";
import { openaiImageEditsClient, openaiImagesClient } from "../dialects/openai-images/client-side.ts";
import { openaiSpeechClient } from "../dialects/openai-speech/client-side.ts";
import { openaiTranscriptionsClient } from "../dialects/openai-transcriptions/client-side.ts";
import { GatewayError } from "../errors.ts";
import { type BuiltHouse, buildHouse } from "../house.ts";
import { type FilePart, fileOf } from "../hub/file-part.ts";
import { bundledPriceBook } from "../pricing/price-book.ts";
import { routerSettingsFrom } from "../router/settings-from.ts";
import { Body } from "../transport/body.ts";
import type { Answer } from "./answer.ts";
import { beginCall } from "./begin.ts";
import type { Call } from "./call.ts";
import { type Opened, open } from "./open.ts";

const book = await bundledPriceBook();
let clock: FakeClock;
let transport: ScriptedTransport;
let house: BuiltHouse;
beforeEach(() => {
  clock = fakeClock();
  transport = scriptedTransport([], { clock });
});

interface Asking {
  readonly client: unknown;
  readonly model: string;
  readonly body?: object;
  readonly files?: Readonly<Record<string, readonly FilePart[]>>;
  readonly retries?: number;
}

function begin({ client, model, body = {}, files, retries = 0 }: Asking): { call: Call; done: Promise<Opened> } {
  const params = { model, api_key: "sk-1", api_base: "http://a.example/v1" };
  house = buildHouse({
    rows: [{ model_name: "public", litellm_params: params }],
    router: routerSettingsFrom({ disable_cooldowns: true, num_retries: retries }),
    book,
    transport,
    clock,
    chance: () => 0,
  });
  const at = { headers: {}, params: {}, query: {}, body: Body.of({ model: "public", ...body }) };
  const call = beginCall("call", client as ClientSide, { ...at, ...(files && { files: new Map(Object.entries(files)) }) });
  const done = open(call, house);
  done.catch(() => {});
  return { call, done };
}

async function ask(asking: Asking): Promise<Answer> {
  return (await begin(asking).done).answer;
}

async function formOf(sent: SentRequest | undefined): Promise<string> {
  const { body } = sent ?? {};
  if (body === undefined || typeof body === "string" || Buffer.isBuffer(body)) throw new Error("A form was expected.");
  const pieces: Buffer[] = [];
  for await (const piece of body.open()) pieces.push(piece as Buffer);
  const whole = Buffer.concat(pieces);
  expect(sent?.headers["content-length"]).toBe(String(whole.length));
  return whole.toString("latin1");
}

const sound = fileOf(Buffer.from("RIFFxxxx"), "hello.mp3", "audio/mpeg");
const picture = fileOf(Buffer.from("picture"), "boat.png", "image/png");
const transcription = { client: openaiTranscriptionsClient, model: "openai/whisper-1", files: { file: [sound] } };

describe("a form", () => {
  it("travels with the deployment's model, numbers and lists as OpenAI writes them, and nothing of the gateway's", async () => {
    transport.script({ json: { text: "Hello." } });
    await ask({ ...transcription, body: { temperature: 0.2, timestamp_granularities: ["word", "segment"], metadata: { a: 1 } } });
    const form = await formOf(transport.sent[0]);
    expect(transport.sent[0]).toMatchObject({ path: "/v1/audio/transcriptions" });
    expect(transport.sent[0]?.headers["content-type"]).toMatch(/^multipart\/form-data; boundary=/);
    expect(form).toContain('name="model"\r\n\r\nwhisper-1\r\n');
    expect(form).toContain('name="temperature"\r\n\r\n0.2\r\n');
    expect(form).toContain('name="timestamp_granularities[]"\r\n\r\nword\r\n');
    expect(form).toContain('name="timestamp_granularities[]"\r\n\r\nsegment\r\n');
    expect(form).toContain('name="file"; filename="hello.mp3"\r\ncontent-type: audio/mpeg\r\n\r\nRIFFxxxx\r\n');
    expect(form).not.toContain("metadata");
  });

  it("is written anew at each try", async () => {
    transport.script({ status: 500, json: { error: { message: "Crashed." } } }, { json: { text: "Hello." } });
    const { done } = begin({ ...transcription, retries: 1 });
    await clock.advance(10_000);
    await done;
    const [first, second] = transport.sent;
    expect((await formOf(second)).length).toBe((await formOf(first)).length);
  });

  it("names one image `image` and several `image[]`", async () => {
    const edit = { client: openaiImageEditsClient, model: "openai/gpt-image-1", body: { prompt: "Blue" } };
    transport.script({ json: { data: [] } }, { json: { data: [] } });
    await ask({ ...edit, files: { image: [picture] } });
    await ask({ ...edit, files: { image: [picture, picture] } });
    expect(await formOf(transport.sent[0])).toContain('name="image"; filename');
    expect((await formOf(transport.sent[1])).match(/name="image\[\]"; filename/g)).toHaveLength(2);
  });

  it("stays JSON where it came as JSON and the provider takes that", async () => {
    transport.script({ json: { data: [] } });
    const images = [{ image_url: "https://img.example/1.png" }];
    await ask({ client: openaiImageEditsClient, model: "openai/gpt-image-1", body: { prompt: "Blue", images } });
    expect(transport.sent[0]?.json).toEqual({ model: "gpt-image-1", prompt: "Blue", images });
  });

  it("becomes a form elsewhere, and images by address are refused with what to do", async () => {
    const edit = { client: openaiImageEditsClient, model: "custom_openai/m" };
    transport.script({ json: { data: [] } });
    await ask({ ...edit, body: { prompt: "Blue", image: "data:image/png;base64,cGljdHVyZQ==" } });
    expect(await formOf(transport.sent[0])).toContain("content-type: image/png\r\n\r\npicture\r\n");
    const far = ask({ ...edit, body: { prompt: "Blue", image: "https://img.example/1.png" } });
    await expect(far).rejects.toMatchObject({ kind: "bad_request", message: expect.stringContaining("data: URL") });
  });
});

describe("a transcription", () => {
  it.each(["text", "srt", "vtt"])("as %s comes back as text", async (response_format) => {
    transport.script({ text: "WEBVTT\n", headers: { "content-type": "text/plain" } });
    const answer = await ask({ ...transcription, body: { response_format } });
    expect(answer).toMatchObject({
      kind: "json",
      outbound: { body: "WEBVTT\n", headers: { "content-type": "text/plain; charset=utf-8" } },
    });
  });

  it("is text, too, where a server answers with JSON all the same", async () => {
    transport.script({ json: { text: "Hello." } });
    expect(await ask({ ...transcription, body: { response_format: "text" } })).toMatchObject({ outbound: { body: "Hello." } });
  });

  it("is measured where the provider tells neither seconds nor tokens", async () => {
    transport.script({ json: { text: "Hello." } }, { json: { text: "Hello.", usage: { type: "duration", seconds: 7 } } });
    expect(await ask(transcription)).toMatchObject({ usage: { units: { seconds: expect.any(Number) }, estimated: true } });
    expect((await ask(transcription)) as object).toMatchObject({ usage: { units: { seconds: 7 } } });
  });

  it("streams as it comes, and its last event tells what it used", async () => {
    const delta = { type: "transcript.text.delta", delta: "Hel" };
    const usage = { type: "tokens", input_tokens: 14, output_tokens: 5, input_token_details: { audio_tokens: 10, text_tokens: 4 } };
    transport.script({ sse: [delta, { type: "transcript.text.done", text: "Hello.", usage }] });
    const answer = await ask({ ...transcription, model: "openai/gpt-4o-transcribe", body: { stream: true } });
    if (answer.kind !== "stream") throw new Error("A stream was expected.");
    let text = "";
    const write = (more: string): boolean => {
      text += more;
      return true;
    };
    const end = await new Promise<{ usage?: object }>((resolve) => {
      answer.relay.attach({ write, end: write }, (ending, finish) => {
        finish();
        resolve(ending);
      });
    });
    expect(text).toContain('"delta":"Hel"');
    expect(end.usage).toEqual({ inputTokens: 14, outputTokens: 5, audioInTokens: 10 });
  });
});

describe("speech", () => {
  const speech = { client: openaiSpeechClient, model: "openai/tts-1", body: { input: "Hé!", voice: "alloy" } };

  async function poured(answer: Answer): Promise<{ bytes: string; end: { usage?: object; error?: GatewayError }; whole: boolean }> {
    if (answer.kind !== "bytes") throw new Error("Bytes were expected.");
    let bytes = "";
    let whole = false;
    const out = {
      bytes(part: Buffer) {
        bytes += part.toString("latin1");
        return true;
      },
      end() {
        whole = true;
      },
      breakOff() {},
    };
    const end = await new Promise<{ usage?: object; error?: GatewayError }>((resolve) => {
      answer.relay.attach(out, (ending, finish) => {
        finish();
        resolve(ending);
      });
    });
    return { bytes, end, whole };
  }

  it("pours with its media type, and is counted by what was said", async () => {
    transport.script({ pieces: ["ID3", Buffer.from([0xff, 0xfb])], headers: { "content-type": "audio/mpeg" } });
    const answer = await ask(speech);
    expect(answer).toMatchObject({ kind: "bytes", contentType: "audio/mpeg" });
    const { bytes, end, whole } = await poured(answer);
    expect([bytes, whole, end.usage]).toEqual(["ID3\xff\xfb", true, { units: { characters: 3 } }]);
  });

  it("is measured where its model is paid by the second", async () => {
    transport.script({ pieces: [Buffer.alloc(160_000)], headers: { "content-type": "audio/mpeg" } });
    const { end } = await poured(await ask({ ...speech, model: "openai/gpt-4o-mini-tts" }));
    expect(end.usage).toEqual({ units: { characters: 3, seconds: 10 }, estimated: true });
  });

  it("that breaks off is broken off for the client, too", async () => {
    const breaks = new GatewayError("connection", "reset");
    transport.script({ pieces: ["ID3"], breaks, headers: { "content-type": "audio/mpeg" } });
    const { end, whole } = await poured(await ask(speech));
    expect([end.error?.kind, whole]).toEqual(["connection", false]);
  });

  it("that breaks off before its first byte may be tried again", async () => {
    transport.script(
      { pieces: [], breaks: new GatewayError("connection", "reset"), headers: { "content-type": "audio/mpeg" } },
      { pieces: ["ID3"], headers: { "content-type": "audio/mpeg" } },
    );
    const { done } = begin({ ...speech, retries: 1 });
    await clock.advance(10_000);
    expect((await poured((await done).answer)).bytes).toBe("ID3");
  });

  it("is ended when its client leaves", async () => {
    transport.script({ pieces: ["ID3", "more"], headers: { "content-type": "audio/mpeg" } });
    const { call, done } = begin(speech);
    const { answer } = await done;
    call.cancel.abort(new GatewayError("client_gone", "The client left."));
    expect((await poured(answer)).end.error?.kind).toBe("client_gone");
    expect(transport.sent[0]?.cancel.aborted).toBe(true);
  });

  it("with JSON in its place is what the JSON says", async () => {
    transport.script({ json: { error: { message: "No such voice.", code: 400 } } }, { json: {} });
    await expect(ask(speech)).rejects.toMatchObject({ kind: "bad_request", message: "No such voice." });
    await expect(ask(speech)).rejects.toMatchObject({ kind: "bad_reply" });
  });

  it("comes as events where that was asked for and the server knows them", async () => {
    const done = { type: "speech.audio.done", usage: { input_tokens: 14, output_tokens: 101 } };
    transport.script(
      { sse: [{ type: "speech.audio.delta", audio: "aGk=" }, done] },
      { pieces: ["ID3"], headers: { "content-type": "audio/mpeg" } },
    );
    const asking = { ...speech, body: { ...speech.body, stream_format: "sse" } };
    expect((await ask(asking)).kind).toBe("stream");
    expect((await ask(asking)).kind).toBe("bytes");
  });
});

describe("images", () => {
  const making = { client: openaiImagesClient, body: { prompt: "A boat", size: "1024x1792", quality: "hd" } };

  it("are priced by their size and quality", async () => {
    transport.script({ json: { created: 1, data: [{ url: "a" }, { url: "b" }] } });
    const { done } = begin({ ...making, model: "azure/dall-e-3" });
    const { answer, deployment } = await done;
    if (answer.kind !== "json" || !answer.usage) throw new Error("Usage was expected.");
    expect(answer.usage).toEqual({ units: { images: 2 }, imageKind: { size: "1024x1792", quality: "hd" } });
    expect(house.cost(answer.usage, deployment, 0)).toBeCloseTo(2 * 7.19343e-8 * 1024 * 1792 * 1e9, -3);
  });

  it("are refused as a stream where events cannot pass, before anything is sent", async () => {
    const asking = ask({ ...making, model: "gemini/imagen-4.0-generate-001", body: { ...making.body, stream: true } });
    await expect(asking).rejects.toMatchObject({ status: expect.any(Number) });
    expect(transport.sent).toEqual([]);
  });

  it("go on as they are where the dialect is the same: unknown members travel", async () => {
    transport.script({ json: { created: 1, data: [{ url: "a" }] } });
    await ask({ ...making, model: "custom_openai/painter", body: { prompt: "A boat", seed: 7 } });
    expect(transport.sent[0]?.json).toEqual({ model: "painter", prompt: "A boat", seed: 7 });
  });
});

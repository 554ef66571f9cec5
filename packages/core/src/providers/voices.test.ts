/** Whole calls to providers that speak and listen. */

import { beforeEach, describe, expect, it } from "vitest";
import { answered, providerCalls } from "../../../testkit/src/suites/ask-provider.ts";
import { fileOf } from "../hub/file-part.ts";

let calls: ReturnType<typeof providerCalls>;
beforeEach(() => {
  calls = providerCalls();
});

const sound = fileOf(Buffer.from("SOUND"), "a.mp3", "audio/mpeg");

describe("Deepgram", () => {
  const heard = { json: { metadata: { duration: 2 }, results: { channels: [{ alternatives: [{ transcript: "Hi.", words: [] }] }] } } };

  it("gets the file alone, and the rest as a query", async () => {
    const body = { language: "de", diarize: "true", keywords: ["a", "b"], response_format: "json" };
    const { answer } = await calls.ask("transcribe", { model: "deepgram/nova-3", body, files: { file: sound } }, heard);
    expect(calls.steps()).toEqual(["POST https://api.deepgram.com/v1/listen?model=nova-3&language=de&diarize=true&keywords=a&keywords=b"]);
    expect(await calls.bodyOf(0)).toBe("SOUND");
    expect(calls.sent[0]?.headers).toMatchObject({ "content-type": "audio/mpeg", authorization: "Token sk-1" });
    expect(answer.kind === "json" && answer.usage).toEqual({ units: { seconds: 2 } });
  });

  it("writes subtitles of its words", async () => {
    const words = [{ word: "hi", punctuated_word: "Hi.", start: 0, end: 0.5 }];
    const results = { channels: [{ alternatives: [{ transcript: "Hi.", words }] }] };
    const { answer } = await calls.ask(
      "transcribe",
      { model: "deepgram/nova-3", body: { response_format: "srt" }, files: { file: sound } },
      { json: { metadata: { duration: 1 }, results } },
    );
    expect(answer.kind === "json" && String(answer.outbound.body)).toBe("1\n00:00:00,000 --> 00:00:00,500\nHi.\n\n");
  });

  it.each([
    [{ voice: "alloy", response_format: "wav" }, "aura-2", "model=aura-2-thalia-en&encoding=linear16&container=wav"],
    [{ voice: "Draco" }, "aura-2", "model=aura-2-draco-en"],
    [{ voice: "aura-2-zeus-en", speed: 1.2 }, "aura-2", "model=aura-2-zeus-en&speed=1.2"],
    [{ voice: "alloy", sample_rate: 8000 }, "aura-asteria-en", "model=aura-asteria-en&sample_rate=8000"],
  ])("speaks %j with %s", async (body, model, query) => {
    const reply = { text: "ID3", headers: { "content-type": "audio/mpeg" } };
    await calls.ask("speak", { model: `deepgram/${model}`, body: { input: "Hello", ...body } }, reply);
    expect(calls.steps()).toEqual([`POST https://api.deepgram.com/v1/speak?${query}`]);
  });

  it("tells its errors in its words", async () => {
    const refused = calls.ask(
      "transcribe",
      { model: "deepgram/nova-3", files: { file: sound } },
      { status: 401, json: { err_code: "INVALID_AUTH", err_msg: "Invalid credentials.", request_id: "r" } },
    );
    await expect(refused).rejects.toMatchObject({ kind: "upstream_auth", message: "Invalid credentials.", code: "INVALID_AUTH" });
  });
});

describe("ElevenLabs", () => {
  it("has voice and format in its address", async () => {
    const body = { input: "Hello", voice: "my voice", response_format: "opus", enable_logging: false };
    await calls.ask("speak", { model: "elevenlabs/eleven_v3", body }, { text: "x", headers: { "content-type": "audio/ogg" } });
    expect(calls.steps()).toEqual([
      "POST https://api.elevenlabs.io/v1/text-to-speech/my%20voice?output_format=opus_48000_128&enable_logging=false",
    ]);
    expect(calls.sent[0]?.headers["xi-api-key"]).toBe("sk-1");
  });

  it("answers with times as JSON", async () => {
    const told = { audio_base64: "aGk=", alignment: { characters: ["H"] } };
    const { answer } = await calls.ask(
      "speak",
      { model: "elevenlabs/eleven_v3", body: { input: "H", with_timestamps: true } },
      { json: told },
    );
    expect(calls.steps()[0]).toContain("/21m00Tcm4TlvDq8ikWAM/with-timestamps");
    expect(answer.kind === "json" && JSON.parse(String(answer.outbound.body))).toEqual(told);
  });

  it("refuses a format that it does not make", async () => {
    const asked = calls.ask("speak", { model: "elevenlabs/eleven_v3", body: { input: "Hello", response_format: "aac" } });
    await expect(asked).rejects.toMatchObject({ kind: "unsupported_params" });
  });

  it("tells its errors in its words", async () => {
    const detail = { status: "quota_exceeded", message: "No credits left." };
    const refused = calls.ask("speak", { model: "elevenlabs/eleven_v3", body: { input: "H" } }, { status: 401, json: { detail } });
    await expect(refused).rejects.toMatchObject({ message: "No credits left.", code: "quota_exceeded" });
  });
});

describe("Azure Speech", () => {
  it.each([
    [
      "azure/speech/azure-tts",
      "https://eastus.api.cognitive.microsoft.com",
      "https://eastus.tts.speech.microsoft.com/cognitiveservices/v1",
    ],
    [
      "azure/speech/azure-tts",
      "https://mine.cognitiveservices.azure.com/",
      "https://mine.cognitiveservices.azure.com/tts/cognitiveservices/v1",
    ],
    [
      "azure_speech/azure-tts",
      "https://eastus.tts.speech.microsoft.com/cognitiveservices/v1",
      "https://eastus.tts.speech.microsoft.com/cognitiveservices/v1",
    ],
  ])("%s at %s is asked at %s", async (model, api_base, where) => {
    const body = { input: "It's <b>", voice: "en-GB-RyanNeural", speed: 0.9, style: "cheerful" };
    await calls.ask("speak", { model, body, settings: { api_base } }, { text: "x", headers: { "content-type": "audio/mpeg" } });
    expect(calls.steps()).toEqual([`POST ${where}`]);
    const ssml = await calls.bodyOf(0);
    expect(ssml).toContain(
      "xml:lang='en-GB'><voice name='en-GB-RyanNeural'><mstts:express-as style='cheerful'><prosody rate='-10%'>It&apos;s &lt;b&gt;</prosody>",
    );
    expect(calls.sent[0]?.headers).toMatchObject({
      "ocp-apim-subscription-key": "sk-1",
      "x-microsoft-outputformat": "audio-24khz-48kbitrate-mono-mp3",
    });
    expect(calls.sent[0]?.headers["api-key"]).toBeUndefined();
  });

  it("listens at another host", async () => {
    const api_base = "https://eastus.tts.speech.microsoft.com";
    const told = { durationMilliseconds: 1000, combinedPhrases: [{ text: "Hi." }], phrases: [] };
    const answer = calls.ask(
      "transcribe",
      { model: "azure/speech/azure-stt", files: { file: sound }, settings: { api_base } },
      { json: told },
    );
    expect(await answered(answer)).toMatchObject({ text: "Hi.", duration: 1 });
    expect(calls.steps()).toEqual([
      "POST https://eastus.api.cognitive.microsoft.com/speechtotext/transcriptions:transcribe?api-version=2024-11-15",
    ]);
  });

  it("refuses a format that it does not make", async () => {
    const settings = { api_base: "https://eastus.tts.speech.microsoft.com" };
    const asked = calls.ask("speak", { model: "azure/speech/azure-tts", body: { input: "Hi", response_format: "aac" }, settings });
    await expect(asked).rejects.toMatchObject({ kind: "unsupported_params" });
  });
});

describe("MiniMax", () => {
  const asking = { model: "minimax/speech-2.6-hd", body: { input: "Hello", voice: "alloy" } };

  it("speaks in JSON, which becomes sound", async () => {
    const reply = { json: { data: { audio: "494433" }, base_resp: { status_code: 0 }, extra_info: { usage_characters: 7 } } };
    const { answer } = await calls.ask("speak", asking, reply);
    expect(calls.steps()).toEqual(["POST https://api.minimax.io/v1/t2a_v2"]);
    if (answer.kind !== "json") throw new Error("The sound was not read.");
    expect(answer.outbound.headers).toEqual({ "content-type": "audio/mpeg" });
    expect(String(answer.outbound.body)).toBe("ID3");
    expect(answer.usage).toEqual({ units: { characters: 7 } });
  });

  it.each([
    [1004, "upstream_auth"],
    [1039, "rate_limit"],
    [1026, "content_policy"],
    [2013, "bad_request"],
  ])("tells by the code %i that it is %s", async (status_code, kind) => {
    const refused = calls.ask("speak", asking, { json: { base_resp: { status_code, status_msg: "No." } } });
    await expect(refused).rejects.toMatchObject({ kind, message: "No." });
  });
});

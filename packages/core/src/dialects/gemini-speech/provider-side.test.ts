import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { geminiTranscribe, geminiTranslate } from "../gemini-transcribe/provider-side.ts";
import { googleSpeech } from "../google-speech/provider-side.ts";
import { geminiSpeech } from "./provider-side.ts";

const samples = Buffer.from([1, 0, 2, 0]);
const context = (asked: object, more: object = {}) =>
  ({
    asked: { model: "public", input: "Hi", ...asked },
    model: "m",
    settings: { model: "m" },
    dropParams: false,
    newId: () => "id",
    ...more,
  }) as never;
const spoken = (mimeType: string) => ({
  status: 200,
  headers: {},
  body: {
    candidates: [{ content: { parts: [{ inlineData: { mimeType, data: samples.toString("base64") } }] }, finishReason: "STOP" }],
    usageMetadata: {
      promptTokenCount: 3,
      candidatesTokenCount: 50,
      totalTokenCount: 53,
      candidatesTokensDetails: [{ modality: "AUDIO", tokenCount: 50 }],
    },
  },
});

// Source: ai.google.dev/gemini-api/docs/speech-generation.
describe("Gemini's speech", () => {
  it("comes as a WAV file of its samples", () => {
    const { mediaType, audio } = geminiSpeech.response(spoken("audio/L16;codec=pcm;rate=16000"), context({}));
    expect(mediaType).toBe("audio/wav");
    expect(audio.toString("latin1", 0, 4)).toBe("RIFF");
    expect(audio.readUInt32LE(4)).toBe(36 + samples.length);
    expect([
      audio.readUInt16LE(20),
      audio.readUInt16LE(22),
      audio.readUInt32LE(24),
      audio.readUInt32LE(28),
      audio.readUInt16LE(34),
    ]).toEqual([1, 1, 16_000, 32_000, 16]);
    expect(audio.readUInt32LE(40)).toBe(samples.length);
    expect(audio.subarray(44)).toEqual(samples);
  });

  it("comes bare where that is wanted, and as it is where it is no plain sound", () => {
    expect(geminiSpeech.response(spoken("audio/L16;rate=24000"), context({ response_format: "pcm" }))).toEqual({
      mediaType: "audio/pcm",
      audio: samples,
    });
    expect(geminiSpeech.response(spoken("audio/mp3"), context({}))).toEqual({ mediaType: "audio/mp3", audio: samples });
  });

  it("is refused in other formats, unless parameters may be dropped", () => {
    expect(() => geminiSpeech.request(context({ response_format: "mp3" }))).toThrow(/wav and pcm, not mp3/);
    expect(geminiSpeech.request(context({ response_format: "mp3" }, { dropParams: true }))).toBeTruthy();
  });

  it("is counted in tokens and characters", () => {
    expect(geminiSpeech.usage(spoken("audio/L16"), { model: "m", input: "Hi" })).toMatchObject({
      inputTokens: 3,
      audioOutTokens: 50,
      units: { characters: 2 },
    });
  });

  it("is missed with the reason", () => {
    const reply = (body: object) => () => geminiSpeech.response({ status: 200, headers: {}, body }, context({}));
    expect(reply({ candidates: [{ finishReason: "SAFETY" }] })).toThrow(/SAFETY/);
    expect(reply({ candidates: [{ finishReason: "OTHER" }] })).toThrow(/speaking model/);
  });
});

// Source: docs.cloud.google.com/text-to-speech/docs/reference/rest/v1/text/synthesize.
describe("Google Cloud's voices", () => {
  it("come as bytes of the type that was asked for", () => {
    const body = { audioContent: samples.toString("base64") };
    expect(googleSpeech.response({ status: 200, headers: {}, body }, context({ response_format: "opus" }))).toEqual({
      mediaType: "audio/ogg",
      audio: samples,
    });
    expect(googleSpeech.response({ status: 200, headers: {}, body }, context({}))).toMatchObject({ mediaType: "audio/mpeg" });
    expect(() => googleSpeech.response({ status: 200, headers: {}, body: {} }, context({}))).toThrow(/no sound/);
  });
  it("refuse flac, and count characters", () => {
    expect(() => googleSpeech.request(context({ response_format: "flac" }))).toThrow(/not flac/);
    expect(googleSpeech.usage({ status: 200, headers: {}, body: {} }, { model: "m", input: "Hello" })).toEqual({
      units: { characters: 5 },
    });
  });
});

// Source: ai.google.dev/gemini-api/docs/audio.
describe("Gemini writing down speech", () => {
  const file = {
    filename: "talk.mp3",
    mediaType: "application/octet-stream",
    size: 1,
    bytes: async () => samples,
    open: () => Readable.from([]),
  };
  const files = new Map([[file, "c291bmQ="]]);

  it("is sent the recording with what is known about it", () => {
    const asked = { file, language: "de", prompt: "A talk on rivers.", temperature: 0 };
    expect(geminiTranscribe.reads?.({ model: "m", file })).toEqual([file]);
    const wire = geminiTranscribe.request(context(asked, { files })) as { contents: { parts: object[] }[]; generationConfig: object };
    expect(wire.contents[0]?.parts[0]).toEqual({ text: expect.stringMatching(/word for word.*"de".*A talk on rivers\./) });
    expect(wire.contents[0]?.parts[1]).toEqual({ inlineData: { mimeType: "audio/mp3", data: "c291bmQ=" } });
    expect(wire.generationConfig).toEqual({ temperature: 0 });
    expect(JSON.stringify(geminiTranslate.request(context({ file }, { files })))).toContain("into English");
  });

  it("answers with the text", () => {
    const body = { candidates: [{ content: { parts: [{ thought: true, text: "Hm" }, { text: "Hello. \n" }] } }] };
    expect(geminiTranscribe.response({ status: 200, headers: {}, body }, context({}))).toEqual({ text: "Hello." });
    const blocked = { promptFeedback: { blockReason: "SAFETY" } };
    expect(() => geminiTranscribe.response({ status: 200, headers: {}, body: blocked }, context({}))).toThrow(/SAFETY/);
  });

  it("knows no subtitles", () => {
    expect(() => geminiTranscribe.request(context({ file, response_format: "srt" }, { files }))).toThrow(/json and text, not srt/);
  });
});

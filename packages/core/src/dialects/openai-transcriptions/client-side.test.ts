/** Which field of a transcription is missing or wrong, and how its text is written. */

import { describe, expect, it } from "vitest";
import { fileOf } from "../../hub/file-part.ts";
import { Body } from "../../transport/body.ts";
import type { Inbound } from "../dialect.ts";
import { openaiTranscriptionsClient, openaiTranslationsClient } from "./client-side.ts";

const sound = fileOf(Buffer.from("x"), "a.wav", "audio/wav");
const at = (body: object, files: Record<string, (typeof sound)[]> = { file: [sound] }): Inbound => ({
  headers: {},
  params: {},
  query: {},
  body: Body.of({ ...body }),
  files: new Map(Object.entries(files)),
});

it.each([
  ["model", {}, { file: [sound] }, "Missing"],
  ["file", { model: "m" }, {}, "Missing"],
  ["file", { model: "m", file: "a.wav" }, {}, "filename"],
  ["file", { model: "m" }, { audio: [sound] }, "'audio'"],
  ["file", { model: "m" }, { file: [sound, sound] }, "one file"],
])("names '%s' when it is missing or wrong: %j", (param, body, files, words) => {
  expect(() => openaiTranscriptionsClient.ask(at(body, files))).toThrow(
    expect.objectContaining({ kind: "bad_request", message: expect.stringContaining(words), detail: expect.objectContaining({ param }) }),
  );
});

it("streams a transcription, never a translation", () => {
  expect(openaiTranscriptionsClient.ask(at({ model: "m", stream: true })).stream).toBe(true);
  expect(openaiTranslationsClient.ask(at({ model: "m", stream: true })).stream).toBe(false);
});

describe("the answer", () => {
  const segments = [
    { start: 0, end: 1.5, text: " Hello." },
    { start: 3661.25, end: 3662, text: "Bye." },
  ];
  const answer = (response_format: string, hub: object) =>
    openaiTranscriptionsClient.response({ text: "Hello. Bye.", ...hub }, at({ model: "m", response_format }));

  it("is JSON unless text was asked for", () => {
    expect(JSON.parse(String(answer("verbose_json", { duration: 2 }).body))).toEqual({ text: "Hello. Bye.", duration: 2 });
    expect(answer("text", {})).toMatchObject({ body: "Hello. Bye.", headers: { "content-type": "text/plain; charset=utf-8" } });
  });

  it("becomes subtitles where a provider only knows segments", () => {
    const srt = "1\n00:00:00,000 --> 00:00:01,500\nHello.\n\n2\n01:01:01,250 --> 01:01:02,000\nBye.\n\n";
    expect(answer("srt", { segments }).body).toBe(srt);
    expect(answer("vtt", { segments }).body).toBe(
      "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nHello.\n\n01:01:01.250 --> 01:01:02.000\nBye.\n\n",
    );
  });

  it("leaves subtitles as they came", () => {
    expect(answer("srt", { text: "1\n00:00:00,000 --> 00:00:01,000\nHi\n", segments }).body).toBe("1\n00:00:00,000 --> 00:00:01,000\nHi\n");
    expect(answer("vtt", {}).body).toBe("Hello. Bye.");
  });
});

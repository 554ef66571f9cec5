/** Whole calls to providers whose transcripts are tasks, and to rerankers with wires of their own. */

import { beforeEach, describe, expect, it } from "vitest";
import { answered, providerCalls } from "../../../testkit/src/suites/ask-provider.ts";
import { fileOf } from "../hub/file-part.ts";

let calls: ReturnType<typeof providerCalls>;
beforeEach(() => {
  calls = providerCalls();
});

const sound = fileOf(Buffer.from("SOUND"), "a.mp3", "audio/mpeg");

describe("AssemblyAI", () => {
  const asking = { model: "assemblyai/best", body: { speaker_labels: "true" }, files: { file: sound } };

  it("uploads, makes a transcript, and waits for it", async () => {
    const answer = calls.ask(
      "transcribe",
      asking,
      { json: { upload_url: "https://cdn.assemblyai.com/upload/1" } },
      { json: { id: "t1", status: "queued" } },
      { json: { id: "t1", status: "processing" } },
      { json: { id: "t1", status: "completed", text: "Hi.", words: [], audio_duration: 4 } },
    );
    expect(await answered(answer)).toMatchObject({ text: "Hi.", duration: 4 });
    const base = "https://api.assemblyai.com/v2";
    expect(calls.steps()).toEqual([`POST ${base}/upload`, `POST ${base}/transcript`, ...Array(2).fill(`GET ${base}/transcript/t1`)]);
    expect(await calls.bodyOf(0)).toBe("SOUND");
    expect(calls.sent.map(({ headers }) => headers["authorization"])).toEqual(Array(4).fill("sk-1"));
    expect(calls.sent[1]?.json).toEqual({
      audio_url: "https://cdn.assemblyai.com/upload/1",
      speech_models: ["universal-3-pro", "universal-2"],
      language_detection: true,
      speaker_labels: true,
    });
  });

  it("tells why a file could not be written down", async () => {
    const failed = calls.ask(
      "transcribe",
      asking,
      { json: { upload_url: "u" } },
      { json: { id: "t1" } },
      { json: { status: "error", error: "No speech." } },
    );
    await expect(failed).rejects.toMatchObject({ kind: "unprocessable", message: "No speech." });
  });
});

describe("Soniox", () => {
  const asking = { model: "soniox/stt-async-v5", body: { language: "de" }, files: { file: sound } };
  const base = "https://api.soniox.com/v1";

  it("uploads, transcribes, reads, and leaves nothing behind", async () => {
    const answer = calls.ask(
      "transcribe",
      asking,
      { json: { id: "f1" } },
      { status: 201, json: { id: "t1", status: "queued" } },
      { json: { id: "t1", status: "processing" } },
      { json: { id: "t1", status: "completed", audio_duration_ms: 1500 } },
      { json: { id: "t1", text: "Hallo", tokens: [{ text: "Hallo", start_ms: 0, end_ms: 900, language: "de" }] } },
      { status: 204 },
      { status: 204 },
    );
    expect(await answered(answer)).toMatchObject({ text: "Hallo", language: "de", duration: 1.5 });
    expect(calls.steps()).toEqual([
      `POST ${base}/files`,
      `POST ${base}/transcriptions`,
      ...Array(2).fill(`GET ${base}/transcriptions/t1`),
      `GET ${base}/transcriptions/t1/transcript`,
      `DELETE ${base}/transcriptions/t1`,
      `DELETE ${base}/files/f1`,
    ]);
    expect(calls.sent[1]?.json).toEqual({ model: "stt-async-v5", file_id: "f1", language_hints: ["de"] });
  });

  it("deletes the file of a transcription that failed, and tells why", async () => {
    const failed = calls.ask(
      "transcribe",
      asking,
      { json: { id: "f1" } },
      { json: { id: "t1", status: "queued" } },
      { json: { id: "t1", status: "error", error_message: "Broken file." } },
      { status: 500 },
      { status: 204 },
    );
    await expect(failed).rejects.toMatchObject({ kind: "unprocessable", message: "Broken file." });
    expect(calls.steps().at(-1)).toBe(`DELETE ${base}/files/f1`);
  });
});

describe("rerankers with wires of their own", () => {
  const body = { query: "a", documents: ["b", "c"] };
  const rankings = { rankings: [{ index: 1, logit: 2 }] };

  it.each([
    ["deepinfra/Qwen/Qwen3-Reranker-8B", {}, "https://api.deepinfra.com/v1/inference/Qwen/Qwen3-Reranker-8B"],
    [
      "deepinfra/Qwen/Qwen3-Reranker-8B",
      { api_base: "https://di.example/v1/openai" },
      "https://di.example/v1/inference/Qwen/Qwen3-Reranker-8B",
    ],
    [
      "nvidia_nim/nvidia/nv-rerankqa-mistral-4b-v3",
      {},
      "https://ai.api.nvidia.com/v1/retrieval/nvidia/nv-rerankqa-mistral-4b-v3/reranking",
    ],
    [
      "nvidia_nim/ranking/nvidia/llama-3.2-nv-rerankqa-1b-v2",
      { api_base: "http://nim.example:8000" },
      "http://nim.example:8000/v1/ranking",
    ],
  ])("%s with %j is asked at %s", async (model, settings, where) => {
    const answer = calls.ask("rerank", { model, body, settings }, { json: { scores: [0.1, 0.2], ...rankings } });
    expect(await answered(answer)).toMatchObject({ results: [{ index: 1 }, ...(model.startsWith("deepinfra") ? [{ index: 0 }] : [])] });
    expect(calls.steps()).toEqual([`POST ${where}`]);
  });
});

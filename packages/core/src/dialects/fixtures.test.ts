/** Plays the fixtures of all dialects: a case is added by adding files. */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import {
  type AnyClientSide,
  type AnyProviderSide,
  bytesOf,
  expectedOf,
  type Fixture,
  type FixtureSides,
  type FixtureTools,
  fixturesIn,
  playEarlyEnds,
  playFixture,
  sourceOf,
} from "@tollgate/testkit/fixtures";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Body } from "../transport/body.ts";
import { splitters } from "../transport/splitters.ts";
import type { DialectName } from "./dialect.ts";

interface Row {
  readonly provider?: () => Promise<AnyProviderSide>;
  readonly client?: () => Promise<AnyClientSide>;
}

const rows: { readonly [Name in DialectName]?: Row } = {
  "openai-chat": {
    provider: async () => (await import("./openai-chat/provider-side.ts")).openaiChat,
    client: async () => (await import("./openai-chat/client-side.ts")).openaiChatClient,
  },
  "openai-completions": {
    provider: async () => (await import("./openai-completions/provider-side.ts")).openaiCompletions,
    client: async () => (await import("./openai-completions/client-side.ts")).openaiCompletionsClient,
  },
  "openai-embeddings": {
    provider: async () => (await import("./openai-embeddings/provider-side.ts")).openaiEmbeddings,
    client: async () => (await import("./openai-embeddings/client-side.ts")).openaiEmbeddingsClient,
  },
  "anthropic-messages": { provider: async () => (await import("./anthropic-messages/provider-side.ts")).anthropicMessages },
  gemini: { provider: async () => (await import("./gemini/provider-side.ts")).gemini },
  "gemini-embed": { provider: async () => (await import("./gemini-embed/provider-side.ts")).geminiEmbed },
  "gemini-image": { provider: async () => (await import("./gemini-image/provider-side.ts")).geminiImage },
  "gemini-speech": { provider: async () => (await import("./gemini-speech/provider-side.ts")).geminiSpeech },
  imagen: { provider: async () => (await import("./imagen/provider-side.ts")).imagen },
  "vertex-embed": { provider: async () => (await import("./vertex-embed/provider-side.ts")).vertexEmbed },
  "vertex-multimodal-embed": { provider: async () => (await import("./vertex-multimodal-embed/provider-side.ts")).vertexMultimodalEmbed },
  "vertex-rank": { provider: async () => (await import("./vertex-rank/provider-side.ts")).vertexRank },
  "vertex-chat-predict": { provider: async () => (await import("./vertex-chat-predict/provider-side.ts")).vertexChatPredict },
  "google-speech": { provider: async () => (await import("./google-speech/provider-side.ts")).googleSpeech },
  "aleph-alpha": { provider: async () => (await import("./aleph-alpha/provider-side.ts")).alephAlpha },
  "cohere-chat": { provider: async () => (await import("./cohere-chat/provider-side.ts")).cohereChat },
  "cohere-embed": { provider: async () => (await import("./cohere-embed/provider-side.ts")).cohereEmbed },
  "huggingface-embed": { provider: async () => (await import("./huggingface-embed/provider-side.ts")).huggingfaceEmbed },
  "nlp-cloud": { provider: async () => (await import("./nlp-cloud/provider-side.ts")).nlpCloud },
  "oci-cohere": { provider: async () => (await import("./oci-cohere/provider-side.ts")).ociCohere },
  "oci-embed": { provider: async () => (await import("./oci-embed/provider-side.ts")).ociEmbed },
  "oci-generic": { provider: async () => (await import("./oci-generic/provider-side.ts")).ociGeneric },
  "petals-generate": { provider: async () => (await import("./petals-generate/provider-side.ts")).petalsGenerate },
  "replicate-prediction": { provider: async () => (await import("./replicate-prediction/provider-side.ts")).replicateChat },
  "sap-embed": { provider: async () => (await import("./sap-embed/provider-side.ts")).sapEmbed },
  "sap-orchestration": { provider: async () => (await import("./sap-orchestration/provider-side.ts")).sapOrchestration },
  "snowflake-embed": { provider: async () => (await import("./snowflake-embed/provider-side.ts")).snowflakeEmbed },
  "tei-rerank": { provider: async () => (await import("./tei-rerank/provider-side.ts")).teiRerank },
  "tgi-generate": { provider: async () => (await import("./tgi-generate/provider-side.ts")).tgiGenerate },
  "triton-embed": { provider: async () => (await import("./triton-embed/provider-side.ts")).tritonEmbed },
  "triton-generate": { provider: async () => (await import("./triton-generate/provider-side.ts")).tritonGenerate },
  "triton-infer": { provider: async () => (await import("./triton-infer/provider-side.ts")).tritonInfer },
  "watsonx-embed": { provider: async () => (await import("./watsonx-embed/provider-side.ts")).watsonxEmbed },
  "watsonx-generate": { provider: async () => (await import("./watsonx-generate/provider-side.ts")).watsonxGenerate },
  "watsonx-rerank": { provider: async () => (await import("./watsonx-rerank/provider-side.ts")).watsonxRerank },
  "ollama-chat": { provider: async () => (await import("./ollama-chat/provider-side.ts")).ollamaChat },
  "ollama-generate": { provider: async () => (await import("./ollama-generate/provider-side.ts")).ollamaGenerate },
  "ollama-embed": { provider: async () => (await import("./ollama-embed/provider-side.ts")).ollamaEmbed },
  "bedrock-converse": { provider: async () => (await import("./bedrock-converse/provider-side.ts")).bedrockConverse },
  "bedrock-invoke": { provider: async () => (await import("./bedrock-invoke/provider-side.ts")).bedrockInvoke },
  "bedrock-embed": { provider: async () => (await import("./bedrock-embed/provider-side.ts")).bedrockEmbed },
  "bedrock-image": { provider: async () => (await import("./bedrock-image/provider-side.ts")).bedrockImage },
  "bedrock-rerank": { provider: async () => (await import("./bedrock-rerank/provider-side.ts")).bedrockRerank },
  "sagemaker-text": { provider: async () => (await import("./sagemaker-text/provider-side.ts")).sagemakerText },
  "sagemaker-embed": { provider: async () => (await import("./sagemaker-embed/provider-side.ts")).sagemakerEmbed },
  "cohere-rerank": {
    provider: async () => (await import("./cohere-rerank/provider-side.ts")).cohereRerank,
    client: async () => (await import("./cohere-rerank/client-side.ts")).cohereRerankClient,
  },
  "mistral-ocr": {
    provider: async () => (await import("./mistral-ocr/provider-side.ts")).mistralOcr,
    client: async () => (await import("./mistral-ocr/client-side.ts")).mistralOcrClient,
  },
  "openai-images": {
    provider: async () => (await import("./openai-images/provider-side.ts")).openaiImages,
    client: async () => (await import("./openai-images/client-side.ts")).openaiImageEditsClient,
  },
  "openai-moderations": {
    provider: async () => (await import("./openai-moderations/provider-side.ts")).openaiModerations,
    client: async () => (await import("./openai-moderations/client-side.ts")).openaiModerationsClient,
  },
  "openai-speech": {
    provider: async () => (await import("./openai-speech/provider-side.ts")).openaiSpeech,
    client: async () => (await import("./openai-speech/client-side.ts")).openaiSpeechClient,
  },
  "openai-transcriptions": {
    provider: async () => (await import("./openai-transcriptions/provider-side.ts")).openaiTranscriptions,
    client: async () => (await import("./openai-transcriptions/client-side.ts")).openaiTranscriptionsClient,
  },
  "stability-image": { provider: async () => (await import("./stability-image/provider-side.ts")).stabilityImage },
  "bfl-image": { provider: async () => (await import("./bfl-image/provider-side.ts")).bflImage },
  "fal-image": { provider: async () => (await import("./fal-image/provider-side.ts")).falImage },
  "runway-image": { provider: async () => (await import("./runway-image/provider-side.ts")).runwayImage },
  "runway-speech": { provider: async () => (await import("./runway-speech/provider-side.ts")).runwaySpeech },
  "topaz-image": { provider: async () => (await import("./topaz-image/provider-side.ts")).topazImage },
  "deepgram-listen": { provider: async () => (await import("./deepgram-listen/provider-side.ts")).deepgramListen },
  "deepgram-speak": { provider: async () => (await import("./deepgram-speak/provider-side.ts")).deepgramSpeak },
  "elevenlabs-speech": { provider: async () => (await import("./elevenlabs-speech/provider-side.ts")).elevenlabsSpeech },
  "elevenlabs-transcribe": { provider: async () => (await import("./elevenlabs-transcribe/provider-side.ts")).elevenlabsTranscribe },
  "assemblyai-transcript": { provider: async () => (await import("./assemblyai-transcript/provider-side.ts")).assemblyaiTranscript },
  "soniox-transcription": { provider: async () => (await import("./soniox-transcription/provider-side.ts")).sonioxTranscription },
  "azure-speech": { provider: async () => (await import("./azure-speech/provider-side.ts")).azureSpeech },
  "azure-transcribe": { provider: async () => (await import("./azure-transcribe/provider-side.ts")).azureTranscribe },
  "minimax-speech": { provider: async () => (await import("./minimax-speech/provider-side.ts")).minimaxSpeech },
  "openai-chat-image": { provider: async () => (await import("./openai-chat-image/provider-side.ts")).chatImage },
  "xai-images": { provider: async () => (await import("./xai-images/provider-side.ts")).xaiEdits },
  "deepinfra-rerank": { provider: async () => (await import("./deepinfra-rerank/provider-side.ts")).deepinfraRerank },
  "nvidia-rerank": { provider: async () => (await import("./nvidia-rerank/provider-side.ts")).nvidiaRerank },
  "aws-polly": { provider: async () => (await import("./aws-polly/provider-side.ts")).awsPolly },
};

/** Only the side that is played, so that a dialect may have one before the other. */
const sidesFor = async ({ client }: Fixture, { provider: loadProvider, client: loadClient }: Row): Promise<FixtureSides> =>
  client ? { client: await loadClient?.() } : { provider: await loadProvider?.() };

const tools: FixtureTools = { bodyOf: Body.of, splitters };
const here = import.meta.dirname;
const folders = readdirSync(here).filter((name) => {
  const folder = join(here, name, "fixtures");
  return existsSync(folder) && readdirSync(folder).length > 0;
});

it("has a row for every folder with fixtures", () => {
  expect(folders.filter((folder) => !Object.hasOwn(rows, folder))).toEqual([]);
});

describe.each(folders.filter((folder) => Object.hasOwn(rows, folder)) as DialectName[])("%s", (folder) => {
  const fixtures = fixturesIn(join(here, folder, "fixtures"));

  it.each(fixtures)("translates $name", async (fixture) => {
    const expected = expectedOf(fixture);
    expect(playFixture(fixture, await sidesFor(fixture, rows[folder] ?? {}), tools)).toEqual(expected);
  });

  it("names the documentation that its fixtures were made from", () => {
    expect(
      fixtures.filter((fixture) => !URL.canParse(sourceOf(fixture) ?? "") && !/^[\w.-]+\.\w+\//.test(sourceOf(fixture) ?? "")),
    ).toEqual([]);
  });

  const streams = fixtures.filter(({ kind, client }) => kind === "stream" && !client);
  it.each(streams)("reads $name however it is cut", async (fixture) => {
    const expected = expectedOf(fixture);
    const sides = await sidesFor(fixture, rows[folder] ?? {});
    const length = fixture.from ? bytesOf(fixture.from).length : 0;
    const cuts = fc.array(fc.nat({ max: length }), { maxLength: 12 });
    fc.assert(
      fc.property(cuts, (positions) => {
        expect(playFixture(fixture, sides, tools, positions)).toEqual(expected);
      }),
      { seed: 7, numRuns: 25 },
    );
    const everyByte = Array.from({ length }, (_, at) => at);
    expect(playFixture(fixture, sides, tools, everyByte)).toEqual(expected);
  });

  it.each(streams)("knows of $name that ends early", async (fixture) => {
    const ends = playEarlyEnds(fixture, await sidesFor(fixture, rows[folder] ?? {}), tools);
    expect(ends[0]).toMatchObject({ complete: false, chunks: [] });
    expect(ends.at(-1)).toMatchObject({ complete: true });
    // Whole is a stream that said why it ended, and no other.
    for (const { events, complete, chunks } of ends) expect([events, chunks.some(tellsFinish)]).toEqual([events, complete]);
  });
});

function tellsFinish(chunk: unknown): boolean {
  const { choices = [] } = chunk as { choices?: readonly { finish_reason?: unknown }[] };
  return choices.some(({ finish_reason }) => typeof finish_reason === "string");
}

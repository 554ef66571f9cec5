/** The contract of a provider for operations beside chat and embeddings, as far as it serves them in OpenAI's, Cohere's or Mistral's wire. */

import {
  Body,
  type BuiltHouse,
  beginCall,
  type ClientSide,
  cohereRerankClient,
  type Deployment,
  type DialectName,
  fileOf,
  laneOf,
  mistralOcrClient,
  type Operation,
  open,
  openaiImageEditsClient,
  openaiImagesClient,
  openaiImageVariationsClient,
  openaiModerationsClient,
  openaiSpeechClient,
  openaiTranscriptionsClient,
  openaiTranslationsClient,
} from "tollgate/parts";
import { expect, it } from "vitest";
import type { ScriptedReply, ScriptedTransport } from "../scripted-transport.ts";

interface Row {
  readonly client: unknown;
  readonly body: Readonly<Record<string, unknown>>;
  /** The name of a form's file. */
  readonly file?: string;
  /** By the dialect that answers; others have tests of their own. */
  readonly answers: Readonly<Partial<Record<DialectName, ScriptedReply>>>;
  /** What the client gets, at least; undefined for bytes. */
  readonly gets?: object;
}

const images = { json: { created: 1, data: [{ b64_json: "aGVsbG8=" }] } };
const heard = { json: { text: "Hello" } };
const ranked = [{ index: 0, relevance_score: 0.9 }];

const rows: { readonly [O in Operation]?: Row } = {
  rerank: {
    client: cohereRerankClient,
    body: { query: "a", documents: ["b"] },
    answers: { "cohere-rerank": { json: { id: "r", results: ranked } } },
    gets: { results: ranked },
  },
  image: { client: openaiImagesClient, body: { prompt: "a" }, answers: { "openai-images": images }, gets: images.json },
  editImage: {
    client: openaiImageEditsClient,
    body: { prompt: "a" },
    file: "image",
    answers: { "openai-images": images },
    gets: images.json,
  },
  varyImage: { client: openaiImageVariationsClient, body: {}, file: "image", answers: { "openai-images": images }, gets: images.json },
  speak: {
    client: openaiSpeechClient,
    body: { input: "Hello", voice: "v" },
    answers: { "openai-speech": { text: "ID3", headers: { "content-type": "audio/mpeg" } } },
  },
  transcribe: { client: openaiTranscriptionsClient, body: {}, file: "file", answers: { "openai-transcriptions": heard }, gets: heard.json },
  translate: { client: openaiTranslationsClient, body: {}, file: "file", answers: { "openai-transcriptions": heard }, gets: heard.json },
  moderate: {
    client: openaiModerationsClient,
    body: { input: "a" },
    answers: { "openai-moderations": { json: { id: "m", results: [{ flagged: false, categories: {} }] } } },
    gets: { model: "public", results: [{ flagged: false }] },
  },
  ocr: {
    client: mistralOcrClient,
    body: { document: { type: "image_url", image_url: "https://a.example/b.png" } },
    answers: { "mistral-ocr": { json: { pages: [{ index: 0, markdown: "Hello" }] } } },
    gets: { object: "ocr", model: "public", pages: [{ markdown: "Hello" }] },
  },
};

export interface Tried {
  readonly house: () => BuiltHouse;
  readonly transport: () => ScriptedTransport;
  readonly deployment: () => Deployment;
  readonly key: string;
}

/** Call it within a `describe` of the provider's name, with the operations that its service has sides for. */
export function otherOperationsSuite(operations: readonly string[], tried: Tried): void {
  for (const operation of operations) {
    const row = rows[operation as Operation];
    if (!row) continue;
    const client = row.client as ClientSide;

    it(`${operation} goes to its address with its key and its model, and the answer comes back`, async () => {
      const deployment = tried.deployment();
      const answer = row.answers[laneOf(deployment, client).side.dialect];
      if (!answer) return;
      const transport = tried.transport();
      transport.script(answer);
      const opened = await ask(client, row, tried.house());
      const [sent] = transport.sent;
      expect(sent?.origin).toBe(new URL(deployment.service.baseUrl).origin);
      if (deployment.credential().headers) expect(Object.values(sent?.headers ?? {}).join(" ")).toContain(tried.key);
      expect(decodeURIComponent(`${sent?.path} ${await bodyOf(sent?.body)}`)).toContain(deployment.model);
      expect(opened.answer.kind).toBe(row.gets ? "json" : "bytes");
      if (opened.answer.kind === "json") expect(JSON.parse(String(opened.answer.outbound.body))).toMatchObject(row.gets ?? {});
    });

    it(`${operation} that is refused tells why`, async () => {
      if (!row.answers[laneOf(tried.deployment(), client).side.dialect]) return;
      tried.transport().script({ status: 429, json: { error: { message: "Told by the provider." } } });
      await expect(ask(client, row, tried.house())).rejects.toMatchObject({ status: 429, message: "Told by the provider." });
    });
  }
}

function ask(client: ClientSide, { body, file }: Row, house: BuiltHouse) {
  const files = file === undefined ? undefined : new Map([[file, [fileOf(Buffer.from("content"), "a.bin", "application/octet-stream")]]]);
  const at = { headers: {}, params: {}, query: {}, body: Body.of({ model: "public", ...body }), ...(files && { files }) };
  return open(beginCall("call", client, at), house);
}

async function bodyOf(body: ScriptedTransport["sent"][number]["body"]): Promise<string> {
  if (body === undefined || typeof body === "string" || Buffer.isBuffer(body)) return String(body ?? "");
  let text = "";
  for await (const piece of body.open()) text += String(piece);
  return text;
}

/** `completion()` and its kin on one lazy client, for who needs no more. */

import { type Client, createClient } from "./client.ts";

let shared: Client | undefined;

function client(): Client {
  shared ??= createClient();
  return shared;
}

/** Asks any `provider/model`; keys come from the environment or stand in the request. With `stream: true` an async iterable of chunks. */
export const completion: Client["completion"] = ((request: Parameters<Client["completion"]>[0]) =>
  client().completion(request)) as Client["completion"];
/** Vectors for texts. */
export const embedding: Client["embedding"] = (request) => client().embedding(request);
/** Sorts documents by how well they answer a query. */
export const rerank: Client["rerank"] = (request) => client().rerank(request);
export const imageGeneration: Client["imageGeneration"] = (request) => client().imageGeneration(request);
export const imageEdit: Client["imageEdit"] = (request) => client().imageEdit(request);
export const imageVariation: Client["imageVariation"] = (request) => client().imageVariation(request);
/** Text to sound. */
export const speech: Client["speech"] = (request) => client().speech(request);
/** Sound to text, in its own language. */
export const transcription: Client["transcription"] = (request) => client().transcription(request);
/** Sound to English text. */
export const translation: Client["translation"] = (request) => client().translation(request);
export const moderation: Client["moderation"] = (request) => client().moderation(request);
/** Documents to text, page by page. */
export const ocr: Client["ocr"] = (request) => client().ocr(request);
/** OpenAI's legacy completion, on models of any kind. */
export const textCompletion: Client["textCompletion"] = (request) => client().textCompletion(request);

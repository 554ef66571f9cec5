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
/** OpenAI's legacy completion, on models of any kind. */
export const textCompletion: Client["textCompletion"] = (request) => client().textCompletion(request);

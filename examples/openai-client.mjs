/** Asks the gateway with OpenAI's Node.js client: `node examples/openai-client.mjs` while the gateway runs. */

import { readFileSync } from "node:fs";
import OpenAI from "openai";

const { TOLLGATE_URL = "http://127.0.0.1:4000", LITELLM_MASTER_KEY } = process.env;
const apiKey = LITELLM_MASTER_KEY ?? readFileSync(".tollgate/master-key", "utf8").trim();
const client = new OpenAI({ baseURL: `${TOLLGATE_URL}/v1`, apiKey });

const answer = await client.chat.completions.create({ model: "demo", messages: [{ role: "user", content: "Hello" }] });
console.log(answer.choices[0]?.message.content);

const stream = await client.chat.completions.create({ model: "demo", stream: true, messages: [{ role: "user", content: "Hello again" }] });
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? "");
process.stdout.write("\n");

const vectors = await client.embeddings.create({ model: "demo", input: ["one text", "another text"] });
console.log(vectors.data.length, "vectors");

/** Reads a stream with nothing but fetch: `node examples/fetch-stream.mjs` while the gateway runs. */

import { readFileSync } from "node:fs";

const { TOLLGATE_URL = "http://127.0.0.1:4000", LITELLM_MASTER_KEY } = process.env;
const key = LITELLM_MASTER_KEY ?? readFileSync(".tollgate/master-key", "utf8").trim();

const reply = await fetch(`${TOLLGATE_URL}/v1/chat/completions`, {
  method: "POST",
  headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
  body: JSON.stringify({
    model: "demo",
    stream: true,
    stream_options: { include_usage: true },
    messages: [{ role: "user", content: "Hello" }],
  }),
});
if (!reply.ok) throw new Error(`${reply.status}: ${await reply.text()}`);

let rest = "";
for await (const text of reply.body.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + text).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) {
    if (!line.startsWith("data: ") || line === "data: [DONE]") continue;
    const chunk = JSON.parse(line.slice("data: ".length));
    // After the head has gone out, a failure comes as an event.
    if (chunk.error) throw new Error(chunk.error.message);
    process.stdout.write(chunk.choices[0]?.delta.content ?? "");
    if (chunk.usage) console.log(`\n${chunk.usage.total_tokens} tokens`);
  }
}

/** Calls models without a server; needs no key, for the demo provider answers by itself: `npx tsx examples/library.ts`. */

import { completion, createClient, GatewayError } from "tollgate";

const answer = await completion({ model: "demo/any", messages: [{ role: "user", content: "Hello" }] });
console.log(answer.choices[0]?.message.content);

for await (const chunk of await completion({ model: "demo/any", stream: true, messages: [{ role: "user", content: "Hello again" }] })) {
  process.stdout.write(chunk.choices[0]?.delta.content ?? "");
}
process.stdout.write("\n");

// With a list of models come retries and fallbacks, as in the gateway.
const client = createClient({
  model_list: [
    { model_name: "main", litellm_params: { model: "openai/gpt-4o-mini", mock_response: "litellm.RateLimitError" } },
    { model_name: "spare", litellm_params: { model: "demo/spare" } },
  ],
  fallbacks: [{ main: ["spare"] }],
  num_retries: 0,
});
try {
  const saved = await client.completion({ model: "main", messages: [{ role: "user", content: "Is anybody there?" }] });
  console.log(saved.choices[0]?.message.content);
} catch (thrown) {
  if (!(thrown instanceof GatewayError)) throw thrown;
  console.error(thrown.status, thrown.kind, thrown.message);
} finally {
  await client.close();
}

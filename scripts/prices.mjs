/** Makes the price book's data file from a file of model facts: `node scripts/prices.mjs <model-facts.json>`. */

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Providers whose models are also found in the rows of others (`*`: of anyone), under their names too. */
const kin = {
  amazon_nova: ["amazon-nova"],
  anthropic_text: ["anthropic"],
  azure_ai: ["azure", "openai"],
  azure_text: ["azure"],
  cohere_chat: ["cohere"],
  github: ["*"],
  litellm_proxy: ["*"],
  ollama_chat: ["ollama"],
  sagemaker_chat: ["sagemaker"],
  sagemaker_nova: ["sagemaker"],
  "text-completion-openai": ["openai"],
  vertex_ai_beta: ["vertex_ai"],
  watsonx_text: ["watsonx"],
};

/** What a row calls its provider, where that is not the name of one. */
const home = { bedrock_converse: "bedrock" };

/** Prose and links: nothing decides by them. */
const noise = new Set(["source", "comment", "comments", "metadata", "notes", "_comment"]);

const [from] = process.argv.slice(2);
if (!from) {
  console.error("Which file holds the model facts? Run: node scripts/prices.mjs <model-facts.json>");
  process.exit(1);
}
const to = fileURLToPath(new URL("../packages/core/src/pricing/prices.json", import.meta.url));
const facts = JSON.parse(readFileSync(from, "utf8"));
const lines = Object.keys(facts)
  .filter((name) => name !== "sample_spec" && typeof facts[name]?.litellm_provider === "string")
  .sort()
  .map((name) => `${JSON.stringify(name)}:${JSON.stringify(tidy(facts[name]))}`);
if (lines.some((line) => line.includes("\\")))
  throw new Error("A row holds a backslash, which the price book's reader does not expect in names.");

// One row a line: the price book finds rows by their lines and parses only those that are asked for.
const text = `{"home":${JSON.stringify(home)},\n"kin":${JSON.stringify(kin)},\n"rows":{\n${lines.join(",\n")}\n}}\n`;
JSON.parse(text);
writeFileSync(to, text);
console.log(`${lines.length} models, ${(Buffer.byteLength(text) / 1e6).toFixed(2)} MB: ${to}`);

function tidy(value) {
  if (typeof value === "number") return denoised(value);
  if (Array.isArray(value)) return value.map(tidy);
  if (value === null || typeof value !== "object") return value;
  const names = Object.keys(value).filter((name) => !noise.has(name));
  return Object.fromEntries(names.sort().map((name) => [name, tidy(value[name])]));
}

/** 1.5000020000000002e-05 was meant as 1.500002e-05. */
function denoised(value) {
  return Number.isInteger(value) ? value : Number(value.toPrecision(12));
}

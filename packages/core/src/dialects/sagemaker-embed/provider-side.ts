/** How we ask a SageMaker endpoint for embeddings. Source: the inference toolkits of Hugging Face and JumpStart (`inputs`, `text_inputs`). */

import type { WireReply } from "../../transport/transport.ts";
import { objectIn } from "../anthropic-messages/json.ts";
import { awsError } from "../aws-error.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { embedResponse, matrixOf, noVectors, textsOf } from "../embed-list.ts";
import { sagemakerHeaders, sagemakerPath } from "../sagemaker-endpoint.ts";
import { translatedOnly } from "../translated-only.ts";

export const sagemakerEmbed: ProviderSide<"embed"> = {
  ...translatedOnly,
  operation: "embed",
  dialect: "sagemaker-embed",
  path: sagemakerPath,
  headers: sagemakerHeaders,
  request: embedRequest,
  response: (reply, context) => embedResponse(vectorsIn(reply), context, tokensIn(reply)),
  usage: (reply) => {
    const tokens = tokensIn(reply);
    return tokens === undefined ? undefined : { inputTokens: tokens };
  },
  error: awsError,
};

const translated = new Set("model input dimensions encoding_format user metadata extra_headers".split(" "));

/** JumpStart's GPT-J has its own word; Voyage's models from the marketplace speak Voyage's wire. */
function embedRequest({ asked, model }: TranslateContext<"embed">): Record<string, unknown> {
  const texts = textsOf(asked.input);
  const own = Object.fromEntries(
    Object.entries(asked).filter(([name, value]) => !translated.has(name) && value !== null && value !== undefined),
  );
  if (/voyage/i.test(model)) return { input: texts, ...(asked.dimensions && { output_dimension: asked.dimensions }), ...own };
  return { [/jumpstart|gpt-j|gptj/i.test(model) ? "text_inputs" : "inputs"]: texts, ...own };
}

function vectorsIn({ body }: WireReply): number[][] {
  const told = objectIn(body);
  const list = told["data"];
  const data = Array.isArray(list) ? list.map((each) => objectIn(each)["embedding"]) : undefined;
  const found = [body, told["embedding"], told["embeddings"], data].map(pooled).find((each) => each !== undefined);
  if (!found) throw noVectors();
  return found;
}

/** Containers that do not pool answer with a vector for each token: their mean stands for the text. */
function pooled(value: unknown): number[][] | undefined {
  const rows = matrixOf(value);
  if (!rows) return undefined;
  return rows.map((row) => {
    const tokens = matrixOf(row.length === 1 && Array.isArray(row[0]) ? row[0] : row);
    return tokens ? meanOf(tokens) : row;
  });
}

function meanOf(vectors: readonly (readonly number[])[]): number[] {
  const sums = [...(vectors[0] ?? [])].map(() => 0);
  for (const vector of vectors) for (const [at, value] of vector.entries()) sums[at] = (sums[at] ?? 0) + value;
  return sums.map((sum) => sum / vectors.length);
}

function tokensIn({ body }: WireReply): number | undefined {
  const { total_tokens: total, prompt_tokens: prompt } = objectIn(objectIn(body)["usage"]);
  const told = prompt ?? total;
  return typeof told === "number" ? told : undefined;
}

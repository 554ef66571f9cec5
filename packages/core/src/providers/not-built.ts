/** Providers that we know by name but cannot call yet: they are refused with what to do instead, not as unknown. */

import { GatewayError } from "../errors.ts";
import type { Provider } from "./provider.ts";

const searches = "it searches the web or documents and has no models";
const stores = "it stores vectors and has no models";
const agents = "it runs agents, which are not asked as models";
const prompts = "it keeps prompts and has no models of its own";
const ownAddress = "its servers stand at addresses of one's own, and no API is documented for all of them";
const code = "it is a hook of another gateway's own code, not an API";

/** Name and title, which is left out where it is the name, and why it is not built, where there is more to it than time. */
const rows: readonly (readonly [name: string, title?: string, why?: string])[] = [
  ["a2a", "A2A agents", agents],
  ["a2a_agent", "a2a_agent", agents],
  ["anthropic_text", "Anthropic (text completions)", "Anthropic has retired all models of this API"],
  ["auto_router", "Auto router", code],
  ["aws_textract", "Amazon Textract", "it reads text off single pages and has no models; longer documents must lie in S3"],
  ["brave", "Brave Search", searches],
  ["chatgpt", "ChatGPT subscription", "it needs a person's login, and no API is documented"],
  ["cursor", "Cursor", agents],
  ["custom", "Custom handlers", code],
  ["dataforseo", "DataForSEO", searches],
  ["dotprompt", "dotprompt", prompts],
  ["duckduckgo", "DuckDuckGo", searches],
  ["exa_ai", "Exa", searches],
  ["firecrawl", "Firecrawl", searches],
  ["gdc", "Google Distributed Cloud", ownAddress],
  ["github_copilot", "GitHub Copilot", "it needs a person's login, and no API is documented"],
  ["google_pse", "Google Programmable Search", searches],
  ["humanloop", "Humanloop", prompts],
  ["langflow", "Langflow", agents],
  ["langfuse", "Langfuse prompts", prompts],
  ["langgraph", "LangGraph", agents],
  ["linkup", "Linkup", searches],
  ["litellm_agent", "litellm_agent", code],
  ["manus", "Manus", agents],
  ["milvus", "Milvus", stores],
  ["mongodb", "MongoDB", stores],
  ["nvidia_riva", "NVIDIA Riva", "it is asked over gRPC, not HTTP"],
  ["parallel_ai", "Parallel", searches],
  ["pg_vector", "pgvector", stores],
  ["pydantic_ai_agents", "Pydantic AI agents", agents],
  ["reducto", "Reducto", "it parses documents by jobs into chunks, not into pages as OCR models do"],
  ["s3_vectors", "Amazon S3 Vectors", stores],
  ["searxng", "SearXNG", searches],
  ["serper", "Serper", searches],
  ["strands_decider", "strands_decider", code],
  ["tavily", "Tavily", searches],
  ["transcribe", "Amazon Transcribe", "it takes files from S3, or sound over a two-way stream, but no uploaded file"],
  ["typesafe", "Typesafe", "no documentation of an API was found"],
  ["valkey", "Valkey", stores],
];

export const notBuilt: readonly Provider[] = rows.map(([name, title = name, why]) => ({
  name,
  title,
  auth: { env: [], connect: () => ({}) },
  serve(model) {
    throw new GatewayError(
      "not_implemented",
      `The provider ${title} is known but not built${why ? `: ${why}` : " yet"}, so ${name}/${model} cannot be called. Take the model from another provider, or, ` +
        "if it has an OpenAI-compatible address, write custom_openai/<model> with that address as api_base.",
      { provider: name, model },
    );
  },
}));

/** Why a provider is not built, by its name; those that only wait for their time are not in it. */
export const whyNotBuilt: ReadonlyMap<string, string> = new Map(rows.flatMap(([name, , why]) => (why ? [[name, why] as const] : [])));

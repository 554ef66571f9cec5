/** All providers, by name. */

import { anthropic } from "./anthropic.ts";
import { azure, azureText } from "./azure.ts";
import { azureAi } from "./azure-ai.ts";
import { codestralFim } from "./codestral-fim.ts";
import { deepseek } from "./deepseek.ts";
import { demo } from "./demo.ts";
import { fireworks } from "./fireworks.ts";
import { geminiProvider } from "./gemini.ts";
import { groq } from "./groq.ts";
import { huggingface } from "./huggingface.ts";
import { codestral, mistral } from "./mistral.ts";
import { moonshot } from "./moonshot.ts";
import { notBuilt } from "./not-built.ts";
import { ollama, ollamaChatProvider } from "./ollama.ts";
import { openai } from "./openai.ts";
import { openaiCompatible } from "./openai-compatible.ts";
import { openrouter } from "./openrouter.ts";
import { ownAddresses } from "./own-addresses.ts";
import { perplexity } from "./perplexity.ts";
import type { Provider } from "./provider.ts";
import { textCompletionOpenai } from "./text-completion.ts";
import { voyage } from "./voyage.ts";
import { xai } from "./xai.ts";

export const providers: readonly Provider[] = [
  openai,
  anthropic,
  geminiProvider,
  azure,
  azureText,
  azureAi,
  mistral,
  codestral,
  codestralFim,
  deepseek,
  fireworks,
  groq,
  huggingface,
  moonshot,
  ollama,
  ollamaChatProvider,
  openrouter,
  perplexity,
  textCompletionOpenai,
  voyage,
  xai,
  ...openaiCompatible,
  ...ownAddresses,
  demo,
  ...notBuilt,
];

const byName: ReadonlyMap<string, Provider> = new Map(providers.map((provider) => [provider.name, provider]));

export function providerNamed(name: string): Provider | undefined {
  return byName.get(name);
}

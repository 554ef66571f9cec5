/** All providers, by name. */

import { alephAlphaProvider } from "./aleph-alpha.ts";
import { anthropic } from "./anthropic.ts";
import { assemblyai } from "./assemblyai.ts";
import { awsPolly } from "./aws-polly.ts";
import { azure, azureText } from "./azure.ts";
import { azureAi } from "./azure-ai.ts";
import { azureSpeech } from "./azure-speech.ts";
import { bedrock } from "./bedrock.ts";
import { blackForestLabs } from "./black-forest-labs.ts";
import { cloudflare } from "./cloudflare.ts";
import { codestralFim } from "./codestral-fim.ts";
import { cohere, cohereChatProvider } from "./cohere.ts";
import { dashscope, qwenAiPlatform, qwenCloud } from "./dashscope.ts";
import { databricks } from "./databricks.ts";
import { deepgram } from "./deepgram.ts";
import { deepseek } from "./deepseek.ts";
import { demo } from "./demo.ts";
import { elevenlabs } from "./elevenlabs.ts";
import { falAi } from "./fal-ai.ts";
import { fireworks } from "./fireworks.ts";
import { geminiProvider } from "./gemini.ts";
import { gigachat } from "./gigachat.ts";
import { groq } from "./groq.ts";
import { huggingface } from "./huggingface.ts";
import { inceptionFim } from "./inception-fim.ts";
import { jina } from "./jina.ts";
import { codestral, mistral } from "./mistral.ts";
import { moonshot } from "./moonshot.ts";
import { nlpCloudProvider } from "./nlp-cloud.ts";
import { notBuilt } from "./not-built.ts";
import { oci } from "./oci.ts";
import { ollama, ollamaChatProvider } from "./ollama.ts";
import { openai } from "./openai.ts";
import { openaiCompatible } from "./openai-compatible.ts";
import { openrouter } from "./openrouter.ts";
import { ownAddresses } from "./own-addresses.ts";
import { perplexity } from "./perplexity.ts";
import { petals } from "./petals.ts";
import { predibase } from "./predibase.ts";
import type { Provider } from "./provider.ts";
import { recraft } from "./recraft.ts";
import { replicate } from "./replicate.ts";
import { runwayml } from "./runwayml.ts";
import { sagemaker, sagemakerChat, sagemakerNova } from "./sagemaker.ts";
import { sap } from "./sap.ts";
import { snowflake } from "./snowflake.ts";
import { soniox } from "./soniox.ts";
import { stability } from "./stability.ts";
import { textCompletionOpenai } from "./text-completion.ts";
import { together } from "./together.ts";
import { topaz } from "./topaz.ts";
import { triton } from "./triton.ts";
import { vertexAi, vertexAiBeta } from "./vertex.ts";
import { voyage } from "./voyage.ts";
import { watsonx, watsonxText } from "./watsonx.ts";
import { xai } from "./xai.ts";

export const providers: readonly Provider[] = [
  openai,
  alephAlphaProvider,
  anthropic,
  geminiProvider,
  azure,
  azureText,
  azureAi,
  bedrock,
  sagemaker,
  sagemakerChat,
  sagemakerNova,
  awsPolly,
  mistral,
  codestral,
  cloudflare,
  codestralFim,
  cohere,
  cohereChatProvider,
  dashscope,
  qwenCloud,
  qwenAiPlatform,
  databricks,
  deepseek,
  fireworks,
  gigachat,
  groq,
  huggingface,
  inceptionFim,
  jina,
  moonshot,
  nlpCloudProvider,
  oci,
  ollama,
  ollamaChatProvider,
  openrouter,
  perplexity,
  petals,
  predibase,
  replicate,
  sap,
  snowflake,
  recraft,
  textCompletionOpenai,
  together,
  triton,
  vertexAi,
  vertexAiBeta,
  voyage,
  watsonx,
  watsonxText,
  xai,
  assemblyai,
  azureSpeech,
  blackForestLabs,
  deepgram,
  elevenlabs,
  falAi,
  runwayml,
  soniox,
  stability,
  topaz,
  ...openaiCompatible,
  ...ownAddresses,
  demo,
  ...notBuilt,
];

const byName: ReadonlyMap<string, Provider> = new Map(providers.map((provider) => [provider.name, provider]));

export function providerNamed(name: string): Provider | undefined {
  return byName.get(name);
}

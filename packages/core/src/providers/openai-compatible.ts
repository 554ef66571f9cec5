/** The providers that speak OpenAI's wire and need no more than a line: name, address, key, what they can be asked for, quirks. */

import { deepinfraRerank } from "../dialects/deepinfra-rerank/provider-side.ts";
import { minimaxSpeech } from "../dialects/minimax-speech/provider-side.ts";
import { nvidiaRerank } from "../dialects/nvidia-rerank/provider-side.ts";
import { keyAuth } from "./auth/key.ts";
import { type CompatibleRow, compatible } from "./compatible.ts";
import { minimaxQuirks } from "./minimax-quirks.ts";
import type { Provider, Quirks, Settings } from "./provider.ts";
import { type Fields, fieldsOf, messageRule, oldTokenLimit, quirks, reasoningField, textAsString, textOfParts } from "./quirks.ts";

const embeds = ["chat", "embed"] as const;
const texts = ["chat", "text"] as const;
const all = ["chat", "text", "embed"] as const;
/** Nobody but whoever runs such a server can say what it has. */
const everything = ["chat", "embed", "rerank", "image", "edit", "vary", "speak", "transcribe", "translate", "moderate"] as const;

/** Only "may" and "must not" are known of tool calls. */
const freeToolChoice = (asked: Readonly<Record<string, unknown>>): readonly string[] =>
  /^(auto|none)$/.test(String(asked["tool_choice"] ?? "auto")) ? [] : ["tool_choice"];

/** Source: deepinfra.com/docs: Mistral 7B fails on a temperature of zero; a tool's result is a string. */
const deepinfra = (model: string) =>
  quirks(
    oldTokenLimit,
    { rules: [(wire) => (wire["temperature"] === 0 && model.includes("Mistral-7B") ? { set: { temperature: 0.0001 } } : undefined)] },
    { rules: [messageRule((message) => (message["role"] === "tool" ? toolText(message) : message))] },
  );
const toolText = (message: Fields): Fields =>
  Array.isArray(message["content"])
    ? { ...message, content: textOfParts(message["content"]) ?? JSON.stringify(message["content"]) }
    : message;

/** Source: llama.developer.meta.com: structured answers only by a schema. */
const formatBySchema = { rules: [formatRule((type) => type !== "json_schema")] };
const vllm = quirks(reasoningField, {
  rules: [
    messageRule((message) => {
      const { content } = message;
      if (!Array.isArray(content) || content.every((part) => videoPart(part) === part)) return message;
      return { ...message, content: content.map(videoPart) };
    }),
  ],
});
/** Source: scx.ai: 2 and more is refused. */
const coolerThan2 = { rules: [(wire: Fields) => (Number(wire["temperature"]) > 1.99 ? { set: { temperature: 1.99 } } : undefined)] };

// biome-ignore format: one line a provider
const hosted: readonly CompatibleRow[] = [
  { name: "abliteration", title: "Abliteration", base: "https://api.abliteration.ai/v1" },
  { name: "ai21", title: "AI21", base: "https://api.ai21.com/studio/v1", quirks: oldTokenLimit },
  { name: "ai21_chat", title: "AI21 Chat", base: "https://api.ai21.com/studio/v1", key: ["AI21_API_KEY"], quirks: oldTokenLimit },
  { name: "aihubmix", title: "AIHubMix", base: "https://aihubmix.com/v1", does: [...embeds, "rerank", "image", "speak", "transcribe"] },
  { name: "aiml", title: "AI/ML API", base: "https://api.aimlapi.com/v1", does: [...embeds, "image"] },
  { name: "amazon_nova", title: "Amazon Nova", base: "https://api.nova.amazon.com/v1" },
  { name: "anyscale", title: "Anyscale", base: "https://api.endpoints.anyscale.com/v1", does: texts },
  { name: "apertis", title: "Apertis", base: "https://api.stima.tech/v1", key: ["STIMA_API_KEY"], does: all, quirks: oldTokenLimit },
  { name: "cerebras", title: "Cerebras", base: "https://api.cerebras.ai/v1", quirks: quirks(oldTokenLimit, reasoningField) },
  { name: "bytez", title: "Bytez", base: "https://api.bytez.com/models/v2/openai/v1", quirks: oldTokenLimit },
  { name: "charity_engine", title: "Charity Engine", base: "https://api.charityengine.services/remotejobs/v2/inference", quirks: oldTokenLimit },
  { name: "chutes", title: "Chutes", base: "https://llm.chutes.ai/v1", does: all, quirks: oldTokenLimit },
  { name: "cognition", title: "Cognition", base: "https://api.cognition.ai/v1" },
  { name: "cometapi", title: "CometAPI", base: "https://api.cometapi.com/v1", key: ["COMETAPI_KEY", "COMETAPI_API_KEY"], does: [...embeds, "image"] },
  { name: "compactifai", title: "CompactifAI", base: "https://api.compactif.ai/v1" },
  { name: "cortecs", title: "Cortecs", base: "https://api.cortecs.ai/v1" },
  { name: "crusoe", title: "Crusoe", base: "https://managed-inference-api-proxy.crusoecloud.com/v1", quirks: oldTokenLimit },
  { name: "darkbloom", title: "Darkbloom", base: "https://api.darkbloom.dev/v1", quirks: oldTokenLimit },
  { name: "deepinfra", title: "DeepInfra", base: deepinfraBase, does: [...embeds, "image", "edit", "vary", "speak", "transcribe", "translate"], sides: { rerank: [deepinfraRerank] }, quirks: deepinfra, refuses: freeToolChoice },
  { name: "edenai", title: "Eden AI", base: "https://api.edenai.run/v3", does: [...embeds, "image", "speak", "transcribe"] },
  { name: "empiriolabs", title: "Empirio Labs", base: "https://api.empiriolabs.ai/v1", quirks: oldTokenLimit },
  { name: "empower", title: "Empower", base: "https://app.empower.dev/api/v1" },
  { name: "featherless_ai", title: "Featherless AI", base: "https://api.featherless.ai/v1", key: ["FEATHERLESS_AI_API_KEY", "FEATHERLESS_API_KEY"], baseEnv: ["FEATHERLESS_AI_API_BASE", "FEATHERLESS_API_BASE"], does: texts, quirks: oldTokenLimit, refuses: freeToolChoice },
  { name: "friendliai", title: "FriendliAI", base: "https://api.friendli.ai/serverless/v1", key: ["FRIENDLIAI_API_KEY", "FRIENDLI_TOKEN"], baseEnv: ["FRIENDLI_API_BASE"] },
  { name: "galadriel", title: "Galadriel", base: "https://api.galadriel.com/v1" },
  { name: "github", title: "GitHub Models", base: "https://models.inference.ai.azure.com", does: embeds },
  { name: "gmi", title: "GMI Cloud", base: "https://api.gmi-serving.com/v1" },
  { name: "gradient_ai", title: "DigitalOcean Gradient AI", base: "https://inference.do-ai.run/v1", baseEnv: ["GRADIENT_AI_AGENT_ENDPOINT", "GRADIENT_AI_API_BASE"] },
  { name: "helicone", title: "Helicone", base: "https://ai-gateway.helicone.ai", does: embeds },
  { name: "hyperbolic", title: "Hyperbolic", base: "https://api.hyperbolic.xyz/v1", does: texts, quirks: oldTokenLimit },
  { name: "inception", title: "Inception", base: "https://api.inceptionlabs.ai/v1" },
  { name: "lambda_ai", title: "Lambda", base: "https://api.lambda.ai/v1", key: ["LAMBDA_API_KEY"], baseEnv: ["LAMBDA_API_BASE"], does: texts },
  { name: "libertai", title: "LibertAI", base: "https://api.libertai.io/v1", quirks: oldTokenLimit },
  { name: "llamagate", title: "LlamaGate", base: "https://api.llamagate.dev/v1", does: embeds, quirks: oldTokenLimit },
  { name: "maritalk", title: "Maritalk", base: "https://chat.maritaca.ai/api", quirks: oldTokenLimit },
  { name: "meta", title: "Meta", base: "https://api.meta.ai/v1" },
  { name: "meta_llama", title: "Meta Llama API", base: "https://api.llama.com/compat/v1", key: ["LLAMA_API_KEY", "META_LLAMA_API_KEY"], baseEnv: ["LLAMA_API_BASE", "META_LLAMA_API_BASE"], does: texts, quirks: formatBySchema },
  { name: "minimax", title: "MiniMax", base: "https://api.minimax.io/v1", sides: { speak: [minimaxSpeech] }, quirks: minimaxQuirks },
  { name: "modelscope", title: "ModelScope", base: "https://api-inference.modelscope.cn/v1", does: ["chat", "image"] },
  { name: "morph", title: "Morph", base: "https://api.morphllm.com/v1", quirks: oldTokenLimit },
  { name: "nadir", title: "Nadir", base: "https://api.getnadir.com/v1", quirks: oldTokenLimit },
  { name: "nano-gpt", title: "NanoGPT", base: "https://nano-gpt.com/api/v1", key: ["NANOGPT_API_KEY"], baseEnv: ["NANOGPT_API_BASE"], does: [...all, "image", "speak"], quirks: oldTokenLimit },
  { name: "nanogpt", title: "NanoGPT", base: "https://nano-gpt.com/api/v1", does: [...all, "image", "speak"], quirks: oldTokenLimit },
  { name: "nebius", title: "Nebius AI Studio", base: "https://api.studio.nebius.ai/v1", does: [...all, "image"] },
  { name: "neosantara", title: "Neosantara", base: "https://api.neosantara.xyz/v1", does: embeds, quirks: oldTokenLimit },
  { name: "novita", title: "Novita AI", base: "https://api.novita.ai/v3/openai", does: texts },
  { name: "nscale", title: "Nscale", base: "https://inference.api.nscale.com/v1", does: ["chat", "image"], quirks: oldTokenLimit },
  { name: "nvidia_nim", title: "NVIDIA NIM", base: nvidiaBase, does: embeds, sides: { rerank: [nvidiaRerank] }, quirks: oldTokenLimit },
  { name: "ovhcloud", title: "OVHcloud AI Endpoints", base: "https://oai.endpoints.kepler.ai.cloud.ovh.net/v1", does: [...embeds, "transcribe"] },
  { name: "parasail", title: "Parasail", base: "https://api.parasail.io/v1", does: embeds },
  { name: "pinstripes", title: "Pinstripes", base: "https://pinstripes.io/v1", does: embeds, quirks: oldTokenLimit },
  { name: "poe", title: "Poe", base: "https://api.poe.com/v1", does: all, quirks: oldTokenLimit },
  { name: "prism", title: "Prism", base: "https://api.prisminference.com/v1" },
  { name: "publicai", title: "PublicAI", base: "https://api.publicai.co/v1", does: texts, quirks: quirks(oldTokenLimit, textAsString) },
  { name: "reka", title: "Reka", base: "https://api.reka.ai/v1" },
  { name: "sail", title: "Sail Research", base: "https://api.sailresearch.com/v1" },
  { name: "salad_cloud", title: "Salad Cloud", base: "https://ai.salad.cloud/v1" },
  { name: "sambanova", title: "SambaNova", base: "https://api.sambanova.ai/v1", does: [...embeds, "transcribe"], quirks: oldTokenLimit },
  { name: "scaleway", title: "Scaleway", base: "https://api.scaleway.ai/v1", key: ["SCW_SECRET_KEY"], does: [...embeds, "transcribe"] },
  { name: "sarvam", title: "Sarvam", base: "https://api.sarvam.ai/v1", auth: keyAuth({ env: ["SARVAM_API_KEY"], also: ["api-subscription-key"] }), quirks: oldTokenLimit },
  { name: "scx-ai", title: "SCX.ai", base: "https://api.scx.ai/v1", key: ["SCX_API_KEY"], baseEnv: ["SCX_API_BASE"], quirks: quirks(oldTokenLimit, coolerThan2) },
  { name: "synthetic", title: "Synthetic", base: "https://api.synthetic.new/openai/v1", does: all, quirks: oldTokenLimit },
  { name: "tencent", title: "Tencent Hunyuan", base: "https://tokenhub-intl.tencentcloudmaas.com/v1", does: embeds },
  { name: "tensormesh", title: "Tensormesh", base: "https://serverless.tensormesh.ai/v1", key: ["TENSORMESH_INFERENCE_API_KEY"], baseEnv: ["TENSORMESH_SERVERLESS_BASE_URL"], does: texts, quirks: oldTokenLimit },
  { name: "v0", title: "v0 by Vercel", base: "https://api.v0.dev/v1" },
  { name: "veniceai", title: "Venice.ai", base: "https://api.venice.ai/api/v1", key: ["VENICE_AI_API_KEY"], baseEnv: ["VENICE_AI_API_BASE", "VENICEAI_API_BASE"], does: [...embeds, "image", "speak"] },
  { name: "venice", title: "Venice.ai", base: "https://api.venice.ai/api/v1", key: ["VENICE_AI_API_KEY"], baseEnv: ["VENICE_AI_API_BASE"], does: [...embeds, "image", "speak"] },
  { name: "volcengine", title: "Volcengine Ark", base: "https://ark.cn-beijing.volces.com/api/v3", key: ["VOLCENGINE_API_KEY", "ARK_API_KEY"], does: [...embeds, "image"] },
  { name: "wandb", title: "Weights & Biases Inference", base: "https://api.inference.wandb.ai/v1", does: texts },
  { name: "xiaomi_mimo", title: "Xiaomi MiMo", base: "https://api.xiaomimimo.com/v1", quirks: oldTokenLimit },
  { name: "zai", title: "Z.AI (Zhipu)", base: "https://api.z.ai/api/paas/v4", does: ["chat", "image"], quirks: oldTokenLimit },
];

// biome-ignore format: one line a provider
const ownServers: readonly CompatibleRow[] = [
  { name: "aiohttp_openai", title: "OpenAI-compatible server", base: "https://api.openai.com/v1", key: ["OPENAI_API_KEY"], developer: true, baseEnv: ["OPENAI_API_BASE"], does: everything },
  { name: "custom_openai", title: "OpenAI-compatible server", keyless: true, developer: true, key: ["CUSTOM_OPENAI_API_KEY", "OPENAI_LIKE_API_KEY"], baseEnv: ["CUSTOM_OPENAI_API_BASE", "OPENAI_LIKE_API_BASE"], does: everything },
  { name: "docker_model_runner", title: "Docker Model Runner", base: "http://localhost:22088/engines/llama.cpp", keyless: true, does: embeds },
  { name: "hosted_vllm", title: "vLLM server", keyless: true, does: [...all, "rerank", "transcribe", "translate"], quirks: vllm },
  { name: "infinity", title: "Infinity", keyless: true, does: ["embed", "rerank"] },
  { name: "lemonade", title: "Lemonade", base: "http://localhost:8000/api/v1", keyless: true, does: embeds, quirks: oldTokenLimit },
  { name: "litellm_proxy", title: "LiteLLM proxy", keyless: true, developer: true, does: everything },
  { name: "llamafile", title: "llamafile", base: "http://127.0.0.1:8080/v1", keyless: true, does: all },
  { name: "lm_studio", title: "LM Studio", base: "http://localhost:1234/v1", keyless: true, does: all },
  { name: "oobabooga", title: "Text generation web UI (oobabooga)", keyless: true, base: ownBase("/v1"), does: everything },
  { name: "openai_like", title: "OpenAI-like server", keyless: true, does: everything, quirks: oldTokenLimit },
  { name: "vllm", title: "vLLM server", keyless: true, baseEnv: ["VLLM_API_BASE", "HOSTED_VLLM_API_BASE"], does: [...all, "rerank", "transcribe", "translate"], quirks: vllm },
  { name: "xinference", title: "Xinference", base: "http://127.0.0.1:9997/v1", keyless: true, does: [...embeds, "rerank", "image", "speak", "transcribe", "translate"] },
];

/** Source: docs.vllm.ai, "Multimodal inputs": a video is a part of its own, OpenAI's file part is unknown. */
function videoPart(part: unknown): unknown {
  const { file_data: data, file_id: id, format } = fieldsOf(fieldsOf(part)["file"]);
  const url = data ?? id;
  if (fieldsOf(part)["type"] !== "file" || typeof url !== "string") return part;
  const isVideo = url.startsWith("data:video/") || (typeof format === "string" && format.startsWith("video/"));
  return isVideo ? { type: "video_url", video_url: { url } } : part;
}

function formatRule(drop: (type: unknown) => boolean): NonNullable<Quirks["rules"]>[number] {
  return (wire) =>
    wire["response_format"] && drop(fieldsOf(wire["response_format"])["type"]) ? { remove: ["response_format"] } : undefined;
}

/** Rerankers stand beside OpenAI's paths, not below them. */
function deepinfraBase({ api_base = "https://api.deepinfra.com/v1/openai" }: Settings, model: string): string {
  if (!/rerank/i.test(model)) return api_base;
  const root = api_base.replace(/\/+$/, "").replace(/\/(openai|inference)$/, "");
  return `${root}/inference`;
}

/** The hosted rerankers have a host of their own. */
function nvidiaBase({ api_base }: Settings, model: string): string {
  if (!/rerank|^ranking\//i.test(model)) return api_base ?? "https://integrate.api.nvidia.com/v1";
  return withPath(api_base ?? "https://ai.api.nvidia.com", "/v1");
}

/** A base that people write without the path that all of the server's endpoints share. */
function ownBase(path: string): CompatibleRow["base"] {
  return ({ api_base }) => (api_base ? withPath(api_base, path) : "");
}

function withPath(base: string, path: string): string {
  const bare = base.replace(/\/+$/, "");
  return bare.includes(path) ? bare : bare + path;
}

export const openaiCompatible: readonly Provider[] = [...hosted, ...ownServers].map(compatible);

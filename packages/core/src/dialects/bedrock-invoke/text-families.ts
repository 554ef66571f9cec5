/** The families of InvokeModel that take a prompt, one row each. Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html. */

import { isObject, objectIn, objectsIn, textIn } from "../anthropic-messages/json.ts";
import { commandR } from "./command-r.ts";
import type { InvokeFamily } from "./families.ts";
import { chatMlPrompt, deepseekPrompt, llama2Prompt, llama3Prompt, mistralPrompt, plainPrompt, saidIn, titanPrompt } from "./prompts.ts";
import { numberIn, ownParameters, parametersOf, type TextFamily } from "./text-family.ts";

const titan: TextFamily = {
  request: ({ asked }) => {
    const names = { maxTokens: "maxTokenCount", temperature: "temperature", topP: "topP", stop: "stopSequences" };
    const config = { ...parametersOf(asked, names), ...ownParameters(asked) };
    return { inputText: titanPrompt(saidIn(asked)), ...(Object.keys(config).length > 0 && { textGenerationConfig: config }) };
  },
  read: (body) => {
    const [result] = objectsIn(body["results"]);
    const told = result ?? body;
    if (typeof told["outputText"] !== "string") return undefined;
    return {
      text: told["outputText"],
      reason: titanReason(told["completionReason"]),
      input: numberIn(body["inputTextTokenCount"]),
      output: numberIn(told["tokenCount"] ?? body["totalOutputTextTokenCount"]),
    };
  },
};

function titanReason(told: unknown): string | undefined {
  const reason = textIn(told)?.toLowerCase();
  return reason === "finish" || reason === "finished" ? "stop" : reason;
}

const llama: TextFamily = {
  request: ({ asked, model }) => {
    const prompt = /llama-?2/i.test(model) ? llama2Prompt : llama3Prompt;
    const names = { maxTokens: "max_gen_len", temperature: "temperature", topP: "top_p" };
    return { prompt: prompt(saidIn(asked)), ...parametersOf(asked, names), ...ownParameters(asked) };
  },
  read: (body) =>
    typeof body["generation"] === "string" || body["stop_reason"]
      ? {
          text: textIn(body["generation"]),
          reason: textIn(body["stop_reason"]),
          input: numberIn(body["prompt_token_count"]),
          output: numberIn(body["generation_token_count"]),
        }
      : undefined,
};

const promptNames = { maxTokens: "max_tokens", temperature: "temperature", topP: "top_p", topK: "top_k", stop: "stop" };

const mistralText: TextFamily = {
  request: ({ asked }) => ({ prompt: mistralPrompt(saidIn(asked)), ...parametersOf(asked, promptNames), ...ownParameters(asked) }),
  read: (body) => {
    const [output] = objectsIn(body["outputs"]);
    return output && { text: textIn(output["text"]), reason: textIn(output["stop_reason"]) };
  },
};

const command: TextFamily = {
  request: ({ asked }) => {
    const names = { maxTokens: "max_tokens", temperature: "temperature", topP: "p", topK: "k", stop: "stop_sequences" };
    const several = asked.n && asked.n > 1 ? { num_generations: asked.n } : {};
    const stream = asked.stream === true ? { stream: true } : {};
    return { prompt: plainPrompt(saidIn(asked)), ...parametersOf(asked, names), ...several, ...stream, ...ownParameters(asked) };
  },
  read: (body) => {
    const told = objectsIn(body["generations"])[0] ?? body;
    if (typeof told["text"] !== "string" && told["is_finished"] !== true) return undefined;
    return { text: textIn(told["text"]), reason: textIn(told["finish_reason"]) };
  },
};

const jurassic: TextFamily = {
  request: ({ asked }) => {
    const names = { maxTokens: "maxTokens", temperature: "temperature", topP: "topP", stop: "stopSequences" };
    const { frequency_penalty: frequency, presence_penalty: presence, n } = asked;
    return {
      prompt: plainPrompt(saidIn(asked)),
      ...parametersOf(asked, names),
      ...(frequency && { frequencyPenalty: { scale: frequency } }),
      ...(presence && { presencePenalty: { scale: presence } }),
      ...(n && n > 1 && { numResults: n }),
      ...ownParameters(asked, ["frequency_penalty", "presence_penalty"]),
    };
  },
  read: (body) => {
    const [completion] = objectsIn(body["completions"]);
    if (!completion) return undefined;
    const { text, tokens } = objectIn(completion["data"]);
    const prompt = objectIn(body["prompt"])["tokens"];
    return {
      text: textIn(text),
      reason: jurassicReason(textIn(objectIn(completion["finishReason"])["reason"])),
      input: Array.isArray(prompt) ? prompt.length : undefined,
      output: Array.isArray(tokens) ? tokens.length : undefined,
    };
  },
};

function jurassicReason(told: string | undefined): string | undefined {
  return told === "endoftext" ? "stop" : told;
}

const deepseekText: TextFamily = {
  thinksFirst: true,
  request: ({ asked }) => ({
    prompt: deepseekPrompt(saidIn(asked)),
    ...parametersOf(asked, { maxTokens: "max_tokens", temperature: "temperature", topP: "top_p", stop: "stop" }),
    ...ownParameters(asked),
  }),
  read: (body) => {
    const [choice] = objectsIn(body["choices"]);
    if (choice) return { text: textIn(choice["text"]), reason: textIn(choice["stop_reason"] ?? choice["finish_reason"]) };
    return llama.read(body);
  },
};

const qwen: TextFamily = {
  request: ({ asked }) => ({
    prompt: chatMlPrompt(saidIn(asked)),
    ...parametersOf(asked, { maxTokens: "max_gen_len", temperature: "temperature", topP: "top_p", topK: "top_k", stop: "stop" }),
    ...ownParameters(asked),
  }),
  read: (body) => llama.read(body) ?? mistralText.read(body) ?? deepseekText.read(body),
};

/** Asks about a video, which is given beside the question. */
const pegasus: TextFamily = {
  request: ({ asked }) => ({
    inputPrompt: plainPrompt(saidIn(asked)),
    ...parametersOf(asked, { maxTokens: "maxOutputTokens", temperature: "temperature" }),
    ...(isObject(asked["mediaSource"]) && { mediaSource: asked["mediaSource"] }),
    ...ownParameters(asked, ["mediaSource", "response_format"]),
  }),
  read: (body) => (typeof body["message"] === "string" ? { text: body["message"], reason: textIn(body["finishReason"]) } : undefined),
};

export const textFamilies: Readonly<Partial<Record<InvokeFamily, TextFamily>>> = {
  titan,
  llama,
  "mistral-text": mistralText,
  command,
  "command-r": commandR,
  jurassic,
  "deepseek-text": deepseekText,
  qwen,
  pegasus,
};

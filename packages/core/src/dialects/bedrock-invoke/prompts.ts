/** Conversations written as one text, in the form that each family of models was trained on. */

import { GatewayError } from "../../errors.ts";
import type { ChatMessage, ChatRequest } from "../../hub/chat.ts";
import { objectsIn, textIn } from "../anthropic-messages/json.ts";

export interface Said {
  readonly role: "system" | "user" | "assistant";
  readonly text: string;
}

/** Texts only: these models know neither images nor tools. */
export function saidIn(asked: ChatRequest): Said[] {
  return asked.messages.map((message) => ({ role: roleOf(message), text: textOf(message) })).filter(({ text }) => text.trim() !== "");
}

function roleOf({ role }: ChatMessage): Said["role"] {
  if (role === "system" || role === "developer") return "system";
  return role === "assistant" ? "assistant" : "user";
}

function textOf({ content }: ChatMessage): string {
  if (typeof content === "string") return content;
  return objectsIn(content)
    .map((part) => {
      const text = textIn(part["text"]);
      if (text !== undefined) return text;
      throw new GatewayError(
        "bad_request",
        `This model takes texts only, no ${String(part["type"])} parts. Ask a model of the Converse API.`,
        {
          param: "messages",
        },
      );
    })
    .join("\n");
}

export type Prompt = (said: readonly Said[]) => string;

/** Source: llama.com/docs/model-cards-and-prompt-formats/meta-llama-3. */
export const llama3Prompt: Prompt = (said) =>
  `<|begin_of_text|>${said.map(({ role, text }) => `<|start_header_id|>${role}<|end_header_id|>\n\n${text}<|eot_id|>`).join("")}` +
  "<|start_header_id|>assistant<|end_header_id|>\n\n";

/** Source: docs.mistral.ai/guides/tokenization and llama.com (Llama 2 has the same turns, with its own mark for instructions). */
const instructed =
  (system: (text: string) => string): Prompt =>
  (said) => {
    let out = "<s>";
    let waiting = "";
    for (const { role, text } of said) {
      if (role === "assistant") {
        out += waiting === "" ? `${text}</s>` : `[INST] ${waiting} [/INST] ${text}</s>`;
        waiting = "";
      } else {
        const next = role === "system" ? system(text) : text;
        waiting = waiting === "" ? next : `${waiting}\n\n${next}`;
      }
    }
    return waiting === "" ? out : `${out}[INST] ${waiting} [/INST]`;
  };
export const mistralPrompt = instructed((text) => text);
export const llama2Prompt = instructed((text) => `<<SYS>>\n${text}\n<</SYS>>`);

/** Source: docs.aws.amazon.com/bedrock/latest/userguide/titan-text-models.html, "User:" and "Bot:". */
export const titanPrompt: Prompt = (said) => {
  if (said.length === 1 && said[0]?.role === "user") return said[0].text;
  const names = { system: "", user: "User: ", assistant: "Bot: " };
  return `${said.map(({ role, text }) => names[role] + text).join("\n")}\nBot:`;
};

export const plainPrompt: Prompt = (said) => said.map(({ text }) => text).join("\n\n");

/** Source: the model cards of Qwen (ChatML). */
export const chatMlPrompt: Prompt = (said) =>
  `${said.map(({ role, text }) => `<|im_start|>${role}\n${text}<|im_end|>\n`).join("")}<|im_start|>assistant\n`;

/** Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-deepseek.html. */
export const deepseekPrompt: Prompt = (said) => {
  const marks = { system: "", user: "<｜User｜>", assistant: "<｜Assistant｜>" };
  return `<｜begin▁of▁sentence｜>${said.map(({ role, text }) => marks[role] + text).join("")}<｜Assistant｜><think>\n`;
};

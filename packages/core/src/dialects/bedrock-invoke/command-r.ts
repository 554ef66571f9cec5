/** Cohere's Command R over InvokeModel: a message with the history before it. Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-cohere-command-r-plus.html. */

import { objectIn, textIn } from "../anthropic-messages/json.ts";
import { saidIn } from "./prompts.ts";
import { numberIn, ownParameters, parametersOf, type TextFamily } from "./text-family.ts";

const speakers = { system: "SYSTEM", user: "USER", assistant: "CHATBOT" };
const names = { maxTokens: "max_tokens", temperature: "temperature", topP: "p", topK: "k", stop: "stop_sequences" };

export const commandR: TextFamily = {
  request: ({ asked }) => {
    const said = saidIn(asked);
    const preamble = said.filter(({ role }) => role === "system").map(({ text }) => text);
    const turns = said.filter(({ role }) => role !== "system");
    const history = turns.slice(0, -1).map(({ role, text }) => ({ role: speakers[role], message: text }));
    return {
      message: turns.at(-1)?.text ?? "",
      ...(history.length > 0 && { chat_history: history }),
      ...(preamble.length > 0 && { preamble: preamble.join("\n") }),
      ...parametersOf(asked, names),
      ...ownParameters(asked),
    };
  },
  read: (body) => {
    const type = body["event_type"];
    if (type !== undefined && type !== "text-generation" && type !== "stream-end") return {};
    // The end of a stream repeats the whole text.
    const text = type === "stream-end" ? undefined : textIn(body["text"]);
    const reason = textIn(body["finish_reason"]);
    if (text === undefined && reason === undefined && type === undefined) return undefined;
    const { meta } = objectIn(body["response"]);
    const counted = objectIn(objectIn(meta)["billed_units"]);
    return { text, reason, input: numberIn(counted["input_tokens"]), output: numberIn(counted["output_tokens"]) };
  },
};

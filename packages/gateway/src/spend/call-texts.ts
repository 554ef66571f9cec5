/** What was asked and answered in a finished call, as far as it is to be kept. */

import type { Finished } from "../serve-call.ts";
import { keptTexts, type PromptSettings, type Texts } from "./prompts.ts";
import { wholeStream } from "./whole-stream.ts";

type Body = Finished["call"]["at"]["body"];

/** What the formats call the question, and what stands beside it. */
const questions = ["messages", "input", "prompt", "contents", "query", "document"];
const beside = ["system", "instructions", "systemInstruction", "system_instruction"];

/** Bytes; a longer body is not parsed for this. */
const LONGEST = 2 * 1024 * 1024;

export function createCallTexts(settings: PromptSettings): (finished: Finished) => Texts {
  return ({ call, answer, record }) => {
    const { body } = call.at;
    // LiteLLM's word for "this call shall leave no trace of its contents".
    const off = body.has("no-log") && body.get("no-log") === true;
    if (!settings.store || off) return {};
    return keptTexts({ messages: questionOf(body), response: answerOf(answer, record) }, settings);
  };
}

function questionOf(body: Body): unknown {
  if (body.raw.length > LONGEST) return undefined;
  const name = questions.find((each) => body.has(each));
  if (name === undefined) return undefined;
  const question = body.get(name);
  const told = beside.find((each) => body.has(each));
  if (told === undefined) return question;
  const rest = Array.isArray(question) ? question : [{ role: "user", content: question }];
  return [{ role: "system", content: body.get(told) }, ...rest];
}

function answerOf(answer: Finished["answer"], { stream, operation }: Finished["record"]): unknown {
  if (answer === undefined || answer.length > LONGEST) return undefined;
  const text = answer.toString();
  if (stream) return wholeStream(text);
  try {
    return JSON.parse(text);
  } catch {
    // A transcript may be plain text; sound is none.
    return operation === "transcribe" || operation === "translate" ? text : undefined;
  }
}

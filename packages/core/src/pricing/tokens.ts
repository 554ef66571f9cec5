/** How many tokens a text or a request is: counted where we have the model's alphabet, estimated where we have not. */

import { toolText } from "./tool-text.ts";

export interface TokenCount {
  readonly tokens: number;
  /** True when the text was too large to be counted. */
  readonly estimated?: true;
}

export interface Countable {
  readonly messages?: unknown;
  readonly tools?: unknown;
  readonly tool_choice?: unknown;
  /** Text, or a list of texts or token ids. */
  readonly prompt?: unknown;
  /** Anthropic's and others' text beside the messages. */
  readonly system?: unknown;
}

type Counter = (text: string) => number;
type Json = Readonly<Record<string, unknown>>;

/** Above this many characters counting holds up everybody else for longer than an exact figure is worth. */
const COUNT_AT_MOST = 400_000;
/** Finding the pairs to merge takes the square of a run's length. */
const LONGEST_RUN = 2_000;
const CHARACTERS_PER_TOKEN = 4;

/** What OpenAI's chat format adds: around a message, for its name, and to begin the answer. */
const PER_MESSAGE = 3;
const PER_NAME = 1;
const PER_ANSWER = 3;
/** The frame around tools, and what is saved when they share a system message. */
const PER_TOOLS = 9;
const SHARED_SYSTEM = 4;
/** OpenAI's figures: a picture looked at roughly, and one of 1024 × 1024 looked at closely. */
const ROUGH_IMAGE = 85;
const CLOSE_IMAGE = 765;

const older = /gpt-4(?![.o\d])|gpt-3\.?5|text-embedding|text-davinci-00[23]|davinci-002|babbage-002/;

export async function countTokens(text: string, model?: string): Promise<TokenCount> {
  const tally = new Tally(await counterFor(model));
  tally.text(text);
  return tally.result();
}

export async function countRequest(request: Countable, model?: string): Promise<TokenCount> {
  const tally = new Tally(await counterFor(model));
  const messages = list(request.messages);
  countPrompt(tally, request.prompt);
  countContent(tally, request.system);
  for (const message of messages) countMessage(tally, message);
  if (messages.length > 0) tally.add(PER_ANSWER);
  const tools = list(request.tools);
  if (tools.length > 0) {
    tally.text(toolText(tools));
    tally.add(PER_TOOLS);
    if (messages.some((message) => message["role"] === "system")) tally.add(-SHARED_SYSTEM);
  }
  countToolChoice(tally, request.tool_choice);
  return tally.result();
}

/** A guess from the size alone, right for prose. What is surely enough is the number of bytes itself: no token is shorter. */
export function estimateTokens(bytes: number): number {
  return Math.ceil(bytes / CHARACTERS_PER_TOKEN);
}

/** Adds up; gives up counting once there is too much of it. */
class Tally {
  readonly #count: Counter;
  #tokens = 0;
  #characters = 0;
  #estimated = false;

  constructor(count: Counter) {
    this.#count = count;
  }

  add(tokens: number): void {
    this.#tokens += tokens;
  }

  text(text: string): void {
    this.#characters += text.length;
    if (this.#characters > COUNT_AT_MOST) {
      this.#estimated = true;
      this.#tokens += estimateTokens(text.length);
      return;
    }
    for (const piece of pieces(text)) this.#tokens += this.#count(piece);
  }

  result(): TokenCount {
    const tokens = Math.max(0, this.#tokens);
    return this.#estimated ? { tokens, estimated: true } : { tokens };
  }
}

async function counterFor(model: string | undefined): Promise<Counter> {
  const { countTokens: count } =
    model !== undefined && older.test(model)
      ? await import("gpt-tokenizer/encoding/cl100k_base")
      : await import("gpt-tokenizer/encoding/o200k_base");
  // Text that looks like a special token is still somebody's text.
  return (text) => count(text, { disallowedSpecial: new Set() });
}

/** The whole text, unless it holds a run without a break that is too long: then cut wherever a run reaches that length. */
export function pieces(text: string): readonly string[] {
  if (text.length <= LONGEST_RUN) return [text];
  const cut: string[] = [];
  let from = 0;
  let runFrom = 0;
  let inSpace = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const space = code === 32 || (code >= 9 && code <= 13);
    if (space !== inSpace) {
      inSpace = space;
      runFrom = at;
    } else if (at - runFrom >= LONGEST_RUN && !isSecondHalf(code)) {
      cut.push(text.slice(from, at));
      from = at;
      runFrom = at;
    }
  }
  cut.push(text.slice(from));
  return cut;
}

function isSecondHalf(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}

function countPrompt(tally: Tally, prompt: unknown): void {
  if (typeof prompt === "string") tally.text(prompt);
  else if (typeof prompt === "number") tally.add(1);
  else if (Array.isArray(prompt)) for (const each of prompt) countPrompt(tally, each);
}

function countMessage(tally: Tally, message: Json): void {
  tally.add(PER_MESSAGE);
  for (const [name, value] of Object.entries(message)) {
    if (name === "tool_calls") countToolCalls(tally, value);
    else if (name === "content") countContent(tally, value);
    else if (typeof value === "string") {
      tally.text(value);
      if (name === "name") tally.add(PER_NAME);
    }
  }
}

function countToolCalls(tally: Tally, calls: unknown): void {
  for (const call of list(calls)) {
    const called = record(call["function"]);
    for (const field of ["name", "arguments"]) {
      const value = called[field];
      if (typeof value === "string") tally.text(value);
    }
  }
}

/** Text, or parts of any dialect: their texts and pictures, and what tools were asked and answered. */
function countContent(tally: Tally, content: unknown): void {
  if (typeof content === "string") {
    tally.text(content);
    return;
  }
  for (const part of list(content)) {
    const type = String(part["type"] ?? "");
    if (type.includes("image")) tally.add(record(part["image_url"])["detail"] === "high" ? CLOSE_IMAGE : ROUGH_IMAGE);
    for (const field of ["text", "thinking", "name"]) {
      const value = part[field];
      if (typeof value === "string") tally.text(value);
    }
    if (part["input"] !== null && typeof part["input"] === "object") tally.text(JSON.stringify(part["input"]));
    countContent(tally, part["content"]);
  }
}

function countToolChoice(tally: Tally, choice: unknown): void {
  if (choice === "none") {
    tally.add(1);
    return;
  }
  const name = record(record(choice)["function"])["name"] ?? record(choice)["name"];
  if (typeof name !== "string") return;
  tally.add(SHARED_SYSTEM);
  tally.text(name);
}

function record(value: unknown): Json {
  return value !== null && typeof value === "object" ? (value as Json) : {};
}

function list(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter((each) => each !== null && typeof each === "object") : [];
}

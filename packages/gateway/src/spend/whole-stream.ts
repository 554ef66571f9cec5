/** Puts a stream's events together to the reply that it stands for, whatever format they are in. */

type Fields = Readonly<Record<string, unknown>>;
type Growing = Record<string, unknown>;

/** Undefined: nothing of it could be read. */
export function wholeStream(text: string): unknown {
  const events = eventsOf(text);
  // A last event that holds everything needs no putting together.
  const done = events.find((event) => /^response\.(completed|incomplete|failed)$/.test(String(event["type"])));
  if (done) return done["response"];
  if (events.some((event) => event["type"] === "message_start")) return ofMessage(events);
  if (events.some((event) => Array.isArray(event["candidates"]))) return ofCandidates(events);
  return events.length === 0 ? undefined : ofChoices(events);
}

function eventsOf(text: string): readonly Fields[] {
  return text.split(/\r\n|\n|\r/).flatMap((line) => {
    if (!line.startsWith("data:")) return [];
    try {
      const data: unknown = JSON.parse(line.slice(5));
      return isMap(data) ? [data] : [];
    } catch {
      // `[DONE]`, and an event that was cut.
      return [];
    }
  });
}

/** Choices with deltas. */
function ofChoices(events: readonly Fields[]): Fields {
  const whole: Growing = {};
  const choices = new Map<unknown, Growing>();
  for (const { choices: told, ...rest } of events) {
    for (const [name, value] of Object.entries(rest)) if (value !== null) whole[name] = value;
    for (const choice of maps(told)) addChoice(choices, choice);
  }
  if (typeof whole["object"] === "string") whole["object"] = whole["object"].replace(/\.chunk$/, "");
  return { ...whole, choices: [...choices.values()] };
}

function addChoice(choices: Map<unknown, Growing>, { index = 0, delta, text, finish_reason: reason }: Fields): void {
  const choice = choices.get(index) ?? { index };
  choices.set(index, choice);
  if (typeof text === "string") join(choice, "text", text);
  if (isMap(delta)) choice["message"] = withDelta(isMap(choice["message"]) ? choice["message"] : {}, delta);
  if (reason !== null && reason !== undefined) choice["finish_reason"] = reason;
}

function withDelta(message: Fields, { tool_calls: calls, ...delta }: Fields): Growing {
  const grown: Growing = { ...message };
  for (const [name, value] of Object.entries(delta)) if (name === "role" || typeof value !== "string") grown[name] ??= value;
  for (const [name, value] of Object.entries(delta)) if (name !== "role" && typeof value === "string") join(grown, name, value);
  if (calls !== undefined) grown["tool_calls"] = withCalls(maps(grown["tool_calls"]), maps(calls));
  return grown;
}

function withCalls(before: readonly Fields[], calls: readonly Fields[]): readonly Fields[] {
  const all: Growing[] = before.map((call) => ({ ...call }));
  for (const { index, function: called, ...rest } of calls) {
    const at = typeof index === "number" && index >= 0 && index < all.length ? index : all.length;
    const call: Growing = { ...rest, ...all[at] };
    const known = isMap(call["function"]) ? { ...call["function"] } : {};
    for (const [name, value] of Object.entries(isMap(called) ? called : {})) if (typeof value === "string") join(known, name, value);
    all[at] = { ...call, function: known };
  }
  return all;
}

/** A message of content blocks. */
function ofMessage(events: readonly Fields[]): Fields {
  const whole: Growing = {};
  const blocks = new Map<unknown, Growing>();
  for (const { type, message, index, content_block: begun, delta, usage } of events) {
    if (type === "message_start" && isMap(message)) Object.assign(whole, message);
    if (type === "content_block_start" && isMap(begun)) blocks.set(index, { ...begun });
    const block = blocks.get(index);
    if (type === "content_block_delta" && block && isMap(delta)) addDelta(block, delta);
    if (type === "message_delta" && isMap(delta)) Object.assign(whole, delta);
    if (isMap(usage)) whole["usage"] = { ...(isMap(whole["usage"]) ? whole["usage"] : {}), ...usage };
  }
  return { ...whole, content: [...blocks.values()] };
}

const growing: Readonly<Record<string, string>> = { text: "text", thinking: "thinking", signature: "signature", partial_json: "input" };

function addDelta(block: Growing, delta: Fields): void {
  for (const [name, into] of Object.entries(growing)) {
    const part = delta[name];
    if (typeof part !== "string") continue;
    // A tool's input begins as an empty object and grows as text.
    if (typeof block[into] !== "string") block[into] = "";
    join(block, into, part);
  }
}

/** Candidates with parts. */
function ofCandidates(events: readonly Fields[]): Fields {
  const whole: Growing = {};
  const parts: Growing[] = [];
  const last: Growing = {};
  for (const { candidates, ...rest } of events) {
    Object.assign(whole, rest);
    const [{ content, ...told } = {} as Fields] = maps(candidates);
    Object.assign(last, told);
    for (const part of maps(isMap(content) ? content["parts"] : undefined)) addPart(parts, part);
  }
  return { ...whole, candidates: [{ ...last, content: { role: "model", parts } }] };
}

function addPart(parts: Growing[], part: Fields): void {
  const before = parts.at(-1);
  const { text } = part;
  if (before && typeof text === "string" && typeof before["text"] === "string" && before["thought"] === part["thought"])
    join(before, "text", text);
  else parts.push({ ...part });
}

function join(to: Growing, name: string, part: string): void {
  const before = to[name];
  to[name] = typeof before === "string" ? before + part : part;
}

function maps(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isMap) : [];
}

function isMap(value: unknown): value is Fields {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

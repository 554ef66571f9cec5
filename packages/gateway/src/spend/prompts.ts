/** What is kept of prompts and answers (`store_prompts_in_spend_logs`): nothing, a hint that there was something, or shortened texts. */

export interface PromptSettings {
  readonly store: boolean;
  /** `turn_off_message_logging`: that there was something, not what. */
  readonly redact: boolean;
  /** `MAX_STRING_LENGTH_PROMPT_IN_DB`: characters of each text. */
  readonly maxChars: number;
}

export const DEFAULT_MAX_CHARS = 1000;

export interface Texts {
  readonly messages?: unknown;
  readonly response?: unknown;
}

const REDACTED = "redacted";
const nothing: Texts = {};

/** `off`: this call, this key or this team shall keep nothing. */
export function keptTexts({ messages, response }: Texts, settings: PromptSettings, off = false): Texts {
  if (!settings.store || off) return nothing;
  const kept = (value: unknown): unknown => (settings.redact ? REDACTED : shortened(value, settings.maxChars));
  return {
    ...(messages !== undefined && { messages: kept(messages) }),
    ...(response !== undefined && { response: kept(response) }),
  };
}

/** The number that the variable says; what is no number is the default. */
export function maxCharsOf(variable: string | undefined): number {
  const chars = Number(variable);
  return variable !== undefined && Number.isInteger(chars) && chars > 0 ? chars : DEFAULT_MAX_CHARS;
}

/** Deeper and longer than any real prompt: bounds what one row may cost. */
const DEEPEST = 24;
const MOST_ITEMS = 1000;

/** The same value with long texts cut; its shape stays. */
export function shortened(value: unknown, maxChars: number, depth = 0): unknown {
  if (typeof value === "string") return cut(value, maxChars);
  if (value === null || typeof value !== "object") return value;
  if (depth >= DEEPEST) return "…";
  if (Array.isArray(value)) return value.slice(0, MOST_ITEMS).map((each) => shortened(each, maxChars, depth + 1));
  const members = Object.entries(value).slice(0, MOST_ITEMS);
  return Object.fromEntries(members.map(([name, each]) => [cut(name, maxChars), shortened(each, maxChars, depth + 1)]));
}

function cut(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  // Begin and end say more than the begin alone; a character of two halves is not split.
  const begin = text.slice(0, Math.ceil(maxChars / 2)).replace(/[\ud800-\udbff]$/, "");
  const end = text.slice(text.length - Math.floor(maxChars / 2)).replace(/^[\udc00-\udfff]/, "");
  return `${begin}… (${text.length - begin.length - end.length} characters left out) …${end}`;
}

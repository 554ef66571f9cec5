/** What the name of a Gemini model tells: its generation decides how thinking, signatures and schemas are said. */

export interface ModelVersion {
  readonly major: number;
  readonly minor: number;
  readonly tier: "pro" | "flash" | "flash-lite" | undefined;
}

/** Aliases without a number follow the newest models. */
const NEWEST = { major: 3, minor: 5 };

/** Undefined: no Gemini model, or one that its owner named (a tuned endpoint). */
export function modelVersion(model: string): ModelVersion | undefined {
  const numbers = /gemini-(\d+)(?:\.(\d+))?/.exec(model);
  if (!numbers && !/gemini-(pro|flash|flash-lite)-latest/.test(model)) return undefined;
  const tier = model.includes("flash-lite") ? "flash-lite" : model.includes("flash") ? "flash" : model.includes("pro") ? "pro" : undefined;
  if (!numbers) return { ...NEWEST, tier };
  return { major: Number(numbers[1]), minor: Number(numbers[2] ?? 0), tier };
}

/** Thinking by level instead of by budget, signatures that are checked, files inside tool results. */
export function isGemini3(model: string): boolean {
  return (modelVersion(model)?.major ?? 0) >= 3;
}

/** Gemini 2 and later read JSON Schema as it is. */
export function readsJsonSchema(model: string): boolean {
  const version = modelVersion(model);
  return version ? version.major >= 2 : !/gemma|learnlm|gemini-exp|gemini-pro|palm|bison/.test(model);
}

/** OpenAI's families of models, told by name: each takes other parameters. */

export type ModelFamily = "o-series" | "gpt-5" | "gpt-5-search" | "plain";

/** `anywhere`: the name is somebody's own (an Azure deployment) and only holds the model's. */
export function modelFamily(name: string, { anywhere = false } = {}): ModelFamily {
  if (name.includes("o_series/")) return "o-series";
  if (name.includes("gpt5_series/")) return "gpt-5";
  const bare = name.replace(/^ft:/, "").toLowerCase();
  if (anywhere ? /(^|[^a-z0-9])o[1-9]($|[^a-z0-9])/.test(bare) : /^o[1-9]($|-)/.test(bare)) return "o-series";
  if (!(anywhere ? bare.includes("gpt-5") : bare.startsWith("gpt-5"))) return "plain";
  if (bare.includes("gpt-5-chat")) return "plain";
  return bare.includes("gpt-5-search") ? "gpt-5-search" : "gpt-5";
}

/** The names under which a model may stand in the price book, nearest first. */

/** Of a cloud's cross-region inference profiles: the same model, wherever it runs. */
const region = /^(?:us-gov|us|eu|apac|global|jp|au|ca|in|sa|uk|me|af|il|mx)\./;
/** Context variants: `…-v1:0:51k`, `…[1m]`. */
const variant = /:\d+k$|\[\w+\]$/;
/** Version numbers and dates without dashes: `gemini-1.5-pro-002`, `…-20250514`, `…@20250514`. */
const version = /(?:-\d{3,}|@[\w-]+)$/;
/** `ft:base:organisation:name:id`: a tuned model is priced by its base. */
const tuned = /^ft:([^:]+)(?::[^:]*){1,3}$/;

export function spellings(model: string): readonly string[] {
  const names = new Set<string>([model]);
  // A set goes on to what is added while it is walked: each change is tried on each result.
  for (const name of names) {
    const base = tuned.exec(name)?.[1];
    if (base !== undefined) names.add(`ft:${base}`).add(base);
    names.add(name.replace(variant, ""));
    names.add(name.replace(region, ""));
    names.add(name.replace(version, ""));
    const slash = name.indexOf("/");
    if (slash > 0) names.add(name.slice(slash + 1));
  }
  names.delete("");
  return [...names];
}

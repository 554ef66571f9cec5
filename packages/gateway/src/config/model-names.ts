/** Public model names as they match: exact ones and those with `*`. */

/** Says whether a name would find a model among `patterns`. */
export function nameMatcher(patterns: readonly string[]): (name: string) => boolean {
  const exact = new Set(patterns);
  const wild = patterns.filter((each) => each.includes("*")).map(toExpression);
  return (name) => exact.has(name) || wild.some((each) => each.test(name));
}

function toExpression(pattern: string): RegExp {
  const literal = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${literal.join(".*")}$`);
}

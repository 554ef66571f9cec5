/** Removes what `additional_drop_params` names: `temperature`, `a.b`, `tools[*].function.strict`, `tools[0].x`. */

type Step = string | number | "*";

/** A copy without the value at the path; the same value when nothing stands there. Works on one top-level member. */
export function withoutPath(value: unknown, steps: readonly Step[]): unknown {
  const [first, ...rest] = steps;
  if (first === undefined) return undefined;
  if (Array.isArray(value)) {
    if (typeof first === "string" && first !== "*") return value;
    return value.map((each, at) => (first === "*" || first === at ? (rest.length === 0 ? each : withoutPath(each, rest)) : each));
  }
  if (value === null || typeof value !== "object" || typeof first === "number" || !Object.hasOwn(value, first)) return value;
  const { [first]: inner, ...others } = value as Record<string, unknown>;
  return rest.length === 0 ? others : { ...others, [first]: withoutPath(inner, rest) };
}

/** `tools[*].function.strict` → ["tools", "*", "function", "strict"]. */
export function parsePath(path: string): readonly Step[] {
  return path
    .replace(/\[(\*|\d+)\]/g, ".$1")
    .split(".")
    .filter((step) => step !== "")
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}

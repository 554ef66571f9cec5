/** One part of a config through its zod schema: what does not fit is reported at its place and left out. */

import type * as z from "zod";
import { type Path, problem, type Report } from "./problem.ts";
import { placeOf, type Tree } from "./tree.ts";

export interface Where {
  readonly tree: Tree;
  readonly path: Path;
  readonly report: Report;
}

/** The parsed value, or undefined when it is unusable. Reports every issue. */
export function parsePart<Schema extends z.ZodType>(schema: Schema, value: unknown, where: Where): z.output<Schema> | undefined {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  reportIssues(parsed.error.issues, value, where);
  return undefined;
}

/** A section of optional settings; those that do not fit are left out, so that the others can be checked as well. */
export function parseSection<Schema extends z.ZodObject>(schema: Schema, value: unknown, where: Where): z.output<Schema> {
  const parsed = schema.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  reportIssues(parsed.error.issues, value, where);
  const wrong = new Set(parsed.error.issues.map((issue) => issue.path[0]));
  const rest = Object.entries(isMap(value) ? value : {}).filter(([name]) => !wrong.has(name));
  return schema.parse(Object.fromEntries(rest));
}

function reportIssues(issues: readonly z.core.$ZodIssue[], value: unknown, { tree, path, report }: Where): void {
  for (const issue of issues) {
    const below = issue.path.map((part) => (typeof part === "symbol" ? String(part) : part));
    const found = below.reduce<unknown>((at, part) => (isMap(at) ? at[String(part)] : undefined), value);
    const expected = issue.code === "custom" ? issue.message : "a map";
    const sentence =
      found === undefined || found === null
        ? `This is missing: ${expected} was expected here.`
        : `${expected[0]?.toUpperCase()}${expected.slice(1)} was expected here, ${kindOf(found)} was found.`;
    report(problem("error", placeOf(tree, [...path, ...below]), [...path, ...below], sentence));
  }
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Kinds only: the value itself may be a secret. */
function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  return { string: "a text", number: "a number", boolean: "true or false" }[String(typeof value)] ?? "something else";
}

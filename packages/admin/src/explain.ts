/** Turns what zod found wrong into one refusal that names the field and says what is allowed. */

import type * as z from "zod";
import { InputProblem } from "./input-problem.ts";
import { nearest } from "./nearest.ts";

type Issue = z.core.$ZodIssue;

/** The words for issues whose schema says nothing itself. */
export function wordsOf(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === "invalid_type") return kinds[issue.expected] ?? `must be of the type ${issue.expected}`;
  if (issue.code === "invalid_value") return `must be one of ${issue.values.map(String).join(", ")}`;
  if (issue.code === "too_small") return `must be at least ${issue.minimum}`;
  if (issue.code === "too_big") return `must be at most ${issue.maximum}`;
  return issue.code === "invalid_union" ? "has a form that is not understood here" : undefined;
}

const kinds: Readonly<Record<string, string>> = {
  string: "must be a text",
  number: "must be a number",
  int: "must be a whole number",
  boolean: "must be true or false",
  array: "must be a list",
  object: "must be an object",
  record: "must be an object",
};

export function explained(issues: readonly Issue[], input: unknown, known: readonly string[]): InputProblem {
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];
  if (!issue) return new InputProblem(400, "The request was not understood.", null);
  const param = pathOf(issue.path);
  if (issue.code === "unrecognized_keys") return unknown(issue.keys, issue.path, known);
  if (valueAt(input, issue.path) === undefined && issue.code !== "custom")
    return new InputProblem(400, `The field '${param}' is missing. It ${issue.message}.`, param);
  const status = issue.code === "custom" && issue.params?.["status"] === 400 ? 400 : 422;
  return new InputProblem(status, `The field '${param}' ${issue.message}.`, param);
}

function unknown(keys: readonly string[], path: Issue["path"], known: readonly string[]): InputProblem {
  const [first = ""] = keys;
  const shown = keys.slice(0, 10).map((key) => `'${pathOf([...path, key])}'`);
  const said = keys.length === 1 ? `The field ${shown[0]} is not known here.` : `The fields ${shown.join(", ")} are not known here.`;
  const near = path.length === 0 ? nearest(first, known) : undefined;
  return new InputProblem(400, said + (near ? ` Did you mean '${near}'?` : " Take it out, or check its name."), pathOf([...path, first]));
}

/** `members.0.role`; long names are cut, as the client chose them. */
function pathOf(path: readonly PropertyKey[]): string {
  const whole = path.map(String).join(".");
  return whole.length > 200 ? `${whole.slice(0, 200)}…` : whole;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, step) => (typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined), input);
}

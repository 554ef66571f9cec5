/** Turns groups of fields into shapes: all optional, or all clearable by null. */

import * as z from "zod";

type Shape = Readonly<Record<string, z.ZodType>>;
type Optional<S extends Shape> = { [Name in keyof S]: z.ZodOptional<S[Name]> };
type Clearable<S extends Shape> = { [Name in keyof S]: z.ZodOptional<z.ZodNullable<S[Name]>> };

export function optional<S extends Shape>(shape: S): Optional<S> {
  return mapped(shape, (field) => field.optional()) as Optional<S>;
}

/** For updates: what is left out stays, null takes away. */
export function clearable<S extends Shape>(shape: S): Clearable<S> {
  return mapped(shape, (field) => field.nullish()) as Clearable<S>;
}

export function without<S extends Shape, Name extends keyof S>(shape: S, ...left: readonly Name[]): Omit<S, Name> {
  const gone = new Set<keyof S>(left);
  return Object.fromEntries(Object.entries(shape).filter(([field]) => !gone.has(field))) as Omit<S, Name>;
}

function mapped(shape: Shape, change: (field: z.ZodType) => z.ZodType): Record<string, z.ZodType> {
  return Object.fromEntries(Object.entries(shape).map(([field, schema]) => [field, change(schema)]));
}

/** Refuses an end before its start. */
export function ranged<S extends z.ZodRawShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  return z.strictObject(shape).refine(endsAfterStart, { path: ["end_date"], error: "must not be before start_date" });
}

function endsAfterStart(input: Readonly<Record<string, unknown>>): boolean {
  const { start_date: from, end_date: until } = input;
  return typeof from !== "string" || typeof until !== "string" || comparable(from) <= comparable(until, "~");
}

/** A date alone is the whole day. */
function comparable(moment: string, fill = ""): string {
  const plain = moment.replace(" ", "T");
  return plain.length === 10 ? plain + fill : plain;
}

/** Wants somebody to be named: by `user_id` or by `user_email`. */
export function ofPerson<S extends z.ZodRawShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  const named = (input: Readonly<Record<string, unknown>>): boolean => Boolean(input["user_id"]) || Boolean(input["user_email"]);
  return z
    .strictObject(shape, "must be an object")
    .refine(named, { path: ["user_id"], error: "or user_email must be given", params: { status: 400 } });
}

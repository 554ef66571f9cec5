/** What a row of the admin contract is: one typed call. Gateway, client, command line and openapi.json are all made from rows. */

import type * as z from "zod";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Endpoint<Input extends z.ZodObject = z.ZodObject, Reply extends z.ZodType = z.ZodType> {
  readonly method: Method;
  /** With parameters in braces: `/model/{model_id}/update`. */
  readonly path: string;
  /** Other paths that mean the same. */
  readonly aliases?: readonly string[];
  /** The right that is needed. Who has it is the gateway's business. */
  readonly needs: Right;
  /** One object: path parameters, query and body members together; unknown members are refused with their name. */
  readonly input: Input;
  /** Members that may also stand in the query of a call that has a body. */
  readonly query?: readonly string[];
  /** The body is a bare list or a map of free names, and stands whole in this member. */
  readonly bodyIn?: string;
  /** `clear`: null takes away what was set. Otherwise null means "not said", as clients that send every field mean it. */
  readonly nulls?: "clear";
  /** Known to LiteLLM: kept and told back, but nothing acts on them yet. The reply names those that were given in `warnings`. */
  readonly storedOnly?: readonly string[];
  /** The gateway answers this from memory by itself: here for clients and for openapi.json. */
  readonly elsewhere?: true;
  readonly reply: Reply;
  /** For people: one sentence. */
  readonly about: string;
  /** The tag of openapi.json. */
  readonly group: string;
}

export type Things =
  | "keys"
  | "users"
  | "teams"
  | "organizations"
  | "projects"
  | "customers"
  | "budgets"
  | "tags"
  | "access_groups"
  | "credentials"
  | "models"
  | "spend"
  | "config"
  | "audit";

/** `things:read`, `things:write`; who owns the object may do more, which the handler's query sees to. `self`: whoever has a key, about oneself. */
export type Right = "public" | "self" | `${Things}:${"read" | "write"}`;

type Rest<Input extends z.ZodObject, Reply extends z.ZodType> = Omit<
  Endpoint<Input, Reply>,
  "method" | "path" | "needs" | "about" | "group"
>;
type Maker = <Input extends z.ZodObject, Reply extends z.ZodType>(
  path: string,
  needs: Right,
  about: string,
  rest: Rest<Input, Reply>,
) => Endpoint<Input, Reply>;

/** Makes the rows of one group: `post("/key/block", "keys:write", "Refuses a key …", { input, reply })`. */
export function rowsOf(group: string): Readonly<Record<"get" | "post" | "put" | "patch" | "remove", Maker>> {
  const maker =
    (method: Method): Maker =>
    (path, needs, about, rest) => ({ method, path, needs, about, group, ...rest });
  return { get: maker("GET"), post: maker("POST"), put: maker("PUT"), patch: maker("PATCH"), remove: maker("DELETE") };
}

/** What a handler is given. */
export type InputOf<Row> = Row extends Endpoint<infer Input, z.ZodType> ? z.output<Input> : never;
/** What a caller gives. */
export type AskOf<Row> = Row extends Endpoint<infer Input, z.ZodType> ? z.input<Input> : never;
export type ReplyOf<Row> = Row extends Endpoint<z.ZodObject, infer Reply> ? z.output<Reply> : never;

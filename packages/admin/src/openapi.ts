/** Rows of the contract as paths of an OpenAPI 3.1 document. */

import * as z from "zod";
import { contract } from "./contract.ts";
import type { Endpoint } from "./endpoint.ts";

type Json = Readonly<Record<string, unknown>>;

interface ObjectSchema {
  readonly properties: Json;
  readonly required: readonly string[];
}

/** `{ "/key/generate": { post: … } }`, with aliases. `errorReply` is what every call may answer besides. */
export function adminPaths(errorReply: object): Readonly<Record<string, Readonly<Record<string, object>>>> {
  const paths: Record<string, Record<string, object>> = {};
  for (const [area, rows] of Object.entries(contract)) {
    for (const [name, row] of Object.entries<Endpoint>(rows)) {
      const described = { input: schemaOf(row.input), reply: plain(row.reply, "output") };
      for (const [index, path] of [row.path, ...(row.aliases ?? [])].entries()) {
        const id = `${area}_${name}${index === 0 ? "" : `_${index + 1}`}`;
        const at = paths[path] ?? {};
        paths[path] = at;
        at[row.method.toLowerCase()] = {
          operationId: id,
          ...operation(row, path, described),
          responses: responses(described.reply, errorReply),
        };
      }
    }
  }
  return paths;
}

function operation(row: Endpoint, path: string, { input }: { readonly input: ObjectSchema }): object {
  const inPath = new Set([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
  const rest = Object.entries(input.properties).filter(([name]) => !inPath.has(name));
  const isQuery = (name: string): boolean => row.method === "GET" || (row.query?.includes(name) ?? false);
  const parameters = [
    ...[...inPath].map((name) => ({ name, in: "path", required: true, schema: { type: "string" } })),
    ...rest
      .filter(([name]) => isQuery(name))
      .map(([name, schema]) => ({ name, in: "query", required: row.method === "GET" && input.required.includes(name), schema })),
  ];
  const needed = input.required.filter((name) => !inPath.has(name));
  return {
    summary: row.about,
    tags: [row.group],
    ...(parameters.length > 0 && { parameters }),
    ...(row.method !== "GET" && rest.length > 0 && { requestBody: bodyOf(row, rest, needed) }),
    ...(row.needs === "public" && { security: [] }),
  };
}

function bodyOf(row: Endpoint, members: readonly (readonly [string, unknown])[], required: readonly string[]): object {
  const whole = members.find(([name]) => name === row.bodyIn)?.[1];
  const schema = whole ?? { type: "object", properties: Object.fromEntries(members), required, additionalProperties: false };
  return { required: required.length > 0, content: { "application/json": { schema } } };
}

function responses(reply: Json, errorReply: object): object {
  return { "200": { description: "OK", content: { "application/json": { schema: reply } } }, default: errorReply };
}

function schemaOf(input: z.ZodType): ObjectSchema {
  const { properties, required } = plain(input, "input");
  return { properties: (properties ?? {}) as Json, required: Array.isArray(required) ? required : [] };
}

function plain(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
}

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { contract } from "./contract.ts";
import type { Endpoint } from "./endpoint.ts";

type Fields = Readonly<Record<string, string>>;
/** LiteLLM's admin API as its own OpenAPI document shows it: routes, and names and types of fields. */
const known = JSON.parse(readFileSync(new URL("./fixtures/known-api.json", import.meta.url), "utf8")) as {
  readonly routes: readonly string[];
  readonly inputs: Readonly<Record<string, { readonly query?: Fields; readonly body?: Fields }>>;
};

/** Served by LiteLLM, too, but left out of its document. */
const undocumented =
  /^\w+ (\/v2\/key\/info|\/user\/(available_roles|filter\/ui)|\/end_user\/.*|\/spend\/(logs\/ui.*|keys|users)|\/global\/.*|\/config\/(list|yaml|field\/\w+|update)|\/get\/(config\/callbacks|allowed_ips)|\/invitation\/\w+|\/onboarding\/\w+)$/;

const limitsOfCustomers = ["max_parallel_requests", "model_max_budget", "rpm_limit", "soft_budget", "tpd_limit", "tpm_limit"];

/** Fields that we take beyond those of the document: every limit holds on every level. */
const more: Readonly<Record<string, readonly string[]>> = {
  "POST /customer/update": [...limitsOfCustomers, "budget_duration"],
  "POST /team/new": ["max_parallel_requests"],
  "POST /team/update": ["max_parallel_requests"],
  "PATCH /team/{team_id}": ["max_parallel_requests"],
  "POST /user/new": ["soft_budget", "tpd_limit"],
  "POST /user/update": ["soft_budget", "tpd_limit"],
  "POST /model/block": ["id"],
  "POST /model/unblock": ["id"],
};

const all = Object.entries(contract).flatMap(([area, rows]) =>
  Object.entries<Endpoint>(rows).map(([name, row]) => ({ name: `${area}.${name}`, row })),
);
const routesOf = ({ method, path, aliases = [] }: Endpoint): string[] => [path, ...aliases].map((each) => `${method} ${each}`);

function unwrapped(schema: unknown): unknown {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault
    ? unwrapped(schema.unwrap())
    : schema;
}

function kindsOf(schema: unknown): readonly string[] {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodUnion) return inner.options.flatMap(kindsOf);
  if (inner instanceof z.ZodObject || inner instanceof z.ZodRecord) return ["object"];
  if (inner instanceof z.ZodArray) return ["array"];
  if (inner instanceof z.ZodBoolean) return ["boolean"];
  if (inner instanceof z.ZodNumber) return inner.isInt ? ["integer"] : ["number"];
  return ["string"];
}

describe("each row", () => {
  it.each(all)("$name has a path that clients of LiteLLM know, in lower case words", ({ row }) => {
    for (const route of routesOf(row)) {
      const [, path = ""] = route.split(" ");
      expect(path).toMatch(/^(\/[\w{}.-]+)+$/);
      expect(known.routes.includes(route) || undocumented.test(route), route).toBe(true);
    }
  });

  it.each(all)("$name takes its path parameters, its query members and its body member", ({ row }) => {
    const inPaths = routesOf(row).flatMap((route) => [...route.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name));
    const members = [...inPaths, ...(row.query ?? []), ...(row.bodyIn === undefined ? [] : [row.bodyIn])];
    expect(members.filter((name) => !(name in row.input.shape))).toEqual([]);
  });

  it.each(all)("$name refuses unknown fields, and names only its own fields as stored only", ({ row }) => {
    expect(row.input.safeParse({ surely_not_a_field: 1 }).error?.issues.map(({ code }) => code)).toContain("unrecognized_keys");
    expect((row.storedOnly ?? []).filter((name) => !(name in row.input.shape))).toEqual([]);
  });

  it.each(all)("$name says in one sentence what it does, and which right it needs", ({ row }) => {
    expect(row.about).toMatch(/^[A-Z].+\.$/s);
    expect(row.needs).toMatch(/^(public|self|\w+:(read|write))$/);
    // Who may see an invitation may take it.
    if (row.method === "GET" && row.path !== "/invitation/info") expect(row.needs).not.toMatch(/:write$/);
  });
});

describe("all rows together", () => {
  it("have each method and path once", () => {
    const routes = all.flatMap(({ row }) => routesOf(row));
    expect(routes.filter((route, index) => routes.indexOf(route) !== index)).toEqual([]);
  });

  it("need no key for the pages of invited users only", () => {
    expect(all.filter(({ row }) => row.needs === "public").map(({ name }) => name)).toEqual(["invitations.open", "invitations.claim"]);
  });
});

describe("fields are LiteLLM's", () => {
  const compared = all.flatMap(({ row }) => routesOf(row).flatMap((route) => (known.inputs[route] ? [{ route, row }] : [])));

  it.each(compared)("$route", ({ route, row }) => {
    const { query = {}, body = {} } = known.inputs[route] ?? {};
    const theirs = { ...query, ...body };
    const inPath = [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const ours = Object.keys(row.input.shape).filter((name) => !inPath.includes(name));
    const expected = [...Object.keys(theirs).filter((name) => !inPath.includes(name)), ...(more[route] ?? [])];
    expect(ours.sort()).toEqual([...new Set(expected)].sort());
  });

  it.each(compared)("$route: of the same types", ({ route, row }) => {
    const { query = {}, body = {} } = known.inputs[route] ?? {};
    const wrong = Object.entries({ ...query, ...body }).flatMap(([name, theirs]) => {
      const kinds = kindsOf(row.input.shape[name]);
      const fits = theirs
        .split(/ or | \(/)
        .some((kind) => kind === "any" || kinds.includes(kind) || (name in query && kinds[0] === "array"));
      return fits ? [] : [`${name}: ${theirs}, but here ${kinds.join(" or ")}`];
    });
    expect(wrong).toEqual([]);
  });

  it.each(compared)("$route: what LiteLLM wants must be there", ({ route, row }) => {
    const { body = {} } = known.inputs[route] ?? {};
    const wanted = Object.entries(body).flatMap(([name, kind]) => (kind.endsWith("(required)") ? [name] : []));
    const lenient = new Set(["model_id", "model_info", "credential_info"]);
    const optional = wanted.filter((name) => !lenient.has(name) && row.input.shape[name]?.safeParse(undefined).success);
    expect(optional).toEqual([]);
  });
});

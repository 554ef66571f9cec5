/** The admin API over HTTP: each row of the contract becomes a route that reads one checked input and asks one handler. */

import { type Contract, contract, type Endpoint, type InputOf, InputProblem, type ReplyOf, readInput, storedOnlyOf } from "@tollgate/admin";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Body, GatewayError } from "tollgate/parts";
import type { Principal } from "../access/principal.ts";

/** Who asks: for ownership and for the audit log. */
export interface Caller {
  readonly principal: Principal;
  readonly ip: string;
  /** The header litellm-changed-by: for whom the caller says that it acts. */
  readonly changedBy?: string;
  readonly requestId: string;
}

/** Replies as handlers may give them: with times as Dates, which JSON writes in ISO form. */
export type Told<T> = T extends string
  ? T | Date
  : T extends readonly (infer Item)[]
    ? readonly Told<Item>[]
    : T extends object
      ? { readonly [Name in keyof T]: Told<T[Name]> }
      : T;

export type Answer<Row> = (input: InputOf<Row>, caller: Caller) => Promise<Told<ReplyOf<Row>>>;
export type AreaHandlers<Area extends keyof Contract> = { readonly [Name in keyof Contract[Area]]?: Answer<Contract[Area][Name]> };
/** What is missing is not built yet: 501. */
export type Handlers = { readonly [Area in keyof Contract]?: AreaHandlers<Area> };

export interface AdminParts {
  readonly handlers: Handlers;
  /** Says who asks; throws 401 and 403. Not asked for public rows. */
  readonly gate: (request: FastifyRequest, row: Endpoint) => Principal | Promise<Principal>;
  readonly newCallId: () => string;
}

/** A handler whose row is not known to the compiler any more. */
type AnyAnswer = (input: Readonly<Record<string, unknown>>, caller: Caller) => Promise<unknown>;

export function serveAdmin(app: FastifyInstance, parts: AdminParts): void {
  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, parsed) => parsed(null, body));
    for (const [area, rows] of Object.entries(contract)) {
      const handlers = parts.handlers[area as keyof Contract] as Readonly<Record<string, AnyAnswer>> | undefined;
      for (const [name, row] of Object.entries<Endpoint>(rows)) if (!row.elsewhere) serveRow(scope, row, handlers?.[name], parts);
    }
    done();
  });
}

function serveRow(scope: FastifyInstance, row: Endpoint, handler: AnyAnswer | undefined, parts: AdminParts): void {
  const callers = new WeakMap<FastifyRequest, Caller>();
  // Before the body: nobody without a right makes us read one.
  const onRequest = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const requestId = parts.newCallId();
    reply.header("x-litellm-call-id", requestId);
    // Some replies show a key, once.
    reply.header("cache-control", "no-store");
    const principal = row.needs === "public" ? nobody : await parts.gate(request, row);
    refuseOtherTypes(request);
    callers.set(request, { principal, ip: request.ip, changedBy: changedBy(request), requestId });
  };
  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const caller = callers.get(request);
    if (!handler || !caller) throw notBuilt(row);
    const input = inputOf(row, request);
    const told = await handler(input, caller);
    const stored = storedOnlyOf(row, input);
    await reply.send(
      stored.length > 0 && isObject(told) ? { ...told, warnings: [...warningsIn(told), ...stored.map(warningOf)] } : (told ?? {}),
    );
  };
  for (const path of [row.path, ...(row.aliases ?? [])])
    scope.route({ method: row.method, url: path.replace(/\{(\w+)\}/g, ":$1"), onRequest, handler: answer });
}

/** For calls that need no key. */
const nobody: Principal = {
  kind: "session",
  name: "nobody",
  role: "customer",
  models: [],
  tags: [],
  allowClientTags: false,
  subjects: [],
};

function inputOf(row: Endpoint, request: FastifyRequest): Readonly<Record<string, unknown>> {
  const { params, query, body } = request as { params: Record<string, string>; query: Record<string, string | string[]>; body: unknown };
  const json = Buffer.isBuffer(body) && body.length > 0 ? Body.read(body).json : undefined;
  try {
    return readInput(row, { params, query, body: json });
  } catch (thrown) {
    if (!(thrown instanceof InputProblem)) throw thrown;
    throw new GatewayError(thrown.status === 400 ? "bad_request" : "unprocessable", thrown.message, { param: thrown.param });
  }
}

const jsonType = /^(application\/([\w.+-]*\+)?json|\*\/\*)\s*(;|$)/i;

/** A form of another site can send texts and forms, but no JSON. */
function refuseOtherTypes({ headers }: FastifyRequest): void {
  const type = headers["content-type"];
  if (type === undefined || jsonType.test(type)) return;
  throw new GatewayError(
    "unsupported_media",
    `The content type ${type.slice(0, 100)} is not understood here. Send JSON with the header content-type: application/json.`,
  );
}

function changedBy({ headers }: FastifyRequest): string | undefined {
  const value = headers["litellm-changed-by"];
  return typeof value === "string" && value !== "" ? value.slice(0, 500) : undefined;
}

function notBuilt(row: Endpoint): GatewayError {
  return new GatewayError(
    "not_implemented",
    `${row.method} ${row.path} is not built yet in this version (${row.about.replace(/\.$/, "")}). The changelog tells when it is.`,
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function warningsIn({ warnings }: Readonly<Record<string, unknown>>): readonly unknown[] {
  return Array.isArray(warnings) ? warnings : [];
}

function warningOf(field: string): string {
  return `${field} is stored, but not in force in this version.`;
}

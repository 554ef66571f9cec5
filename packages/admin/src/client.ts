/** A client made from the contract: `await createAdminClient({ url, key }).keys.generate({ key_alias: "ci" })`. Works in browsers. */

import { type Contract, contract } from "./contract.ts";
import type { AskOf, Endpoint, ReplyOf } from "./endpoint.ts";

export interface AdminClientOptions {
  /** Where the gateway is: `http://localhost:4000`. */
  readonly url: string;
  /** Left out in browsers that have a session. */
  readonly key?: string;
  readonly fetch?: typeof globalThis.fetch;
  /** Headers for every call, such as `litellm-changed-by`. */
  readonly headers?: Readonly<Record<string, string>>;
}

type Arguments<Ask> = Record<never, never> extends Ask ? [input?: Ask] : [input: Ask];
export type AdminCall<Row> = (...input: Arguments<AskOf<Row>>) => Promise<ReplyOf<Row>>;
export type AdminClient = {
  readonly [Area in keyof Contract]: { readonly [Name in keyof Contract[Area]]: AdminCall<Contract[Area][Name]> };
};

/** What the gateway refused, in its words. */
export class AdminError extends Error {
  readonly status: number;
  readonly type: string;
  readonly param: string | null;
  readonly code: string;
  /** The header x-litellm-call-id: the gateway's log knows it. */
  readonly callId: string | null;

  constructor(status: number, said: { message: string; type: string; param: string | null; code: string }, callId: string | null) {
    super(said.message);
    this.name = "AdminError";
    this.status = status;
    this.type = said.type;
    this.param = said.param;
    this.code = said.code;
    this.callId = callId;
  }
}

type Input = Readonly<Record<string, unknown>>;

export function createAdminClient(options: AdminClientOptions): AdminClient {
  const areas = Object.entries(contract).map(([area, rows]) => {
    const calls = Object.entries<Endpoint>(rows).map(([name, row]) => [name, (input: Input = {}) => ask(row, input, options)]);
    return [area, Object.fromEntries(calls)];
  });
  return Object.fromEntries(areas) as AdminClient;
}

async function ask(row: Endpoint, input: Input, options: AdminClientOptions): Promise<unknown> {
  const { fetch = globalThis.fetch, key, headers } = options;
  const { path, rest } = placed(row.path, input);
  const base = options.url.replace(/\/+$/, "");
  const hasBody = row.method !== "GET";
  const reply = await fetch(base + path + (hasBody ? "" : queryOf(rest)), {
    method: row.method,
    headers: {
      accept: "application/json",
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(hasBody && { "content-type": "application/json" }),
      ...headers,
    },
    ...(hasBody && { body: JSON.stringify(row.bodyIn === undefined ? rest : rest[row.bodyIn]) }),
  });
  const text = await reply.text();
  if (!reply.ok) throw refusal(reply, text);
  return text === "" ? {} : JSON.parse(text);
}

/** The path with its parameters, and the members that are left for query or body. */
function placed(path: string, input: Input): { readonly path: string; readonly rest: Input } {
  const rest: Record<string, unknown> = { ...input };
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest[name];
    delete rest[name];
    if (typeof value !== "string" || value === "") throw new TypeError(`${path} needs the text '${name}'.`);
    return encodeURIComponent(value);
  });
  return { path: filled, rest };
}

function queryOf(input: Input): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined || value === null) continue;
    for (const each of Array.isArray(value) ? value : [value]) query.append(name, String(each));
  }
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

function refusal(reply: Response, text: string): AdminError {
  const error = errorIn(text);
  const word = (name: string, usual: string): string => (typeof error[name] === "string" ? error[name] : usual);
  const said = {
    message: word("message", `The gateway answered ${reply.status} ${reply.statusText}`.trim()),
    type: word("type", "unknown_error"),
    param: typeof error["param"] === "string" ? error["param"] : null,
    code: word("code", String(reply.status)),
  };
  return new AdminError(reply.status, said, reply.headers.get("x-litellm-call-id"));
}

/** A proxy on the way may answer with anything. */
function errorIn(text: string): Input {
  try {
    const body: unknown = JSON.parse(text);
    const error = typeof body === "object" && body !== null && "error" in body ? body.error : undefined;
    return typeof error === "object" && error !== null ? { ...error } : {};
  } catch {
    return {};
  }
}

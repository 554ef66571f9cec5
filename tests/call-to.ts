/** One call to a gateway as curl makes it: a method and a path in one text, a body that may be wrong. */

import { MASTER_KEY, type TestGateway } from "../packages/testkit/src/gateway.ts";

export type Body = Readonly<Record<string, unknown>>;

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body & {
    readonly error?: { readonly message: string; readonly type: string; readonly param: string; readonly code: string };
  };
}

export type Call = (what: string, body?: unknown, key?: string) => Promise<Reply>;

/** `GET /key/info`; with the master key unless another is given. */
export async function callTo(gateway: TestGateway, what: string, body?: unknown, key = MASTER_KEY): Promise<Reply> {
  const [method, path = ""] = what.split(" ", 2);
  const response = await fetch(gateway.url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body !== undefined && { "content-type": "application/json" }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Reply["body"] };
}

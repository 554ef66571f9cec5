/** A provider made of a real HTTP server on this machine, which answers from a script and remembers who asked what. */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "tollgate/parts";

/** What a scripted server may do for one request; the first of `json`, `text`, `pieces` that is there is the body. */
export interface UpstreamReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly json?: unknown;
  readonly text?: string | Buffer;
  /** A stream, piece by piece: `text/event-stream` unless the headers say otherwise. A number waits so many milliseconds. */
  readonly pieces?: readonly (string | Buffer | number)[];
  /** Before the head is sent. */
  readonly delayMs?: number;
  /** `before`: the connection is cut instead of an answer; `after`: once all there is of the body has been sent; `never`: it stays open. */
  readonly hangsUp?: "before" | "after" | "never";
}

export type UpstreamStep = UpstreamReply | ((request: UpstreamRequest) => UpstreamReply | Promise<UpstreamReply>);

export interface UpstreamRequest {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
  /** The body, parsed; its text where it is no JSON. */
  readonly json: unknown;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** True as soon as the client closed the connection before the answer was complete. */
  readonly clientGone: boolean;
  /** Resolves when the answer is over: true when the client had gone before. */
  readonly over: Promise<boolean>;
}

export interface FakeUpstream {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly requests: readonly UpstreamRequest[];
  /** Adds answers to the end of the script. */
  script(...steps: readonly UpstreamStep[]): void;
  /** Resolves with the request of this index as soon as it has come. */
  request(index: number): Promise<UpstreamRequest>;
  close(): Promise<void>;
}

/** `otherwise` answers when the script is at its end; without it such a request gets a 500 that says so. */
export async function startFakeUpstream(steps: readonly UpstreamStep[] = [], otherwise?: UpstreamStep): Promise<FakeUpstream> {
  const left = [...steps];
  const requests: UpstreamRequest[] = [];
  const waiting = new Set<() => void>();

  const server = createServer((incoming, response) => {
    void serve(incoming, response).catch(() => response.destroy());
  });

  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await readRequest(incoming, response);
    requests.push(request);
    for (const wake of waiting) wake();
    const step = left.shift() ?? otherwise ?? { status: 500, text: `Nothing is scripted for request ${requests.length}.` };
    await answer(response, typeof step === "function" ? await step(request) : step);
  };

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    script: (...more) => void left.push(...more),
    request(index) {
      return new Promise((resolve) => {
        const look = (): void => {
          const request = requests[index];
          if (!request) return;
          waiting.delete(look);
          resolve(request);
        };
        waiting.add(look);
        look();
      });
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readRequest(incoming: IncomingMessage, response: ServerResponse): Promise<UpstreamRequest> {
  const at = systemClock.now();
  let gone = false;
  const over = new Promise<boolean>((resolve) => {
    response.once("close", () => {
      gone = !response.writableFinished;
      resolve(gone);
    });
  });
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  return {
    method: incoming.method ?? "",
    path: incoming.url ?? "",
    headers: incoming.headers,
    body,
    json: jsonOf(body),
    at,
    get clientGone() {
      return gone;
    },
    over,
  };
}

async function answer(response: ServerResponse, reply: UpstreamReply): Promise<void> {
  if (reply.delayMs) await wait(reply.delayMs, response);
  if (response.destroyed) return;
  if (reply.hangsUp === "before") {
    response.destroy();
    return;
  }
  const type = reply.json !== undefined ? "application/json" : reply.pieces ? "text/event-stream" : "text/plain";
  response.writeHead(reply.status ?? 200, { "content-type": type, ...copied(reply.headers) });
  const body = reply.json === undefined ? (reply.text ?? reply.pieces ?? "") : JSON.stringify(reply.json);
  const complete = await send(response, Array.isArray(body) ? body : [body]);
  if (!complete) return;
  if (reply.hangsUp === "after") await cut(response);
  else if (reply.hangsUp !== "never") response.end();
}

/** False when the client went away meanwhile. */
async function send(response: ServerResponse, pieces: readonly (string | Buffer | number)[]): Promise<boolean> {
  response.flushHeaders();
  for (const piece of pieces) {
    if (typeof piece === "number") await wait(piece, response);
    if (response.destroyed) return false;
    if (typeof piece === "number" || piece.length === 0 || response.write(piece)) continue;
    await new Promise<void>((resolve) => {
      response.once("drain", resolve).once("close", resolve);
    });
  }
  return !response.destroyed;
}

/** Not before what was written has left: a cut connection forgets what it still holds. */
async function cut(response: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => {
    response.write("", () => resolve());
  });
  response.socket?.destroySoon();
}

/** Until then, or until the client goes away. */
function wait(milliseconds: number, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const alarm = systemClock.after(milliseconds, done);
    response.once("close", done);
    function done(): void {
      alarm.cancel();
      response.off("close", done);
      resolve();
    }
  });
}

function copied(headers: UpstreamReply["headers"]): Record<string, string | string[]> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, typeof value === "string" ? value : [...value]]));
}

function jsonOf(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString());
  } catch {
    return body.toString();
  }
}

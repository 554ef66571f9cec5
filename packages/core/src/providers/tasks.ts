/** What providers share whose answers are made by a task: it is asked for until it is done. */

import { sleep } from "../cancel.ts";
import { GatewayError } from "../errors.ts";
import { replyWith } from "../transport/reply.ts";
import type { InboundReply, Network, OutboundRequest } from "../transport/transport.ts";
import type { ExchangeContext } from "./provider.ts";

const MAX_REPLY_BYTES = 67_108_864;
/** Quick at first, patient later: most images take some seconds, long recordings minutes. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;

export type Fields = Readonly<Record<string, unknown>>;

/** A reply's JSON; empty where it is none. */
export async function readTask(reply: InboundReply): Promise<Fields> {
  const text = (await reply.read(MAX_REPLY_BYTES)).toString();
  try {
    const told: unknown = JSON.parse(text);
    if (told !== null && typeof told === "object" && !Array.isArray(told)) return told as Fields;
  } catch {
    // What is no JSON says nothing about a task, and whoever reads the answer tells so.
  }
  return {};
}

/**
 * Looks until the task is no longer under way. A status from 300 on ends it, too, and is handed on; there is no limit of
 * its own, for the call has one.
 */
export async function pollTask(
  look: () => Promise<InboundReply>,
  isUnderWay: (task: Fields, status: number) => boolean,
  { clock, cancel }: Pick<ExchangeContext, "clock" | "cancel">,
): Promise<{ readonly task: Fields; readonly refused?: InboundReply }> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    const reply = await look();
    if (reply.status >= 300) return { task: {}, refused: reply };
    const task = await readTask(reply);
    if (!isUnderWay(task, reply.status)) return { task };
    await sleep(clock, pause, cancel);
  }
}

/** The request that made the task, turned into one that asks for something: its headers without those of its body. */
export function askAgain(
  { headers, network, origin }: OutboundRequest,
  path: string,
  more: Partial<OutboundRequest> = {},
): OutboundRequest {
  const { "content-type": _, "content-length": __, ...kept } = headers;
  return { method: "GET", origin, path, network, ...more, headers: { ...kept, ...more.headers } };
}

/**
 * Without the key and without anything else that was meant for the provider: results lie on storage of others. Only the
 * provider's own host may be a private one.
 */
export function fetchResult(made: OutboundRequest, url: string, { send, cancel }: ExchangeContext): Promise<InboundReply> {
  if (!URL.canParse(url)) throw new GatewayError("bad_reply", "The provider's task is done, but the address of its result is none.");
  const { origin, pathname, search } = new URL(url);
  const network = origin === made.origin ? made.network : publicly(made.network);
  return send({ method: "GET", origin, path: pathname + search, headers: { accept: "*/*" }, network }, cancel);
}

/** Pools belong to networks by reference, so the changed one is kept. */
const publicNetworks = new WeakMap<Network, Network>();

function publicly(network: Network): Network {
  const known = publicNetworks.get(network) ?? { ...network, reach: "public" };
  publicNetworks.set(network, known);
  return known;
}

export function jsonReply(status: number, body: unknown): InboundReply {
  return replyWith({ status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

/** The next step of a task, with the first one's credential. */
export function sendJson(made: OutboundRequest, path: string, body: unknown): OutboundRequest {
  return askAgain(made, path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

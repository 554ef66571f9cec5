/** The transport: undici's pools, one per origin and network, loaded with the first request. */

import { Buffer } from "node:buffer";
import type { Readable } from "node:stream";
import type { Cancel } from "../cancel.ts";
import { GatewayError } from "../errors.ts";
import { ACCEPTED_ENCODINGS } from "./decompress.ts";
import { createGuards, type EgressRules, type Guard } from "./guard.ts";
import { PooledReply } from "./pooled-reply.ts";
import type { InboundReply, Network, OutboundRequest, Reach, Transport } from "./transport.ts";
import { openWay, type PoolLimits, type Way } from "./way.ts";

type Undici = typeof import("undici");

export interface TransportOptions extends EgressRules {
  readonly pools?: Partial<PoolLimits>;
}

/** From so many ways on, those without connections are closed when another one opens. */
const WAYS_BEFORE_SWEEP = 64;

export interface PooledTransport extends Transport {
  /** Loads now what the first request would otherwise wait for. */
  prepare(): Promise<void>;
}

export function createTransport(options: TransportOptions = {}): PooledTransport {
  return new Pools(options);
}

class Pools implements PooledTransport {
  readonly #limits: PoolLimits;
  readonly #guards: (reach: Reach) => Guard;
  /** The hot path: two look-ups by identity. */
  readonly #waysOf = new WeakMap<Network, Map<string, Way>>();
  /** Networks of the same content share their ways. */
  readonly #byContent = new Map<string, Map<string, Way>>();
  #undici: Promise<Undici> | undefined;
  #closed = false;

  constructor(options: TransportOptions) {
    this.#limits = { connections: options.pools?.connections ?? 1024, keepAliveMs: options.pools?.keepAliveMs ?? 30_000 };
    this.#guards = createGuards(options);
  }

  send(request: OutboundRequest, cancel: Cancel): Promise<InboundReply> {
    const way = this.#waysOf.get(request.network)?.get(request.origin);
    return way ? sendOn(way, request, cancel) : this.#openAndSend(request, cancel);
  }

  async prepare(): Promise<void> {
    await this.#load();
  }

  #load(): Promise<Undici> {
    this.#undici ??= import("undici");
    return this.#undici;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const ways = [...this.#byContent.values()].flatMap((each) => [...each.values()]);
    for (const each of this.#byContent.values()) each.clear();
    await Promise.all(ways.map((way) => way.dispatcher.destroy()));
  }

  async #openAndSend(request: OutboundRequest, cancel: Cancel): Promise<InboundReply> {
    const undici = await this.#load();
    if (this.#closed) throw new GatewayError("shutting_down", "The gateway is shutting down and sends no more requests.");
    const ways = this.#waysOver(request.network);
    let way = ways.get(request.origin);
    if (!way) {
      this.#sweep();
      way = openWay(undici, request.origin, { network: request.network, guard: this.#guards(request.network.reach), limits: this.#limits });
      ways.set(request.origin, way);
    }
    return sendOn(way, request, cancel);
  }

  #waysOver(network: Network): Map<string, Way> {
    const known = this.#waysOf.get(network);
    if (known) return known;
    const content = JSON.stringify([network.reach, network.verify !== false, network.ca, network.cert, network.key, network.proxy]);
    const ways = this.#byContent.get(content) ?? new Map<string, Way>();
    this.#byContent.set(content, ways);
    this.#waysOf.set(network, ways);
    return ways;
  }

  /** Idle connections close themselves; this forgets the pools that are left without any. */
  #sweep(): void {
    let count = 0;
    for (const ways of this.#byContent.values()) count += ways.size;
    if (count < WAYS_BEFORE_SWEEP) return;
    for (const ways of this.#byContent.values()) {
      for (const [origin, way] of ways) {
        if (!way.idle) continue;
        ways.delete(origin);
        void way.dispatcher.destroy();
      }
    }
  }
}

function sendOn(way: Way, request: OutboundRequest, cancel: Cancel): Promise<InboundReply> {
  return new Promise((resolve, reject) => {
    const reply = new PooledReply(way, cancel, resolve, reject);
    if (reply.over) return;
    const asked = {
      origin: request.origin,
      path: way.prefix === "" ? request.path : way.prefix + request.path,
      method: request.method,
      headers: headersOf(request.headers, way),
      body: bodyOf(request),
    };
    try {
      way.dispatcher.dispatch(asked, reply);
    } catch (cause) {
      reply.onResponseError(undefined, cause);
    }
  });
}

function bodyOf({ body }: OutboundRequest): Buffer | string | Readable | null {
  return body === undefined ? null : typeof body === "string" || Buffer.isBuffer(body) ? body : body.open();
}

/** What was made of headers that come again and again: lanes keep theirs frozen. */
const flattened = new WeakMap<Readonly<Record<string, string>>, { readonly way: Way; readonly list: string[] }>();

/** A flat list, which undici takes as it is. */
function headersOf(headers: Readonly<Record<string, string>>, way: Way): string[] {
  const known = flattened.get(headers);
  if (known && known.way === way) return known.list;
  const list = flatten(headers, way);
  if (Object.isFrozen(headers)) flattened.set(headers, { way, list });
  return list;
}

function flatten(headers: Readonly<Record<string, string>>, way: Way): string[] {
  const list: string[] = [];
  let asks = false;
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined) continue;
    if (name === "accept-encoding") asks = true;
    // Compressed events come late and cost more than they save.
    else if (name === "accept" && value === "text/event-stream") asks = true;
    list.push(name, value);
  }
  if (!asks) list.push("accept-encoding", ACCEPTED_ENCODINGS);
  for (const each of way.headers) list.push(each);
  return list;
}

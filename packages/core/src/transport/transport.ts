/** How bytes leave and arrive: the interface; undici stands behind it in pool.ts. */

import type { Readable } from "node:stream";
import type { Cancel } from "../cancel.ts";
import type { GatewayError } from "../errors.ts";

/** Names in lower case. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Which addresses a request may reach: those of the config file, those added by API, those that came with a request. */
export type Reach = "configured" | "added" | "public";

/** How to get to an origin; equal objects share a pool, so make one per deployment and keep it. */
export interface Network {
  /** False accepts any certificate. */
  readonly verify?: boolean;
  /** PEM texts beside the system's CAs. */
  readonly ca?: readonly string[];
  /** Client certificate and key, PEM. */
  readonly cert?: string;
  readonly key?: string;
  /** `http://user:password@host:port`; undefined: direct. */
  readonly proxy?: string;
  readonly reach: Reach;
}

/** A body that is not held in memory as one: files and forms. */
export interface OutboundPieces {
  /** Bytes, when all pieces know theirs. */
  readonly length: number;
  /** The bytes as they are read, anew at each call, so that a retry can send them again. */
  open(): Readable;
}

export interface OutboundRequest {
  readonly method: string;
  /** `https://host[:port]`, without path. */
  readonly origin: string;
  /** Path with query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | string | OutboundPieces;
  readonly network: Network;
}

export interface Transport {
  /** Resolves with status and headers. Throws a GatewayError: connection, tls, timeout (connecting), blocked_address. */
  send(request: OutboundRequest, cancel: Cancel): Promise<InboundReply>;
  /** Loads what the first request would wait for. */
  prepare?(): Promise<void>;
  close(): Promise<void>;
}
export type Send = Transport["send"];

/** A reply whose body is still to be taken, in exactly one of three ways. */
export interface InboundReply {
  readonly status: number;
  readonly headers: Headers;
  /** The whole body, decompressed; at once when it is there already. Throws bad_reply beyond `limit` bytes, connection when it ends early. */
  read(limit: number): Buffer | Promise<Buffer>;
  /** The body as it comes, decompressed. */
  pour(sink: Sink): Flow;
  discard(): void;
}

/** `data` answering false pauses the upstream until `Flow.resume`. `end` is called exactly once. Nobody awaits per chunk. */
export interface Sink {
  data(bytes: Buffer): boolean;
  end(error?: GatewayError): void;
}
export interface Flow {
  resume(): void;
}

export interface WireEvent {
  readonly name?: string;
  readonly headers?: Headers;
  readonly data: string;
}
export interface WireReply {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; the text where it is none; a Buffer where the side returns bytes. */
  readonly body: unknown;
}

/** Cuts a body into events. Bytes may be split anywhere; a decoder belongs to one stream. */
export interface EventSplitter {
  /** Calls `emit` for each event that these bytes complete. */
  push(bytes: Buffer, emit: (event: WireEvent) => void): void;
  /** What is left when the body ended: emits a last event that lacked its empty line. */
  end(emit: (event: WireEvent) => void): void;
}

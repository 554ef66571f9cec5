/** What serve-call and the HTTP surface agree on: a request at the door, and the way back. */

import type { Body, ClientSide, FilePart, Headers } from "tollgate/parts";

/** A request at the door: its head is known, its body is still outside. */
export interface Arrival {
  readonly client: ClientSide;
  readonly headers: Headers;
  /** As it is documented: `/v1/chat/completions`. */
  readonly path: string;
  readonly ip: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Reads the body; throws too_large, unsupported_media, slow_client. */
  readBody(): Promise<Buffer | Form>;
}

/** A multipart request: its text fields as an object, its files apart. */
export interface Form {
  readonly body: Body;
  readonly files: ReadonlyMap<string, readonly FilePart[]>;
  /** The call is over: temporary files are removed. */
  close(): void;
}

/** The way back to the client. Each is called at most once, but for `write` and `bytes`. */
export interface Reply {
  /** Status, header lines (texts/header-lines.ts) and whole body; `latin1`: each letter of it is one byte. */
  send(status: number, lines: string, body: string | Buffer, encoding?: "latin1"): void;
  /** The head of a stream, or of bytes whose length may be known. */
  begin(status: number, lines: string, length?: number): void;
  write(text: string, encoding: "latin1" | "utf8"): boolean;
  bytes(part: Buffer): boolean;
  /** With the last text, if there is any left. */
  end(last?: string, encoding?: "latin1" | "utf8"): void;
  /** What was sent is not whole: the connection says so, because bytes cannot. */
  breakOff(): void;
  onDrain(task: () => void): void;
  /** The client left before the answer was whole. */
  onGone(task: () => void): void;
}

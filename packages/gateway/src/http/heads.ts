/** The head of an answer as one text: Node's own way, one header after the other, costs several microseconds a call. */

import { type ServerResponse, STATUS_CODES } from "node:http";
import { Socket } from "node:net";
import type { Clock } from "tollgate/parts";

export class Heads {
  readonly #clock: Clock;
  readonly #tail: string;
  #second = -1;
  #date = "";

  /** `keepAliveMs`: how long the server leaves an idle connection open. */
  constructor(clock: Clock, keepAliveMs: number) {
    this.#clock = clock;
    this.#tail = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAliveMs / 1000)}\r\n\r\n`;
  }

  /** Of a body of so many bytes, or in chunks where nobody knows how many; with what Node adds by itself: date and connection. */
  of(status: number, lines: string, length: number | undefined): string {
    const framing = length === undefined ? "transfer-encoding: chunked" : `content-length: ${length}`;
    return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Unknown"}\r\n${lines}${framing}\r\n${this.#dateLine()}${this.#tail}`;
  }

  #dateLine(): string {
    const second = Math.floor(this.#clock.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#date = `Date: ${new Date(second * 1000).toUTCString()}\r\n`;
    }
    return this.#date;
  }
}

/** Where Node's response keeps the head that it made: set before, it makes none. Not documented; the tests pass with Node 20, 22 and 24. */
interface Headed {
  _header?: string | null;
}

/** Nothing was decided about its head yet, and nothing but ours is to stand in it: HTTP/1.1, kept alive, on a real connection. */
export function takesHead(response: ServerResponse & Headed): boolean {
  return (
    response._header === null &&
    response.shouldKeepAlive &&
    response.req.httpVersionMinor === 1 &&
    response.socket instanceof Socket &&
    response.getHeaderNames().length === 0
  );
}

/** `head`: what leaves first; with a whole body behind it, where that is text with a letter for each byte. */
export function giveHead(response: ServerResponse & Headed, status: number, head: string): void {
  response.statusCode = status;
  response._header = head;
}

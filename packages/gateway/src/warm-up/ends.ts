/** The two ends of the warm-up's calls, on bare sockets: no code is compiled for them that is not the gateway's own. */

import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { Script } from "./answers.ts";

/** A provider that answers each request with a script, one text per turn of the loop. */
export function scriptedProvider(scriptFor: (request: string) => Script): Server {
  return createServer({ noDelay: true }, (socket) => onMessages(socket, (request) => speak(socket, scriptFor(request), 0)));
}

/** On a port that the system picks; only this machine reaches it. */
export function listenOnLoopback(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

/** One connection of a client, which asks one thing after the other. */
export class Asker {
  readonly #socket: Socket;
  #answered: (() => void) | undefined;

  constructor(port: number) {
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true });
    onMessages(this.#socket, () => this.#answered?.());
    this.#socket.on("close", () => this.#answered?.());
  }

  /** Resolves with the answer's end, whatever it says. */
  ask(request: string): Promise<void> {
    if (this.#socket.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#answered = resolve;
      this.#socket.write(request, "latin1");
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}

function speak(socket: Socket, script: Script, at: number): void {
  socket.write(script[at] ?? "", "latin1");
  if (at + 1 < script.length) setImmediate(speak, socket, script, at + 1);
}

function onMessages(socket: Socket, take: (message: string) => void): void {
  let text = "";
  socket.on("readable", () => {
    for (let part: Buffer | null = socket.read(); part !== null; part = socket.read()) text += part.toString("latin1");
    for (let end = endOf(text); end > 0; end = endOf(text)) {
      const message = text.slice(0, end);
      text = text.slice(end);
      take(message);
    }
  });
  socket.on("error", () => socket.destroy());
}

/** Where the first message ends; 0: it is not all there. One without a length comes in chunks. */
function endOf(text: string): number {
  const head = text.indexOf("\r\n\r\n") + 4;
  if (head < 4) return 0;
  const length = /\r\ncontent-length: (\d+)/i.exec(text);
  if (length === null) return text.endsWith("\r\n0\r\n\r\n") ? text.length : 0;
  const end = head + Number(length[1]);
  return text.length >= end ? end : 0;
}

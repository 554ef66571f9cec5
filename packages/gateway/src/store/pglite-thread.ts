/** The thread of the embedded database, seen from outside: it opens, hands out streams that look like sockets to `pg`, and closes. */

import { createRequire } from "node:module";
import { Duplex } from "node:stream";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import type { FromDatabase, ToDatabase, WorkerSettings } from "./pglite-worker.ts";

export interface PgliteThread {
  stream(): Duplex;
  /** Writes down what is in memory and ends. */
  close(): Promise<void>;
  /** Ends at once. */
  kill(): void;
}

/** `lost` is told when the thread ends by itself, after it was open. */
export async function startPglite(settings: WorkerSettings, lost: (cause: unknown) => void): Promise<PgliteThread> {
  const worker = startWorker(settings);
  let current: DatabaseStream | undefined;
  let streams = 0;
  let closed = (): void => undefined;
  const tell = (message: ToDatabase): void => worker.postMessage(message);
  await opened(worker);
  worker.on("message", (message: FromDatabase) => {
    if (message.kind === "closed") closed();
    else if (message.kind === "data" && message.stream === current?.number) current.push(message.bytes);
    else if (message.kind === "broken" && message.stream === current?.number) current.destroy(new Error(message.text));
  });
  let over = false;
  const ended = (cause: unknown): void => {
    if (over) return;
    over = true;
    current?.destroy(new Error("Connection terminated"));
    lost(cause);
  };
  worker.on("error", ended);
  worker.on("exit", (code) => ended(new Error(`the thread of the database ended with ${code}`)));
  return {
    stream() {
      streams += 1;
      current = new DatabaseStream(streams, tell);
      return current;
    },
    async close() {
      over = true;
      await new Promise<void>((resolve) => {
        closed = resolve;
        worker.once("exit", () => resolve());
        tell({ kind: "close" });
      });
      await worker.terminate();
    },
    kill() {
      over = true;
      current?.destroy(new Error("Connection terminated"));
      void worker.terminate();
    },
  };
}

function opened(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      // Each by name: the worker listens to itself, too.
      worker.off("error", fail).off("exit", exited).off("message", heard);
      act();
    };
    const fail = (cause: unknown): void => {
      settle(() => reject(cause));
      void worker.terminate();
    };
    const exited = (code: number): void => fail(new Error(`the thread of the database ended with ${code}`));
    const heard = (message: FromDatabase): void => {
      if (message.kind === "failed") fail(Object.assign(new Error(message.text), { code: message.code }));
      else if (message.kind === "ready") settle(resolve);
    };
    worker.on("error", fail).on("exit", exited).on("message", heard);
  });
}

/** The built gateway has the worker beside its chunks; a gateway that runs from its sources must teach the thread TypeScript first. */
function startWorker(settings: WorkerSettings): Worker {
  if (!import.meta.url.endsWith(".ts")) return new Worker(new URL("./pglite-worker.js", import.meta.url), { workerData: settings });
  const loader = pathToFileURL(
    createRequire(import.meta.url)
      .resolve("tsx/esm/api")
      .replace(/\.cjs$/, ".mjs"),
  ).href;
  const file = new URL("./pglite-worker.ts", import.meta.url).href;
  const code = `import(${JSON.stringify(loader)}).then(({ register }) => (register(), import(${JSON.stringify(file)})))`;
  return new Worker(code, { eval: true, workerData: settings });
}

/** `X`: the client says goodbye. The session inside must stay, for there is no other. */
const terminate = 0x58;

/** As much of a socket as `pg` uses. */
class DatabaseStream extends Duplex {
  readonly number: number;
  readonly #tell: (message: ToDatabase) => void;

  constructor(number: number, tell: (message: ToDatabase) => void) {
    super();
    this.number = number;
    this.#tell = tell;
  }

  connect(): this {
    this.#tell({ kind: "open", stream: this.number });
    queueMicrotask(() => this.emit("connect"));
    return this;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#send(chunk);
    done();
  }

  /** A query is several messages: in one piece they cost one way to the thread and back. */
  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.#send(Buffer.concat(chunks.map(({ chunk }) => chunk)));
    done();
  }

  override _final(done: () => void): void {
    this.push(null);
    done();
  }

  #send(bytes: Buffer): void {
    if (bytes[0] === terminate && bytes.length === 5) return;
    this.#tell({ kind: "data", stream: this.number, bytes });
  }

  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

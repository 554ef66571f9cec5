/** The thread that runs the embedded database: PostgreSQL's own protocol in, PostgreSQL's own protocol out. */

import { setFlagsFromString } from "node:v8";
import { parentPort, workerData } from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";
import { unpackSeed } from "./seed-file.ts";

/** `open` begins a new stream: what an earlier one left behind is undone. */
export type ToDatabase =
  | { readonly kind: "open"; readonly stream: number }
  | { readonly kind: "data"; readonly stream: number; readonly bytes: Uint8Array }
  | { readonly kind: "close" };

export type FromDatabase =
  | { readonly kind: "ready" }
  | { readonly kind: "data"; readonly stream: number; readonly bytes: Uint8Array }
  | { readonly kind: "broken"; readonly stream: number; readonly text: string }
  | { readonly kind: "failed"; readonly text: string; readonly code?: string }
  | { readonly kind: "closed" };

export interface WorkerSettings {
  /** Undefined: in memory. */
  readonly folder?: string;
  /** The file that the folder is unpacked from first. */
  readonly seed?: string;
}

const port = parentPort;
if (!port) throw new Error("This file runs as a worker only.");
const tell = (message: FromDatabase): void => port.postMessage(message);

const { folder, seed } = workerData as WorkerSettings;
let used = false;

async function answer(database: PGlite, message: ToDatabase): Promise<void> {
  if (message.kind === "open") {
    // There is one session for all streams, so a new one must not find the transaction or the statements of the last.
    if (used) for (const statement of ["rollback", "discard all"]) await database.exec(statement);
    used = true;
  } else if (message.kind === "data") {
    const bytes = await database.execProtocolRaw(message.bytes, { syncToFs: false });
    tell({ kind: "data", stream: message.stream, bytes });
  } else {
    for (const statement of ["rollback", "checkpoint"]) await database.exec(statement);
    await database.close();
    tell({ kind: "closed" });
    port?.close();
  }
}

// Several compilers at once take half as much again of processor and memory, and the processor from those who make calls.
setFlagsFromString("--wasm-num-compilation-tasks=1");

/** Each buffer is written to at the start, and the system keeps the files in its memory anyway: 128 MB of them would be 128 MB more for nothing. */
const startParams = [...PGlite.defaultStartParams, "-c", "shared_buffers=16MB"];

async function opened(): Promise<PGlite> {
  if (folder === undefined) return PGlite.create();
  if (seed !== undefined) await unpackSeed(seed, folder);
  return PGlite.create({ dataDir: folder, startParams });
}

opened().then(
  (database) => {
    let turn = Promise.resolve();
    port.on("message", (message: ToDatabase) => {
      turn = turn
        .then(() => answer(database, message))
        .catch((cause: unknown) => {
          const text = cause instanceof Error ? cause.message : String(cause);
          tell(message.kind === "close" ? { kind: "closed" } : { kind: "broken", stream: message.stream, text });
        });
    });
    tell({ kind: "ready" });
  },
  (cause: unknown) => {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : undefined;
    tell({ kind: "failed", text: cause instanceof Error ? cause.message : String(cause), code });
  },
);

/** Undoes `content-encoding`. */

import { promisify } from "node:util";
import * as zlib from "node:zlib";
import { GatewayError } from "../errors.ts";
import { tooLarge } from "./failures.ts";
import type { Flow, Sink } from "./transport.ts";

/** Below this many bytes a thread costs more than it saves. */
const AT_ONCE_BYTES = 16 * 1024;

interface Coding {
  readonly whole: (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;
  readonly wholeAtOnce: (bytes: Buffer, options: { maxOutputLength: number }) => Buffer;
  readonly stream: () => zlib.Gunzip | zlib.BrotliDecompress;
}

const gzip: Coding = {
  whole: promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.unzip),
  wholeAtOnce: (bytes, options) => zlib.unzipSync(bytes, options),
  stream: () => zlib.createUnzip({ flush: zlib.constants.Z_SYNC_FLUSH }),
};

const brotli: Coding = {
  whole: promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress),
  wholeAtOnce: (bytes, options) => zlib.brotliDecompressSync(bytes, options),
  stream: () => zlib.createBrotliDecompress({ flush: zlib.constants.BROTLI_OPERATION_FLUSH }),
};

/** What newer versions of node:zlib have beyond the types of our oldest. */
interface ZstdLibrary {
  zstdDecompress(bytes: Buffer, options: { maxOutputLength: number }, done: (error: Error | null, whole: Buffer) => void): void;
  zstdDecompressSync(bytes: Buffer, options: { maxOutputLength: number }): Buffer;
  createZstdDecompress(): zlib.BrotliDecompress;
}

function hasZstd(library: object): library is ZstdLibrary {
  return "createZstdDecompress" in library;
}

function zstdOf(library: object): Coding | undefined {
  if (!hasZstd(library)) return undefined;
  return {
    whole: promisify<Buffer, { maxOutputLength: number }, Buffer>(library.zstdDecompress),
    wholeAtOnce: (bytes, options) => library.zstdDecompressSync(bytes, options),
    stream: () => library.createZstdDecompress(),
  };
}

const zstd = zstdOf(zlib);
const codings = new Map<string, Coding>([
  ["gzip", gzip],
  ["x-gzip", gzip],
  ["deflate", gzip],
  ["br", brotli],
  ...(zstd ? ([["zstd", zstd]] as const) : []),
]);

/** What we ask for when a request does not say otherwise. */
export const ACCEPTED_ENCODINGS = zstd ? "gzip, br, zstd" : "gzip, br";

/** The encoding to undo; undefined for none. */
export function encodingOf(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  const encoding = String(header).trim().toLowerCase();
  return encoding === "" || encoding === "identity" ? undefined : encoding;
}

/** The whole body; `limit` holds for what comes out. */
export async function decompress(bytes: Buffer, encoding: string, limit: number): Promise<Buffer> {
  if (bytes.length === 0) return bytes;
  const coding = codings.get(encoding);
  if (!coding) throw unknown(encoding);
  const options = { maxOutputLength: Math.max(limit, 1) };
  try {
    return bytes.length <= AT_ONCE_BYTES ? coding.wholeAtOnce(bytes, options) : await coding.whole(bytes, options);
  } catch (cause) {
    const outgrown = cause instanceof Error && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE";
    throw outgrown ? tooLarge(limit) : broken(encoding, cause);
  }
}

/** Pours decompressed bytes into `sink`; `stop` gives up the body when they make no sense. */
export function pourDecompressed(encoding: string, source: { pour(sink: Sink): Flow; stop(error: GatewayError): void }, sink: Sink): Flow {
  const coding = codings.get(encoding);
  if (!coding) {
    source.stop(unknown(encoding));
    return source.pour(sink);
  }
  const stream = coding.stream();
  let over = false;
  const finish = (error?: GatewayError): void => {
    if (over) return;
    over = true;
    sink.end(error);
  };
  const giveUp = (error: GatewayError): void => {
    stream.destroy();
    finish(error);
    source.stop(error);
  };

  stream.on("data", (bytes: Buffer) => {
    if (over) return;
    try {
      if (!sink.data(bytes)) stream.pause();
    } catch (thrown) {
      giveUp(GatewayError.from(thrown));
    }
  });
  stream.on("end", () => finish());
  stream.on("error", (cause) => giveUp(broken(encoding, cause)));
  stream.on("drain", () => flow.resume());

  let begun = false;
  const flow = source.pour({
    data(bytes) {
      begun = true;
      return stream.write(bytes);
    },
    end(error) {
      if (!error && begun) return void stream.end();
      stream.destroy();
      finish(error);
    },
  });
  return { resume: () => void stream.resume() };
}

function unknown(encoding: string): GatewayError {
  return new GatewayError(
    "bad_reply",
    `The provider's answer is compressed with "${encoding}", which is not known here. Accepted are: ${ACCEPTED_ENCODINGS}.`,
  );
}

function broken(encoding: string, cause: unknown): GatewayError {
  return new GatewayError(
    "bad_reply",
    `The provider's answer claims to be compressed with ${encoding} but cannot be decompressed. Try again.`,
    { cause },
  );
}

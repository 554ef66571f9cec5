/** The log: pino, pretty on a terminal, JSON elsewhere; secrets that we hold never stand in it. */

import { pino } from "pino";
import pretty from "pino-pretty";
import type { Clock } from "tollgate/parts";

export interface Log {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
  debug(fields: object, text: string): void;
  /** True when lines are JSON: then whoever logs often may hand over a finished line. */
  readonly json: boolean;
  readonly infoWanted: boolean;
  readonly debugWanted: boolean;
  /** A finished JSON line with its newline. */
  line(text: string): void;
  /** A text without the secrets that we hold: found by their values, never by pattern. */
  redact(text: string): string;
  close(): void;
}

export interface LogOptions {
  readonly level: string;
  readonly json: boolean;
  /** Values that must never be written. */
  readonly secrets: () => Iterable<string>;
  readonly clock: Clock;
}

/** Lines wait for each other up to this many bytes or this long, so that a busy gateway writes seldom. */
const BATCH = 65_536;
const BATCH_MS = 500;

export function createLog({ level, json, secrets, clock }: LogOptions): Log {
  const file = json ? pino.destination({ dest: 1, sync: false, minLength: BATCH, maxWrite: 4 * BATCH }) : undefined;
  const destination = file ?? pretty({ colorize: true, sync: true, ignore: "pid,hostname", singleLine: true });
  const lines = new Lines((text) => file?.write(text));
  const inOrder = {
    write(text: string) {
      lines.handOver();
      destination.write(text);
    },
  };
  const logger = pino({ level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime }, inOrder);
  const stop = clock.every(BATCH_MS, () => {
    lines.handOver();
    file?.flush();
  });
  return {
    info: (fields, text) => logger.info(fields, text),
    warn: (fields, text) => logger.warn(fields, text),
    error: (fields, text) => logger.error(fields, text),
    debug: (fields, text) => logger.debug(fields, text),
    json,
    infoWanted: logger.isLevelEnabled("info"),
    debugWanted: logger.isLevelEnabled("debug"),
    line: (text) => lines.add(text),
    redact: (text) => redacted(text, secrets()),
    close() {
      stop();
      lines.handOver();
      file?.flushSync();
    },
  };
}

/** No letter takes more bytes. */
const WIDEST = 3;

/** Finished lines as bytes: as texts they would be hundreds of little pieces until somebody puts them together. */
class Lines {
  readonly #write: (text: string) => void;
  readonly #bytes = Buffer.allocUnsafe(BATCH);
  #end = 0;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  add(text: string): void {
    if (this.#end + text.length * WIDEST > BATCH) this.handOver();
    if (text.length * WIDEST > BATCH) this.#write(text);
    else this.#end += this.#bytes.write(text, this.#end);
  }

  handOver(): void {
    if (this.#end > 0) this.#write(this.#bytes.toString("utf8", 0, this.#end));
    this.#end = 0;
  }
}

/** Shorter ones would blacken ordinary words. */
const SHORTEST_SECRET = 8;

function redacted(text: string, secrets: Iterable<string>): string {
  let clean = text;
  for (const secret of secrets)
    if (secret.length >= SHORTEST_SECRET && clean.includes(secret)) clean = clean.replaceAll(secret, "[secret]");
  return clean;
}

/** Reads request bodies: whole, within a limit, and never waiting forever for bytes that stopped. */

import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { type Clock, type FormField, GatewayError } from "tollgate/parts";
import type { Form } from "../exchange.ts";
import { type Placed, UnderWay } from "../under-way.ts";
import { FormReading } from "./form-reader.ts";
import { type BodyTaker, Incoming } from "./incoming.ts";
import { SpillFolder } from "./spill-folder.ts";

export interface BodyLimits {
  readonly bytes: number;
  /** How long body bytes may stop. */
  readonly silenceMs: number;
}

export interface BodyReader {
  /** Throws too_large, unsupported_media, slow_client, client_gone. */
  read(request: IncomingMessage): Promise<Buffer>;
  /** The same for a multipart form; `kinds` says what its texts stand for. */
  readForm(request: IncomingMessage, kinds: Readonly<Record<string, FormField>>): Promise<Form>;
  /** Removes what is left of forms. */
  close(): Promise<void>;
}

/** What is looked after while it comes in. */
interface Watched extends Placed {
  silentLooks: number;
  fail(error: GatewayError): void;
}

/** One look at all waiting bodies a second costs less than a timer for each. */
const LOOK_EVERY_MS = 1_000;

export function createBodyReader(limits: BodyLimits, clock: Clock, spillInto = tmpdir()): BodyReader {
  const arriving = new UnderWay<Watched>();
  const folder = new SpillFolder(spillInto);
  const looks = Math.ceil(limits.silenceMs / LOOK_EVERY_MS);
  const stop = clock.every(LOOK_EVERY_MS, () => {
    for (const each of arriving.all) {
      each.silentLooks += 1;
      if (each.silentLooks > looks) each.fail(tooSlow(limits.silenceMs));
    }
  });
  return {
    read: (request) =>
      new Promise((resolve, reject) => {
        const problem = refusal(request, limits);
        if (problem) reject(problem);
        else new Waiting(request, limits, arriving, resolve, reject).listen();
      }),
    async readForm(request, kinds) {
      const problem = formRefusal(request, limits);
      if (problem) throw problem;
      const watched: Watched = { place: -1, silentLooks: 0, fail: (error) => reading.fail(error) };
      const onBytes = (): void => {
        watched.silentLooks = 0;
      };
      const reading = new FormReading(request, { maxBytes: limits.bytes, folder, kinds, onBytes, tooLarge: () => tooLarge(limits.bytes) });
      arriving.add(watched);
      reading.listen();
      return reading.form.finally(() => arriving.remove(watched));
    },
    close() {
      stop();
      return folder.close();
    },
  };
}

class Waiting implements Watched, BodyTaker {
  place = -1;
  silentLooks = 0;
  readonly #request: IncomingMessage;
  readonly #limits: BodyLimits;
  readonly #all: UnderWay<Watched>;
  readonly #resolve: (body: Buffer) => void;
  readonly #reject: (error: GatewayError) => void;
  #first: Buffer | undefined;
  #parts: Buffer[] | undefined;
  #length = 0;
  #over = false;

  constructor(
    request: IncomingMessage,
    limits: BodyLimits,
    all: UnderWay<Watched>,
    resolve: (body: Buffer) => void,
    reject: (error: GatewayError) => void,
  ) {
    this.#request = request;
    this.#limits = limits;
    this.#all = all;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  listen(): void {
    this.#all.add(this);
    const request = this.#request;
    if (request instanceof Incoming && request.gives(this)) return;
    request.on("data", (part: Buffer) => this.data(part));
    request.on("end", () => this.end());
    request.on("error", () => this.gone());
  }

  gone(): void {
    if (!this.#over) this.fail(new GatewayError("client_gone", "The client closed the connection before its request was complete."));
  }

  fail(error: GatewayError): void {
    this.#over = true;
    this.#all.remove(this);
    this.#first = undefined;
    this.#parts = undefined;
    this.#reject(error);
  }

  data(part: Buffer): void {
    if (this.#over) return;
    this.silentLooks = 0;
    this.#length += part.length;
    if (this.#length > this.#limits.bytes) this.fail(tooLarge(this.#limits.bytes));
    else if (this.#first === undefined) this.#first = part;
    else {
      this.#parts ??= [this.#first];
      this.#parts.push(part);
    }
  }

  end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#all.remove(this);
    this.#resolve(this.#parts ? Buffer.concat(this.#parts, this.#length) : (this.#first ?? Buffer.alloc(0)));
  }
}

function refusal({ headers }: IncomingMessage, limits: BodyLimits): GatewayError | undefined {
  const type = headers["content-type"];
  if (type !== undefined && type !== "application/json" && !jsonType.test(type)) return wrongType(type);
  return Number(headers["content-length"]) > limits.bytes ? tooLarge(limits.bytes) : undefined;
}

function formRefusal({ headers }: IncomingMessage, limits: BodyLimits): GatewayError | undefined {
  const type = headers["content-type"];
  if (!isFormType(type))
    return new GatewayError(
      "unsupported_media",
      `${type === undefined ? "A request without a content type" : `The content type ${type.slice(0, 100)}`} is not understood here. Send the file and its fields as multipart/form-data.`,
    );
  return Number(headers["content-length"]) > limits.bytes ? tooLarge(limits.bytes) : undefined;
}

export function isFormType(type: string | undefined): boolean {
  return type !== undefined && /^multipart\/form-data\s*(;|$)/i.test(type);
}

const jsonType = /^(application\/([\w.+-]*\+)?json|\*\/\*)\s*(;|$)/i;

function wrongType(type: string): GatewayError {
  return new GatewayError(
    "unsupported_media",
    `The content type ${type.slice(0, 100)} is not understood here. Send JSON with the header content-type: application/json.`,
  );
}

function tooLarge(limit: number): GatewayError {
  return new GatewayError(
    "too_large",
    `The request body is larger than ${Math.round(limit / 1_048_576)} MB. An administrator can raise general_settings.max_request_size_mb.`,
  );
}

function tooSlow(milliseconds: number): GatewayError {
  return new GatewayError("slow_client", `The request body stopped for ${milliseconds / 1000} s before it was complete.`);
}

/** Reads a multipart form: texts in memory, files in memory while they are small and in temporary files when they are not. */

import { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { Busboy, type BusboyHeaders, type BusboyInstance } from "@fastify/busboy";
import { Body, type FilePart, type FormField, fileOf, GatewayError } from "tollgate/parts";
import type { Form } from "../exchange.ts";
import { bare, type FormText, formFields } from "./form-fields.ts";
import type { SpilledFile, SpillFolder } from "./spill-folder.ts";

/** A part of more bytes than this waits on disk. */
const IN_MEMORY = 1_048_576;
const LONGEST_TEXT = 16 * 1_048_576;
const MOST_FILES = 64;
const MOST_TEXTS = 500;

export interface FormTools {
  readonly maxBytes: number;
  readonly folder: SpillFolder;
  /** What texts stand for. */
  readonly kinds: Readonly<Record<string, FormField>>;
  /** Bytes came, so the client is not silent. */
  readonly onBytes: () => void;
  readonly tooLarge: () => GatewayError;
}

/** One form on its way in. */
export class FormReading {
  readonly form: Promise<Form>;
  readonly #request: IncomingMessage;
  readonly #tools: FormTools;
  readonly #parser: BusboyInstance;
  readonly #texts: FormText[] = [];
  readonly #files: { readonly name: string; readonly part: Promise<FilePart> }[] = [];
  readonly #spilled: SpilledFile[] = [];
  readonly #open = new Set<Readable>();
  #resolve: (form: Form) => void = () => {};
  #reject: (error: GatewayError) => void = () => {};
  #length = 0;
  #over = false;

  constructor(request: IncomingMessage, tools: FormTools) {
    this.#request = request;
    this.#tools = tools;
    this.#parser = parserFor(request, tools);
    this.form = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  listen(): void {
    const parser = this.#parser;
    parser.on("field", (name, value, nameCut, valueCut) => this.#text(name, value, nameCut || valueCut));
    parser.on("file", (name, stream, filename, _encoding, mediaType) => this.#file(name, stream, filename, mediaType));
    for (const limit of ["partsLimit", "filesLimit", "fieldsLimit"] as const) parser.on(limit, () => this.fail(tooManyParts()));
    parser.on("error", (error) => this.fail(malformed(error)));
    parser.on("finish", () => void this.#finish());
    parser.on("drain", () => this.#request.resume());
    this.#request.on("data", (bytes: Buffer) => this.#take(bytes));
    this.#request.on("end", () => parser.end());
    this.#request.on("error", () => this.fail(gone()));
    this.#request.on("close", () => this.#request.complete || this.fail(gone()));
  }

  /** Ends the reading; nothing of it stays. */
  fail(error: GatewayError): void {
    if (this.#over) return;
    this.#over = true;
    for (const stream of this.#open) stream.destroy(error);
    // What is still on its way is let pass, so that the answer can be heard.
    this.#request.resume();
    void this.#release().then(() => this.#reject(error));
  }

  #take(bytes: Buffer): void {
    if (this.#over) return;
    this.#tools.onBytes();
    this.#length += bytes.length;
    if (this.#length > this.#tools.maxBytes) this.fail(this.#tools.tooLarge());
    else if (!this.#parser.write(bytes)) this.#request.pause();
  }

  #text(name: string | undefined, value: string, cut: boolean): void {
    if (name === undefined) this.fail(nameless());
    else if (cut) this.fail(this.#tools.tooLarge());
    else this.#texts.push([name, value]);
  }

  #file(name: string | undefined, stream: Readable, filename: string | undefined, mediaType: string): void {
    if (name === undefined || this.#over) {
      stream.on("error", () => {}).resume();
      if (name === undefined) this.fail(nameless());
      return;
    }
    this.#open.add(stream);
    const part = this.#keep(stream, filename || "file", mediaType).finally(() => this.#open.delete(stream));
    // Told here, too: nobody waits for the parts before the form has ended.
    part.catch((error: unknown) => this.fail(malformed(error)));
    this.#files.push({ name: bare(name), part });
  }

  async #keep(stream: Readable, filename: string, mediaType: string): Promise<FilePart> {
    const pieces: Buffer[] = [];
    let size = 0;
    let spilled: SpilledFile | undefined;
    for await (const piece of stream as AsyncIterable<Buffer>) {
      size += piece.length;
      pieces.push(piece);
      if (size <= IN_MEMORY) continue;
      spilled ??= await this.#spill();
      for (const waiting of pieces.splice(0)) await spilled.write(waiting);
    }
    return spilled ? spilled.done(filename, mediaType) : fileOf(Buffer.concat(pieces), filename, mediaType);
  }

  async #spill(): Promise<SpilledFile> {
    const file = await this.#tools.folder.create();
    this.#spilled.push(file);
    return file;
  }

  async #finish(): Promise<void> {
    const files = new Map<string, FilePart[]>();
    for (const { name, part } of this.#files) {
      const file = await part.catch(() => undefined);
      if (!file) return;
      const known = files.get(name);
      if (known) known.push(file);
      else files.set(name, [file]);
    }
    if (this.#over) return;
    this.#over = true;
    const body = Body.of(formFields(this.#texts, this.#tools.kinds));
    this.#resolve({ body, files, close: () => void this.#release() });
  }

  async #release(): Promise<void> {
    await Promise.allSettled(this.#files.map(({ part }) => part));
    await Promise.allSettled(this.#spilled.splice(0).map((file) => file.remove()));
  }
}

function parserFor({ headers }: IncomingMessage, { maxBytes }: FormTools): BusboyInstance {
  try {
    return Busboy({
      headers: headers as BusboyHeaders,
      limits: {
        fieldNameSize: 200,
        fieldSize: Math.min(LONGEST_TEXT, maxBytes),
        fields: MOST_TEXTS,
        files: MOST_FILES,
        parts: MOST_FILES + MOST_TEXTS,
        headerPairs: 50,
        headerSize: 16_384,
      },
    });
  } catch (error) {
    throw malformed(error);
  }
}

function malformed(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  return new GatewayError("bad_request", `The multipart form cannot be read: ${why}. Send multipart/form-data with its boundary.`, {
    cause: thrown,
  });
}

function tooManyParts(): GatewayError {
  return new GatewayError("bad_request", `The form has too many parts: at most ${MOST_FILES} files and ${MOST_TEXTS} other fields.`);
}

function nameless(): GatewayError {
  return new GatewayError("bad_request", 'A part of the form has no name. Write content-disposition: form-data; name="…".');
}

function gone(): GatewayError {
  return new GatewayError("client_gone", "The client closed the connection before its request was complete.");
}

/** What happens to a stream's bytes between provider and client: passed on hands off, or translated. */

import { Buffer } from "node:buffer";
import type { ClientSide, Glance, ProviderSide, StreamDecoder, StreamEncoder, TranslateContext } from "../dialects/dialect.ts";
import { GatewayError } from "../errors.ts";
import type { Operation } from "../hub/operations.ts";
import type { Quirks } from "../providers/provider.ts";
import { Body } from "../transport/body.ts";
import { latin1Json } from "../transport/latin1.ts";
import { splitterFor } from "../transport/splitters.ts";
import { type BlockCutter, createBlockCutter, endsBlock, sseSplitter } from "../transport/sse.ts";
import type { EventSplitter, WireEvent } from "../transport/transport.ts";
import type { Usage } from "../usage.ts";
import type { Moulds } from "./moulds.ts";

export interface Passage {
  /** How the text that comes out is to be written: hands off it stands for bytes. */
  readonly encoding: "latin1" | "utf8";
  /** Text for the client, "" for nothing. */
  push(bytes: Buffer): string;
  /** The body ended; an end before the answer was complete is a failure. */
  end(): string;
  /** The terminator came: nothing that counts follows. */
  readonly ended: boolean;
  /** The error that an event told, or a bad event; what came before it was still given out. */
  readonly failure: GatewayError | undefined;
  readonly usage: Usage | undefined;
  /** The id that the answer carries. */
  readonly replyId: string | undefined;
  /** Events that carried content; the measure where a stream told no usage. */
  readonly events: number;
}

/** What the client is to see. */
interface Shown {
  readonly publicModel: string;
  readonly wantsUsage: boolean;
}

/** A provider whose events are never alike costs each stream no more than this. */
const LESSONS = 4;

/** The same dialect on both ends: whole events pass as they came, but for the value of `model`. */
export class HandsOff implements Passage {
  readonly encoding = "latin1";
  events = 0;
  failure: GatewayError | undefined;
  /** None as long as every read ends where an event ends. */
  #cutter: BlockCutter | undefined;
  readonly #glance: Glance;
  readonly #isPlain: ((event: string, from: number) => boolean) | undefined;
  readonly #model: string;
  readonly #wantsUsage: boolean;
  readonly #client: ClientSide;
  ended = false;
  replyId: string | undefined;
  #early = "";
  /** How events begin, up to the end of the model's value, as it came and as it goes. */
  #head = "";
  #newHead = "";
  /** Where the model's value begins in it. */
  #modelAt = 0;
  #lessons = LESSONS;
  readonly #moulds: Moulds;

  constructor(side: ProviderSide, client: ClientSide, moulds: Moulds, { publicModel, wantsUsage }: Shown) {
    this.#glance = side.glance();
    this.#isPlain = side.isPlain;
    this.#model = latin1Json(publicModel);
    this.#wantsUsage = wantsUsage;
    this.#client = client;
    this.#moulds = moulds;
  }

  get usage(): Usage | undefined {
    return this.#glance.usage;
  }

  push(bytes: Buffer): string {
    if (!this.#cutter && endsBlock(bytes)) return this.#block(bytes.toString("latin1"));
    this.#cutter ??= createBlockCutter();
    const block = this.#cutter.push(bytes);
    return block ? this.#block(block.toString("latin1")) : "";
  }

  end(): string {
    const rest = this.#cutter
      ?.rest()
      .toString("latin1")
      .replace(/[\r\n]+$/, "");
    const text = rest !== undefined && isWhole(rest) ? this.#block(`${rest}\n\n`) : "";
    if (!this.#glance.complete) this.failure ??= brokenStream();
    return this.ended || this.failure ? text : text + (this.#client.terminator ?? "");
  }

  #block(text: string): string {
    const passed = this.#moulded(text);
    if (passed !== undefined) return passed;
    const events = eventsOf(text);
    if (events.length === 1) return this.#event(text);
    let out = "";
    for (const event of events) {
      out += this.#moulded(event) ?? this.#event(event);
      if (this.failure) break;
    }
    return out;
  }

  #event(text: string): string {
    const head = this.#head;
    if (head !== "" && text.startsWith(head) && this.#isPlain?.(text, head.length)) {
      this.#learn(text);
      this.events += 1;
      return this.#newHead + text.slice(head.length);
    }
    const event = readEvent(text);
    if (!event) return this.#comment(text);
    const verdict = this.#glance.push(event);
    if (verdict instanceof GatewayError) {
      this.failure = verdict;
      return "";
    }
    if (verdict === "end") {
      this.ended = true;
      return text;
    }
    if (verdict === "usage") return this.#wantsUsage ? this.#renamed(text, event) : "";
    this.events += 1;
    const early = this.#early;
    this.#early = "";
    if (verdict === "pass") return early + this.#renamed(text, event);
    return (
      early +
      this.#renamed(`${event.name ? `event: ${event.name}\n` : ""}data: ${Buffer.from(verdict.data).toString("latin1")}\n\n`, verdict)
    );
  }

  /** Nothing but content, which shows at a glance. The first event is always looked at: it tells the answer's id. */
  #moulded(text: string): string | undefined {
    if (this.events === 0) return undefined;
    const passed = this.#moulds.pass(text, this.#model);
    if (passed !== undefined) this.events += 1;
    return passed;
  }

  #learn(plain: string): void {
    if (this.#lessons === 0) return;
    this.#lessons -= 1;
    this.#moulds.learn(plain, this.#modelAt, this.#head.length);
  }

  /** A comment before the first event must not be the head, or the provider could no longer be replaced: it waits. */
  #comment(text: string): string {
    if (this.events > 0) return text;
    this.#early += text;
    return "";
  }

  /** Puts the public model name where the provider's stands at the top of the event's JSON, and learns how events begin. */
  #renamed(text: string, event: { readonly data: string }): string {
    if (!event.data.startsWith("{")) return text;
    if (this.#head !== "" && text.startsWith(this.#head)) return this.#newHead + text.slice(this.#head.length);
    const raw = Buffer.from(event.data);
    let span: readonly [number, number] | undefined;
    try {
      const body = Body.read(raw);
      span = body.span("model");
      this.replyId ??= textOf(body.get("id"));
    } catch {
      return text;
    }
    if (!span) return text;
    const data = raw.toString("latin1");
    const at = text.indexOf(data);
    if (at < 0) return text;
    const before = text.slice(0, at + span[0]);
    const after = at + span[1];
    const head = text.slice(0, after);
    if (head !== this.#head) {
      this.#head = head;
      this.#newHead = before + this.#model;
      this.#modelAt = before.length;
    }
    return this.#newHead + text.slice(after);
  }
}

/** Different dialects: events → hub chunks → events, one text per network read. */
export class Translation implements Passage {
  readonly encoding = "utf8";
  /** Translated streams are ended by our own encoder, when the provider's body is over. */
  readonly ended = false;
  replyId: string | undefined;
  events = 0;
  failure: GatewayError | undefined;
  readonly #splitter: EventSplitter;
  readonly #decoder: StreamDecoder<unknown>;
  readonly #encoder: StreamEncoder<unknown>;
  readonly #onEvent: (event: WireEvent) => void;
  readonly #onChunk: (chunk: unknown) => void;
  #out = "";

  constructor(side: ProviderSide, encoder: StreamEncoder<unknown>, context: TranslateContext<Operation>, quirks?: Quirks) {
    const decoder = side.stream?.(context as never) as StreamDecoder<unknown> | undefined;
    if (!decoder) throw new GatewayError("not_implemented", `Streams of ${side.dialect} are not built yet. Ask without stream: true.`);
    this.#splitter = splitterFor(side.framing);
    this.#decoder = decoder;
    this.#encoder = encoder;
    this.#onChunk = (chunk) => {
      this.events += 1;
      this.replyId ??= textOf((chunk as { readonly id?: unknown }).id);
      this.#out += this.#encoder.push(chunk);
    };
    const tidy = quirks?.chunk;
    this.#onEvent = tidy ? (event) => decoder.push(tidy(event), this.#onChunk) : (event) => decoder.push(event, this.#onChunk);
  }

  get usage(): Usage | undefined {
    return this.#decoder.usage;
  }

  push(bytes: Buffer): string {
    try {
      this.#splitter.push(bytes, this.#onEvent);
    } catch (thrown) {
      this.failure = GatewayError.from(thrown);
    }
    return this.#taken();
  }

  end(): string {
    try {
      this.#splitter.end(this.#onEvent);
      if (!this.#decoder.complete) this.failure ??= brokenStream();
      else this.#decoder.end(this.#onChunk);
    } catch (thrown) {
      this.failure = GatewayError.from(thrown);
    }
    return this.#taken() + (this.failure ? "" : this.#encoder.end());
  }

  #taken(): string {
    const out = this.#out;
    this.#out = "";
    return out;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function brokenStream(): GatewayError {
  return new GatewayError("stream_broken", "The provider's stream ended before the answer was complete. Ask again.");
}

/** What nearly all events are: data in one line of plain ASCII. */
const oneLine = /^data: ?([\x20-\x7e]*)\n\n$/;

/** Whole events of a block, each with its empty line. */
function eventsOf(text: string): string[] {
  return text.match(/[\s\S]*?(?:\r\n|\n|\r(?!\n)){2}|[\s\S]+$/g) ?? [];
}

/** What a stream ends with without an empty line: half an event would spoil whatever is written after it. */
function isWhole(rest: string): boolean {
  const data = readEvent(rest)?.data;
  if (data === undefined) return false;
  if (!data.startsWith("{")) return data.endsWith("]");
  try {
    JSON.parse(data);
    return true;
  } catch {
    return false;
  }
}

/** One event's name and data (decoded), undefined for a comment. */
function readEvent(text: string): WireEvent | undefined {
  const line = oneLine.exec(text)?.[1];
  if (line !== undefined) return { data: line };
  let found: WireEvent | undefined;
  const splitter = sseSplitter();
  const keep = (event: WireEvent): void => {
    found = event;
  };
  splitter.push(Buffer.from(text, "latin1"), keep);
  splitter.end(keep);
  return found;
}

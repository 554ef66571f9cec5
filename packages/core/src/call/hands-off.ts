/** A stream that passes: provider and client speak one dialect. */

import { Buffer } from "node:buffer";
import type { ClientSide, Glance, ProviderSide } from "../dialects/dialect.ts";
import { GatewayError } from "../errors.ts";
import { Body } from "../transport/body.ts";
import { latin1Json } from "../transport/latin1.ts";
import { type BlockCutter, createBlockCutter, endsBlock, sseSplitter } from "../transport/sse.ts";
import type { WireEvent } from "../transport/transport.ts";
import type { Usage } from "../usage.ts";
import type { Moulds } from "./moulds.ts";
import { brokenStream, type Passage, textOf } from "./passage.ts";

/** What the client is to see. */
interface Shown {
  readonly publicModel: string;
  readonly wantsUsage: boolean;
}

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
  isContent = false;
  ended = false;
  replyId: string | undefined;
  #early = "";
  /** How events begin, up to the end of the model's value, as it came and as it goes. */
  #head = "";
  #newHead = "";
  /** Where the model's value begins in it. */
  #modelAt = 0;
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
    if (this.#isPlain?.(text, this.#head.length)) {
      if (this.#beginsAlike(text)) {
        this.#moulds.learn(text, { model: [this.#modelAt, this.#head.length] });
        return this.#content(text);
      }
      if (this.events === 0 && this.#early === "" && this.#opens(text)) return this.#content(text);
    }
    this.isContent = false;
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

  #content(text: string): string {
    this.isContent = true;
    this.events += 1;
    return this.#withNewHead(text);
  }

  #beginsAlike(text: string): boolean {
    return this.#head !== "" && text.startsWith(this.#head);
  }

  #withNewHead(text: string): string {
    return this.#newHead + text.slice(this.#head.length);
  }

  /** What nearly all streams begin with tells without being parsed how the others begin, and the answer's id. */
  #opens(text: string): boolean {
    if (text.indexOf("\n") !== text.length - 2) return false;
    const head = opening.exec(text)?.[0];
    if (head === undefined) return false;
    this.replyId = ownId.exec(head)?.[1];
    this.#begins(head, head.lastIndexOf('"', head.length - 2));
    return true;
  }

  #begins(head: string, modelAt: number): void {
    this.#head = head;
    this.#newHead = head.slice(0, modelAt) + this.#model;
    this.#modelAt = modelAt;
  }

  /** Nothing but content, which shows at a glance. The first event is always looked at: it tells the answer's id. */
  #moulded(text: string): string | undefined {
    if (this.events === 0) return undefined;
    const cast = this.#moulds.cast(text);
    if (!cast) return undefined;
    this.isContent = true;
    this.events += 1;
    return cast.before + this.#model + cast.after;
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
    if (this.#beginsAlike(text)) return this.#withNewHead(text);
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
    this.#begins(text.slice(0, at + span[1]), at + span[0]);
    return this.#withNewHead(text);
  }
}

/** One object from its first letter to the end of its `model`, with nothing before but ASCII without escapes, numbers and the like. */
const opening = /^data: ?\{(?: *"[ !#-[\]-~]*": *(?:"[ !#-[\]-~]*"|[\w.+-]+),)*? *"model": *"[ !#-[\]-~]*"/;
const ownId = /"id": *"([^"]*)"/;

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

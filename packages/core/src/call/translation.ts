/** A stream between two dialects. */

import type { ProviderSide, StreamDecoder, StreamEncoder, TranslateContext } from "../dialects/dialect.ts";
import { GatewayError } from "../errors.ts";
import type { Operation } from "../hub/operations.ts";
import type { Quirks } from "../providers/provider.ts";
import { splitterFor } from "../transport/splitters.ts";
import type { EventSplitter, WireEvent } from "../transport/transport.ts";
import type { Usage } from "../usage.ts";
import { brokenStream, type Passage, textOf } from "./passage.ts";

/** Different dialects: events → hub chunks → events, one text per network read. */
export class Translation implements Passage {
  readonly encoding = "utf8";
  /** Translated streams are ended by our own encoder, when the provider's body is over. */
  readonly ended = false;
  readonly isContent = false;
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

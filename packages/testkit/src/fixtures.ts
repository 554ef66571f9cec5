/** The fixture player: pairs of files beside a dialect that say what goes into a translation and what must come out of it. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Body,
  type ClientSide,
  type EventSplitter,
  type FilePart,
  type Framing,
  fileOf,
  type Inbound,
  isFilePart,
  type Operation,
  type ProviderSide,
  type TranslateContext,
  type WireEvent,
} from "tollgate/parts";
import { type AwsEvent, encodeAwsEvents } from "./aws-events.ts";

/** `newId` gives id1, id2 …; the clock stands still. */
export const FIXTURE_NOW = 1_790_000_000;
export const FIXTURE_PUBLIC_MODEL = "public-model";
export const FIXTURE_MODEL = "wire-model";

export type AnyProviderSide = { [O in Operation]: ProviderSide<O> }[Operation];
export type AnyClientSide = { [O in Operation]: ClientSide<O> }[Operation];

export interface FixtureSides {
  readonly provider?: AnyProviderSide;
  readonly client?: AnyClientSide;
}

/** Parts of core that the player needs as values. */
export interface FixtureTools {
  readonly bodyOf: (json: Readonly<Record<string, unknown>>) => Body;
  readonly splitters: { readonly [F in Framing]: () => EventSplitter };
}

type Kind = "request" | "response" | "stream";

/** One pair: `from` is translated and must equal `to`. Paths are undefined where a file is missing. */
export interface Fixture {
  /** `tool-call.request`, `tool-call.client.stream` … */
  readonly name: string;
  readonly stem: string;
  readonly folder: string;
  readonly kind: Kind;
  readonly client: boolean;
  readonly from?: string;
  readonly to?: string;
}

/** What may stand in `<name>.context.json`; all of it may be left out. */
interface FixtureContext {
  /** The documentation that the case was made from; that of `all.context.json` where a case names none. */
  readonly source?: string;
  readonly model?: string;
  readonly facts?: Record<string, unknown>;
  readonly settings?: Record<string, unknown>;
  readonly dropParams?: boolean;
  /** Provider sides: the hub request that the reply answers. Client sides: the client's own body. */
  readonly asked?: Record<string, unknown>;
  readonly fetched?: Record<string, { mediaType: string; base64: string }>;
  readonly params?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  /** Files of a client's form. */
  readonly files?: Record<string, readonly FilePart[]>;
}

/** How a file stands in a fixture: with its content where it goes in, with its size where it comes out. */
interface WrittenFile {
  readonly filename: string;
  readonly mediaType: string;
  readonly base64?: string;
}

const FILE_NAME = /^(.+?)\.(client\.)?(?:(request|response)\.(hub|wire)\.json|stream\.(?:(hub)\.json|events\.json|sse|ndjson))$/;

/** All pairs of a dialect's folder. Throws for a file that no rule knows. */
export function fixturesIn(folder: string): Fixture[] {
  const pairs = new Map<string, Fixture>();
  for (const file of readdirSync(folder).sort()) {
    if (file.endsWith(".context.json")) continue;
    const found = FILE_NAME.exec(file);
    if (!found) throw new Error(`${join(folder, file)} is no fixture. Name it <name>.request.hub.json, <name>.stream.sse or alike.`);
    const [, stem = "", clientMark, plain, form, streamForm] = found;
    const kind = (plain ?? "stream") as Kind;
    const client = clientMark !== undefined;
    const name = `${stem}.${client ? "client." : ""}${kind}`;
    const isHub = (form ?? streamForm) === "hub";
    // A provider is asked and a client is answered: both turn the hub's form into bytes.
    const isFrom = isHub === ((kind === "request") !== client);
    const known = pairs.get(name) ?? { name, stem, folder, kind, client };
    pairs.set(name, { ...known, [isFrom ? "from" : "to"]: join(folder, file) });
  }
  return [...pairs.values()];
}

/** The documentation that a case was made from. */
export function sourceOf(fixture: Fixture): string | undefined {
  const ofAll = join(fixture.folder, "all.context.json");
  return extrasOf(fixture).source ?? (existsSync(ofAll) ? (jsonOf(ofAll) as FixtureContext).source : undefined);
}

/** What must come out; throws when either file of the pair is missing. */
export function expectedOf(fixture: Fixture): unknown {
  const { from, to } = fixture;
  if (!from || !to) throw new Error(`${from ?? to} has no pair. Add the file that it is translated ${from ? "to" : "from"}.`);
  return to.endsWith(".json") ? jsonOf(to) : textOf(to);
}

/** Translates; `cuts` are byte positions at which a stream is cut into reads. */
export function playFixture(fixture: Fixture, sides: FixtureSides, tools: FixtureTools, cuts: readonly number[] = []): unknown {
  const { from, client } = fixture;
  if (!from) throw new Error(`${fixture.name} has nothing to translate.`);
  if (client) return playClient(fixture, from, sides.client, tools);
  if (!sides.provider) throw new Error(`${from} is for a provider side, but its row names none.`);
  return playProvider(fixture, from, { side: sides.provider, tools, cuts });
}

interface ProviderPlay {
  readonly side: AnyProviderSide;
  readonly tools: FixtureTools;
  readonly cuts: readonly number[];
}

function playProvider(fixture: Fixture, from: string, { side, tools, cuts }: ProviderPlay): unknown {
  if (fixture.kind === "request") return plain(side.request(contextOf(fixture, deepFreeze(jsonOf(from))) as never));
  const context = contextOf(fixture, askedOf(fixture)) as never;
  if (fixture.kind === "response") return plain(side.response({ status: 200, headers: {}, body: jsonOf(from) }, context));
  const decoder = side.stream?.(context);
  if (!decoder) throw new Error(`${from} is a stream, but this side has no stream decoder.`);
  const chunks: unknown[] = [];
  // A chunk may be changed by its maker after it was emitted only by mistake, so it is copied at once.
  const emit = (chunk: unknown): void => void chunks.push(plain(chunk));
  const splitter = tools.splitters[side.framing ?? "sse"]();
  for (const read of cut(bytesOf(from), cuts)) splitter.push(read, (event) => decoder.push(event, emit));
  splitter.end((event) => decoder.push(event, emit));
  decoder.end(emit);
  return chunks;
}

/** What a stream's decoder tells when the body ends behind so many of its events. */
export interface EarlyEnd {
  readonly events: number;
  readonly complete: boolean;
  readonly chunks: readonly unknown[];
}

/** Plays a provider's stream as often as it has events, each time ending one event later; the last time it is whole. */
export function playEarlyEnds(fixture: Fixture, sides: FixtureSides, tools: FixtureTools): EarlyEnd[] {
  const { provider: side } = sides;
  if (!fixture.from || !side?.stream) throw new Error(`${fixture.name} is no stream of a provider.`);
  const splitter = tools.splitters[side.framing ?? "sse"]();
  const events: WireEvent[] = [];
  splitter.push(bytesOf(fixture.from), (event) => void events.push(event));
  splitter.end((event) => void events.push(event));
  return Array.from({ length: events.length + 1 }, (_, count) => {
    const decoder = side.stream?.(contextOf(fixture, askedOf(fixture)) as never);
    const chunks: unknown[] = [];
    const emit = (chunk: unknown): void => void chunks.push(plain(chunk));
    for (const event of events.slice(0, count)) decoder?.push(event, emit);
    const complete = decoder?.complete === true;
    if (complete) decoder?.end(emit);
    return { events: count, complete, chunks };
  });
}

function playClient(fixture: Fixture, from: string, side: AnyClientSide | undefined, tools: FixtureTools): unknown {
  if (!side) throw new Error(`${from} is for a client side, but its row names none.`);
  if (fixture.kind === "request") return plain(side.request(inboundOf(fixture, jsonOf(from), tools)));
  const at = inboundOf(fixture, clientBodyOf(fixture), tools);
  if (fixture.kind === "response") return bodyOf(side.response(deepFreeze(jsonOf(from)) as never, at).body);
  const encoder = side.stream?.(at, { wantsUsage: side.ask(at).wantsUsage });
  if (!encoder) throw new Error(`${from} is a stream, but this side has no stream encoder.`);
  const chunks = jsonOf(from) as unknown as never[];
  return chunks.map((chunk) => encoder.push(deepFreeze(chunk))).join("") + encoder.end();
}

/** A stream's bytes; `.events.json` lists AWS frames, which no text file can hold. */
export function bytesOf(file: string): Buffer {
  return file.endsWith(".events.json") ? encodeAwsEvents(JSON.parse(textOf(file)) as AwsEvent[]) : readFileSync(file);
}

/** Cuts bytes at these positions; positions outside are ignored. */
export function cut(bytes: Buffer, positions: readonly number[]): Buffer[] {
  const inside = [...new Set(positions)].filter((at) => at > 0 && at < bytes.length).sort((a, b) => a - b);
  return [...inside, bytes.length].map((at, index) => bytes.subarray(inside[index - 1] ?? 0, at));
}

/** Makes every later change an exception. */
export function deepFreeze<T>(value: T): T {
  if (value !== null && typeof value === "object" && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}

function contextOf(fixture: Fixture, asked: Record<string, unknown>): TranslateContext<"chat"> & TranslateContext<"embed"> {
  const { model = FIXTURE_MODEL, facts = {}, settings, dropParams = false, fetched = {} } = extrasOf(fixture);
  let ids = 0;
  const context: Omit<TranslateContext<Operation>, "asked"> & { asked: Record<string, unknown> } = {
    asked,
    model,
    publicModel: FIXTURE_PUBLIC_MODEL,
    facts,
    settings: { model, ...settings },
    dropParams,
    fetched: new Map(Object.entries(fetched)),
    now: FIXTURE_NOW,
    newId: () => {
      ids += 1;
      return `id${ids}`;
    },
  };
  return context as TranslateContext<"chat"> & TranslateContext<"embed">;
}

/** The hub request that a reply answers: told by the context, or the request fixture of the same name, or a plain one. */
function askedOf(fixture: Fixture): Record<string, unknown> {
  const beside = join(fixture.folder, `${fixture.stem}.request.hub.json`);
  const plainRequest = { model: FIXTURE_PUBLIC_MODEL, messages: [] };
  return deepFreeze(extrasOf(fixture).asked ?? (existsSync(beside) ? jsonOf(beside) : plainRequest));
}

function clientBodyOf(fixture: Fixture): Record<string, unknown> {
  const beside = join(fixture.folder, `${fixture.stem}.client.request.wire.json`);
  const plainRequest = { model: FIXTURE_PUBLIC_MODEL, messages: [], stream: fixture.kind === "stream" };
  return extrasOf(fixture).asked ?? (existsSync(beside) ? jsonOf(beside) : plainRequest);
}

function inboundOf(fixture: Fixture, json: Record<string, unknown>, tools: FixtureTools): Inbound {
  const { params = {}, query = {}, headers = {}, files } = extrasOf(fixture);
  return { headers, params, query, body: tools.bodyOf(deepFreeze(json)), ...(files && { files: new Map(Object.entries(files)) }) };
}

function extrasOf(fixture: Fixture): FixtureContext {
  const file = join(fixture.folder, `${fixture.stem}.context.json`);
  return existsSync(file) ? jsonOf(file) : {};
}

function textOf(file: string): string {
  return readFileSync(file, "utf8");
}

function jsonOf(file: string): Record<string, unknown> {
  return JSON.parse(textOf(file), asFile) as Record<string, unknown>;
}

function bodyOf(body: string | Buffer): unknown {
  return JSON.parse(body.toString());
}

/** As it would travel: without members that are undefined. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, each: unknown) => (isFilePart(each) ? writtenFile(each) : each)));
}

/** `{"$file": {filename, mediaType, base64}}` is a file. */
function asFile(_: string, value: unknown): unknown {
  const written = value !== null && typeof value === "object" && "$file" in value ? (value.$file as WrittenFile) : undefined;
  if (written?.base64 === undefined) return value;
  return fileOf(Buffer.from(written.base64, "base64"), written.filename, written.mediaType);
}

function writtenFile({ filename, mediaType, size }: FilePart): unknown {
  return { $file: { filename, mediaType, size } };
}

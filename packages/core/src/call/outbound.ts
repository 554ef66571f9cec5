/** Makes the request of one attempt: the client's bytes patched, or the hub form translated. */

import type { FetchedFile, Settings, TranslateContext } from "../dialects/dialect.ts";
import type { FilePart } from "../hub/file-part.ts";
import type { Operation, Operations } from "../hub/operations.ts";
import type { Deployment } from "../router/deployment.ts";
import type { Patch } from "../transport/body.ts";
import type { OutboundPieces, OutboundRequest } from "../transport/transport.ts";
import type { Call, House } from "./call.ts";
import { fetchFiles } from "./fetch-files.ts";
import { fileBody, formBody } from "./form-body.ts";
import { type Lane, type Target, targetFor } from "./lane.ts";
import { applied, type Switches, shapeParameters, unchanged } from "./parameters.ts";
import { quirkPatch } from "./quirks.ts";
import { readFiles } from "./read-files.ts";

export interface Prepared {
  readonly request: OutboundRequest;
  /** What decoders and `response` need. */
  readonly translating: { readonly context: TranslateContext<Operation> };
}

/** What must be there before anything can be written; all members always, so that V8 meets one kind of object. */
interface Loaded {
  readonly fetched: ReadonlyMap<string, FetchedFile>;
  readonly files: ReadonlyMap<FilePart, string> | undefined;
  /** The request that named them: files are known by what they are, so it must not be made anew. */
  readonly asked: Operations[Operation]["request"] | undefined;
}

/** A promise only where files must be fetched or read first. */
export function prepare(call: Call, deployment: Deployment, lane: Lane, house: House): Prepared | Promise<Prepared> {
  const patch = shapeParameters(call.at.body, deployment, call.client.operation, switchesOf(call, deployment));
  const { fetches, reads } = lane.side;
  if (lane.sameDialect || (!fetches && !reads)) return prepareWith(patch, nothing, call, deployment, lane, house);
  const asked = askedOf(call, patch);
  const urls = fetches?.(asked, deployment.model) ?? [];
  const parts = reads?.(asked) ?? [];
  if (urls.length === 0 && parts.length === 0)
    return prepareWith(patch, { fetched: nothing.fetched, files: undefined, asked }, call, deployment, lane, house);
  return Promise.all([fetchFiles(urls, house, call.cancel), readFiles(parts)]).then(([fetched, files]) =>
    prepareWith(patch, { fetched, files, asked }, call, deployment, lane, house),
  );
}

function switchesOf(call: Call, { drop }: Deployment): Switches {
  return {
    dropParams: call.dropParams ?? drop.params,
    additionalDrop: call.additionalDrop.length > 0 ? [...drop.additional, ...call.additionalDrop] : drop.additional,
    allowed: call.allowedParams,
    isPlain: call.isPlain,
  };
}

function prepareWith(patch: Patch, loaded: Loaded, call: Call, deployment: Deployment, lane: Lane, house: House): Prepared {
  const translating = new Translating(patch, loaded, call, deployment, house);
  const body = isPassed(call, lane)
    ? patchedBody(call, deployment, lane, patch, translating)
    : translatedBody(deployment, lane, translating);
  const { origin, path } = lane.pathVaries ? ownTarget(call, deployment, lane, translating) : call.stream ? lane.stream : lane.json;
  const headers = headersOf(call, deployment, lane, body, translating);
  return { request: { method: "POST", origin, path, headers, body: body.bytes, network: deployment.network }, translating };
}

/** Hands off: the client's own bytes, patched. A form is always written anew. */
function isPassed({ at }: Call, { sameDialect, sends, side }: Lane): boolean {
  return sameDialect && at.files === undefined && (sends === "json" || side.alsoJson === true);
}

function ownTarget({ stream }: Call, deployment: Deployment, { side }: Lane, translating: Translating): Target {
  return targetFor(deployment, side, {
    stream,
    get asked() {
      return translating.asked;
    },
  });
}

/** What translators are told: made when first needed, which hands off is never. */
class Translating {
  readonly #patch: Patch;
  readonly #loaded: Loaded;
  readonly #call: Call;
  readonly #deployment: Deployment;
  readonly #house: House;
  #asked: Operations[Operation]["request"] | undefined;
  #context: TranslateContext<Operation> | undefined;

  constructor(patch: Patch, loaded: Loaded, call: Call, deployment: Deployment, house: House) {
    this.#patch = patch;
    this.#loaded = loaded;
    this.#asked = loaded.asked;
    this.#call = call;
    this.#deployment = deployment;
    this.#house = house;
  }

  get asked(): Operations[Operation]["request"] {
    this.#asked ??= askedOf(this.#call, this.#patch);
    return this.#asked;
  }

  get context(): TranslateContext<Operation> {
    this.#context ??= this.#made();
    return this.#context;
  }

  #made(): TranslateContext<Operation> {
    const { settings, facts, model, drop } = this.#deployment;
    const call = this.#call;
    return {
      asked: this.asked,
      model,
      publicModel: call.ask.model,
      facts,
      settings: call.extraHeaders ? withHeaders(settings, call.extraHeaders) : settings,
      dropParams: call.dropParams ?? drop.params,
      fetched: this.#loaded.fetched,
      ...(this.#loaded.files && { files: this.#loaded.files }),
      now: Math.floor(this.#house.clock.now() / 1000),
      newId: this.#house.newId,
    };
  }
}

const nothing: Loaded = { fetched: new Map(), files: undefined, asked: undefined };

/** The hub form with parameters shaped; the client's own object is never touched. */
function askedOf(call: Call, patch: Patch): Operations[Operation]["request"] {
  const hub = call.client.request(call.at) as unknown as Record<string, unknown>;
  return applied(hub, patch) as unknown as Operations[Operation]["request"];
}

interface Built {
  readonly bytes: Buffer | string | OutboundPieces;
  /** What the bytes are, where that is not JSON. */
  readonly headers?: Readonly<Record<string, string>>;
  /** As an object, where it was made from one. */
  readonly wire?: Readonly<Record<string, unknown>>;
}

function patchedBody(call: Call, deployment: Deployment, lane: Lane, shaped: Patch, translating: Translating): Built {
  const { body } = call.at;
  const own = lane.side.patch({ model: deployment.model, stream: call.stream, body });
  const quirks = deployment.service.quirks;
  if (shaped === unchanged && !quirks && !lane.side.headers) return { bytes: body.patched(own) };
  const set: Record<string, unknown> = { ...shaped.set, ...own.set };
  const remove = [...(shaped.remove ?? []), ...(own.remove ?? [])];
  if (quirks) {
    const gone = new Set(remove);
    const get = (name: string): unknown => (Object.hasOwn(set, name) ? set[name] : gone.has(name) ? undefined : body.get(name));
    const more = quirkPatch(quirks, { get, all: () => applied(body.json, { set, remove }) }, deployment, () => translating.asked);
    for (const name of more.remove ?? []) {
      delete set[name];
      remove.push(name);
    }
    Object.assign(set, more.set);
  }
  // Only a side with headers of its own wants to see the whole.
  return { bytes: body.patched({ set, remove }), ...(lane.side.headers && { wire: applied(body.json, { set, remove }) }) };
}

function translatedBody(deployment: Deployment, lane: Lane, translating: Translating): Built {
  let wire = lane.side.request(translating.context);
  const quirks = deployment.service.quirks;
  if (quirks)
    wire = applied(
      wire,
      quirkPatch(quirks, { get: (name) => wire[name], all: () => wire }, deployment, () => translating.asked),
    );
  if (lane.sends === "json") return { bytes: JSON.stringify(wire), wire };
  const { body, headers } = lane.sends === "form" ? formBody(wire, translating.context.newId()) : fileBody(wire);
  return { bytes: body, headers, wire };
}

function headersOf(
  call: Call,
  deployment: Deployment,
  lane: Lane,
  { wire, headers }: Built,
  translating: Translating,
): Readonly<Record<string, string>> {
  const own = lane.side.headers?.(translating.context, wire ?? {});
  const forwarded = lane.sameDialect && call.client.forwards ? forwards(call) : undefined;
  if (!forwarded && !call.extraHeaders && !headers && (own === undefined || Object.isFrozen(own)))
    return keptHeaders(lane, deployment, call.stream, own);
  const fixed = call.stream ? lane.streamHeaders : lane.headers;
  // The side's own headers may have merged those of deployment and request (anthropic-beta), so they win.
  return { ...fixed, ...headers, ...forwarded, ...call.extraHeaders, ...own, ...deployment.credential().headers };
}

/** The same object for the usual call of a lane, so that whoever sends it can keep what it made of it. */
function keptHeaders(
  lane: Lane,
  deployment: Deployment,
  stream: boolean,
  own: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  const credential = deployment.credential();
  let { kept } = lane;
  if (kept?.of !== credential || kept.own !== own) {
    const more = { ...own, ...credential.headers };
    // Both at once: whoever streams first finds the way compiled that other calls took.
    kept = {
      of: credential,
      own,
      json: Object.freeze({ ...lane.headers, ...more }),
      stream: Object.freeze({ ...lane.streamHeaders, ...more }),
    };
    lane.kept = kept;
  }
  return stream ? kept.stream : kept.json;
}

/** Sides that merge headers find them all in one place. */
function withHeaders(settings: Settings, more: Readonly<Record<string, string>>): Settings {
  const own = settings["extra_headers"];
  const all: Record<string, string> = { ...(own as Record<string, string> | undefined) };
  for (const [name, value] of Object.entries(more)) all[name] = name.endsWith("-beta") && all[name] ? `${all[name]},${value}` : value;
  return { ...settings, extra_headers: all };
}

function forwards(call: Call): Record<string, string> {
  const taken: Record<string, string> = {};
  for (const name of call.client.forwards ?? []) {
    const value = call.at.headers[name];
    if (typeof value === "string") taken[name] = value;
  }
  return taken;
}

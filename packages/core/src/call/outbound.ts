/** Makes the request of one attempt: the client's bytes patched, or the hub form translated. */

import type { FetchedFile, Settings, TranslateContext } from "../dialects/dialect.ts";
import type { Operation, Operations } from "../hub/operations.ts";
import type { Deployment } from "../router/deployment.ts";
import type { Patch } from "../transport/body.ts";
import type { OutboundRequest } from "../transport/transport.ts";
import type { Call, House } from "./call.ts";
import { fetchFiles } from "./fetch-files.ts";
import type { Lane } from "./lane.ts";
import { applied, type Switches, shapeParameters } from "./parameters.ts";
import { quirkPatch } from "./quirks.ts";

export interface Prepared {
  readonly request: OutboundRequest;
  /** What decoders and `response` need; made only when translating. */
  readonly context: () => TranslateContext<Operation>;
}

/** A promise only where files must be fetched first. */
export function prepare(call: Call, deployment: Deployment, lane: Lane, house: House): Prepared | Promise<Prepared> {
  const patch = shapeParameters(call.at.body, deployment, call.client.operation, switchesOf(call, deployment));
  if (lane.sameDialect || !lane.side.fetches) return prepareWith(patch, noFiles, call, deployment, lane, house);
  const fetches = lane.side.fetches(askedOf(call, patch), deployment.model);
  if (fetches.length === 0) return prepareWith(patch, noFiles, call, deployment, lane, house);
  return fetchFiles(fetches, house, call.cancel).then((fetched) => prepareWith(patch, fetched, call, deployment, lane, house));
}

function switchesOf(call: Call, { drop }: Deployment): Switches {
  return {
    dropParams: call.dropParams ?? drop.params,
    additionalDrop: call.additionalDrop.length > 0 ? [...drop.additional, ...call.additionalDrop] : drop.additional,
    allowed: call.allowedParams,
  };
}

function prepareWith(
  patch: Patch,
  fetched: ReadonlyMap<string, FetchedFile>,
  call: Call,
  deployment: Deployment,
  lane: Lane,
  house: House,
): Prepared {
  const asked = once(() => askedOf(call, patch));
  const context = once(
    (): TranslateContext<Operation> => ({
      asked: asked(),
      model: deployment.model,
      publicModel: call.ask.model,
      facts: deployment.facts,
      settings: call.extraHeaders ? withHeaders(deployment.settings, call.extraHeaders) : deployment.settings,
      dropParams: call.dropParams ?? deployment.drop.params,
      fetched,
      now: Math.floor(house.clock.now() / 1000),
      newId: house.newId,
    }),
  );
  const body = lane.sameDialect ? patchedBody(call, deployment, lane, patch, asked) : translatedBody(deployment, lane, context, asked);
  const { origin, path } = call.stream ? lane.stream : lane.json;
  const headers = headersOf(call, deployment, lane, body.wire, context);
  return { request: { method: "POST", origin, path, headers, body: body.bytes, network: deployment.network }, context };
}

const noFiles: ReadonlyMap<string, FetchedFile> = new Map();

/** The hub form with parameters shaped; the client's own object is never touched. */
function askedOf(call: Call, patch: Patch): Operations[Operation]["request"] {
  const hub = call.client.request(call.at) as unknown as Record<string, unknown>;
  return applied(hub, patch) as unknown as Operations[Operation]["request"];
}

interface Built {
  readonly bytes: Buffer | string;
  readonly wire: () => Readonly<Record<string, unknown>>;
}

function patchedBody(call: Call, deployment: Deployment, lane: Lane, shaped: Patch, asked: () => Operations[Operation]["request"]): Built {
  const { body } = call.at;
  const own = lane.side.patch({ model: deployment.model, stream: call.stream, body });
  const set: Record<string, unknown> = { ...shaped.set, ...own.set };
  const remove = [...(shaped.remove ?? []), ...(own.remove ?? [])];
  const quirks = deployment.service.quirks;
  if (quirks) {
    const gone = new Set(remove);
    const get = (name: string): unknown => (Object.hasOwn(set, name) ? set[name] : gone.has(name) ? undefined : body.get(name));
    const more = quirkPatch(quirks, { get, all: () => applied(body.json, { set, remove }) }, deployment, asked);
    for (const name of more.remove ?? []) {
      delete set[name];
      remove.push(name);
    }
    Object.assign(set, more.set);
  }
  return { bytes: body.patched({ set, remove }), wire: () => applied(body.json, { set, remove }) };
}

function translatedBody(
  deployment: Deployment,
  lane: Lane,
  context: () => TranslateContext<Operation>,
  asked: () => Operations[Operation]["request"],
): Built {
  let wire = lane.side.request(context());
  const quirks = deployment.service.quirks;
  if (quirks) wire = applied(wire, quirkPatch(quirks, { get: (name) => wire[name], all: () => wire }, deployment, asked));
  return { bytes: JSON.stringify(wire), wire: () => wire };
}

function headersOf(
  call: Call,
  deployment: Deployment,
  lane: Lane,
  wire: Built["wire"],
  context: () => TranslateContext<Operation>,
): Readonly<Record<string, string>> {
  const own = lane.side.headers?.(context(), wire());
  const forwarded = lane.sameDialect && call.client.forwards ? forwards(call) : undefined;
  if (!forwarded && !call.extraHeaders && (own === undefined || Object.isFrozen(own)))
    return keptHeaders(lane, deployment, call.stream, own);
  const fixed = call.stream ? lane.streamHeaders : lane.headers;
  // The side's own headers may have merged those of deployment and request (anthropic-beta), so they win.
  return { ...fixed, ...forwarded, ...call.extraHeaders, ...own, ...deployment.credential().headers };
}

/** The same object for the usual call of a lane, so that whoever sends it can keep what it made of it. */
function keptHeaders(
  lane: Lane,
  deployment: Deployment,
  stream: boolean,
  own: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  const credential = deployment.credential();
  const kept = stream ? lane.kept.stream : lane.kept.json;
  if (kept && kept.of === credential && kept.own === own) return kept.headers;
  const headers = Object.freeze({ ...(stream ? lane.streamHeaders : lane.headers), ...own, ...credential.headers });
  lane.kept[stream ? "stream" : "json"] = { of: credential, own, headers };
  return headers;
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

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

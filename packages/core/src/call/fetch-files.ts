/** Downloads images and files that a client named by address, for providers that want the bytes. */

import type { Buffer } from "node:buffer";
import { Cancel } from "../cancel.ts";
import type { FetchedFile } from "../dialects/dialect.ts";
import { type ErrorKind, GatewayError } from "../errors.ts";
import { address } from "../router/address.ts";
import type { InboundReply, Network } from "../transport/transport.ts";
import type { House } from "./call.ts";

const MAX_MEGABYTES = 50;
const MAX_BYTES = MAX_MEGABYTES * 1024 * 1024;
const MAX_REDIRECTS = 3;
/** For all files of a request; the call's own time only begins to run when they are there. */
const MAX_MS = 30_000;
/** Addresses that come with a request: public ones only, checked where the socket connects. */
const network: Network = { reach: "public" };

export async function fetchFiles(urls: readonly string[], house: House, cancel: Cancel): Promise<ReadonlyMap<string, FetchedFile>> {
  const different = [...new Set(urls)];
  if (different.length === 0) return new Map();
  const own = new Cancel();
  cancel.tell(own);
  const alarm = house.clock.after(MAX_MS, () =>
    own.abort(unfetched(`its server did not send it within ${MAX_MS / 1000} s.`, different[0])),
  );
  try {
    const files = await Promise.all(different.map((url) => fetchFile(url, house, own)));
    return new Map(different.map((url, at) => [url, files[at] as FetchedFile]));
  } finally {
    cancel.leaveOut(own);
    alarm.cancel();
  }
}

async function fetchFile(url: string, house: House, cancel: Cancel): Promise<FetchedFile> {
  try {
    const reply = await follow(url, house, cancel, 0);
    const bytes = await taken(reply);
    return { mediaType: mediaTypeOf(reply, bytes), base64: bytes.toString("base64") };
  } catch (thrown) {
    const error = GatewayError.from(cancel.aborted ? cancel.reason : thrown);
    if (cancel.aborted || error.kind === "client_gone") throw error;
    throw unfetched(error.kind === "image_fetch" ? error.message : (reasons[error.kind] ?? "its server cannot be reached."), url, thrown);
  }
}

const reasons: { readonly [Kind in ErrorKind]?: string } = {
  bad_request: "it is no http address.",
  blocked_address: "it leads to an address that is not public.",
  tls: "its server's certificate is not trusted.",
  timeout: "its server did not answer in time.",
  bad_reply: "its server answered with something that is not proper HTTP.",
};

function unfetched(why: string, url = "", cause?: unknown): GatewayError {
  return new GatewayError("image_fetch", `The file at ${shown(url)} could not be fetched: ${why} Send it as a data: URL instead.`, {
    cause,
  });
}

async function taken(reply: InboundReply): Promise<Buffer> {
  const tooLarge = new GatewayError("image_fetch", `it is larger than ${MAX_MEGABYTES} MB.`);
  if (Number(reply.headers["content-length"]) > MAX_BYTES) {
    reply.discard();
    throw tooLarge;
  }
  try {
    return await reply.read(MAX_BYTES);
  } catch (thrown) {
    throw thrown instanceof GatewayError && thrown.kind === "bad_reply" ? tooLarge : thrown;
  }
}

async function follow(url: string, house: House, cancel: Cancel, hops: number): Promise<InboundReply> {
  const reply = await house.transport.send(
    { method: "GET", ...address(url, ""), headers: { accept: "*/*" }, network: house.fileNetwork?.(url) ?? network },
    cancel,
  );
  const location = reply.headers["location"];
  if (reply.status >= 300 && reply.status < 400 && typeof location === "string") {
    reply.discard();
    if (hops === MAX_REDIRECTS) throw new GatewayError("image_fetch", `more than ${MAX_REDIRECTS} redirects.`);
    return follow(new URL(location, url).href, house, cancel, hops + 1);
  }
  if (reply.status === 200) return reply;
  reply.discard();
  throw new GatewayError("image_fetch", `the server answered ${reply.status}.`);
}

const signatures: readonly (readonly [string, string])[] = [
  ["89504e47", "image/png"],
  ["ffd8ff", "image/jpeg"],
  ["47494638", "image/gif"],
  ["52494646", "image/webp"],
  ["25504446", "application/pdf"],
];

/** The header's type; where it is missing or says nothing, what the first bytes say. */
function mediaTypeOf(reply: InboundReply, bytes: Buffer): string {
  const told =
    String(reply.headers["content-type"] ?? "")
      .split(";")[0]
      ?.trim() ?? "";
  if (told !== "" && told !== "application/octet-stream" && told !== "binary/octet-stream") return told;
  const start = bytes.subarray(0, 4).toString("hex");
  return signatures.find(([signature]) => start.startsWith(signature))?.[1] ?? "application/octet-stream";
}

function shown(url: string): string {
  return url.split("?")[0]?.slice(0, 200) ?? "";
}

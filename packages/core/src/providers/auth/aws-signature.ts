/** Signs requests as AWS wants it (Signature Version 4), by AWS's own package, which is loaded when the first request is signed. */

import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { GatewayError } from "../../errors.ts";
import type { OutboundRequest } from "../../transport/transport.ts";
import type { AwsKeys } from "./aws-settings.ts";

export interface SigningScope {
  readonly service: string;
  readonly region: string;
  /** Milliseconds since 1970, as AWS's clock has it. */
  readonly now: number;
}

type Signing = typeof import("@smithy/signature-v4");
let loaded: Promise<Signing> | undefined;

function loadOnce(): Promise<Signing> {
  loaded ??= import("@smithy/signature-v4").catch((cause: unknown) => {
    loaded = undefined;
    throw cause;
  });
  return loaded;
}

/** `load` is there for tests. */
export async function signRequest(
  request: OutboundRequest,
  keys: AwsKeys,
  { service, region, now }: SigningScope,
  load: () => Promise<Signing> = loadOnce,
): Promise<OutboundRequest> {
  const { SignatureV4 } = await packageOf(load);
  const signer = new SignatureV4({ credentials: keys, region, service, sha256: NodeSha256, applyChecksum: true });
  const { protocol, host, hostname, port } = new URL(request.origin);
  const own = unsigned(request.headers);
  const [path = "/", query] = splitOnce(request.path, "?");
  const { headers } = await signer.sign(
    {
      method: request.method,
      protocol,
      hostname,
      ...(port && { port: Number(port) }),
      path,
      query: query === undefined ? {} : queryOf(query),
      headers: { ...signable(own), host },
      body: bodyOf(request),
    },
    { signingDate: new Date(now) },
  );
  const { host: _, ...signed } = headers;
  return { ...request, headers: { ...own, ...signed } };
}

async function packageOf(load: () => Promise<Signing>): Promise<Signing> {
  try {
    return await load();
  } catch (cause) {
    throw missingPackage("@smithy/signature-v4", cause);
  }
}

export function missingPackage(name: string, cause: unknown): GatewayError {
  return new GatewayError("no_credentials", `Requests to AWS need the package ${name}, which is not installed. Run: npm install ${name}`, {
    cause,
  });
}

/** What a signature brings; of an earlier one nothing may be left. */
const ofSignature = new Set(["authorization", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token"]);

function unsigned(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofSignature.has(name.toLowerCase())));
}

/** Others may be changed on the way by proxies, and what is changed breaks the signature. */
function signable(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name === "content-type" || name.toLowerCase().startsWith("x-amz")));
}

function bodyOf({ body }: OutboundRequest): string | Buffer {
  if (body === undefined || typeof body === "string" || Buffer.isBuffer(body)) return body ?? "";
  throw new GatewayError("internal", "A form cannot be signed for AWS.");
}

function queryOf(query: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(query));
}

function splitOnce(text: string, mark: string): [string, string?] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + mark.length)];
}

type Data = string | ArrayBuffer | ArrayBufferView;

/** Node's own hash in the form that the package asks for: many times faster than one written in JavaScript. */
class NodeSha256 {
  readonly #secret: Data | undefined;
  #hash: Hash | Hmac;

  constructor(secret?: Data) {
    this.#secret = secret;
    this.#hash = this.#fresh();
  }

  update(data: Data): void {
    this.#hash.update(bytesOf(data));
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {
    this.#hash = this.#fresh();
  }

  #fresh(): Hash | Hmac {
    return this.#secret === undefined ? createHash("sha256") : createHmac("sha256", bytesOf(this.#secret));
  }
}

function bytesOf(data: Data): string | Uint8Array {
  if (typeof data === "string") return data;
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
}

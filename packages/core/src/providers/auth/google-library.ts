/** Google's own library for the ways in that are long to tell: workload identity, the metadata service. Loaded when first needed. */

import type { AuthClient, gaxios } from "google-auth-library";
import { Cancel } from "../../cancel.ts";
import { GatewayError } from "../../errors.ts";
import type { Network, Send } from "../../transport/transport.ts";
import type { Token } from "./cached-token.ts";
import type { GoogleCredentials } from "./google-credentials.ts";

const SCOPE = "https://www.googleapis.com/auth/cloud-platform";
const LIFETIME_SECONDS = 3600;
const MAX_REPLY_BYTES = 1_048_576;

type Library = typeof import("google-auth-library");
type Adapter = NonNullable<gaxios.GaxiosOptions["adapter"]>;

interface LibraryTools {
  readonly send: Send;
  readonly clock: { now(): number };
  readonly network: Network;
  /** For tests. */
  readonly load?: () => Promise<Library>;
}

export async function libraryToken(json: GoogleCredentials | undefined, tools: LibraryTools): Promise<Token> {
  // Such credentials name files to read and addresses to ask, which only the config file may do.
  if (json && tools.network.reach !== "configured") throw notTrusted();
  const library = await loaded(tools.load);
  try {
    const client = await clientOf(library, json, tools);
    const { token } = await client.getAccessToken();
    if (!token) throw new Error("there is no token in the answer");
    const until = client.credentials.expiry_date;
    return { value: token, expiresIn: until ? (until - tools.clock.now()) / 1000 : LIFETIME_SECONDS };
  } catch (cause) {
    throw cause instanceof GatewayError ? cause : noToken(json, cause);
  }
}

/** The project of the machine, as the metadata service or gcloud knows it. */
export async function machineProject(load?: () => Promise<Library>): Promise<string | undefined> {
  const { GoogleAuth } = await loaded(load);
  try {
    return await new GoogleAuth().getProjectId();
  } catch {
    return undefined;
  }
}

async function loaded(load: () => Promise<Library> = () => import("google-auth-library")): Promise<Library> {
  try {
    return await load();
  } catch (cause) {
    throw new GatewayError(
      "no_credentials",
      "These Google credentials need the package google-auth-library, which is not installed. Run `npm install google-auth-library`, or set vertex_credentials to a service account.",
      { cause },
    );
  }
}

async function clientOf(library: Library, json: GoogleCredentials | undefined, tools: LibraryTools): Promise<AuthClient> {
  const auth = new library.GoogleAuth({ scopes: [SCOPE] });
  if (!json) return auth.getClient();
  const transporter = new library.gaxios.Gaxios({ adapter: overOurTransport(tools) });
  const client = auth.fromJSON(json as Parameters<typeof auth.fromJSON>[0], { transporter });
  if ("scopes" in client) client.scopes = [SCOPE];
  // The part that exchanges tokens is not handed the transporter by the library itself.
  const exchange: unknown = Reflect.get(client, "stsCredential");
  if (exchange !== null && typeof exchange === "object") Object.assign(exchange, { transporter });
  return client;
}

/** The library's requests take our transport, with its proxies and certificates; only a cloud's metadata service, which that never calls, is asked directly. */
function overOurTransport({ send, network }: LibraryTools): Adapter {
  return async (asked, direct) => {
    const url = new URL(asked.url);
    if (isMetadata(url.hostname)) return direct(asked);
    const reply = await send(
      {
        method: asked.method ?? "GET",
        origin: url.origin,
        path: url.pathname + url.search,
        headers: Object.fromEntries(asked.headers),
        ...(textBody(asked.body ?? asked.data) !== undefined && { body: textBody(asked.body ?? asked.data) }),
        network,
      },
      new Cancel(),
    );
    const text = (await reply.read(MAX_REPLY_BYTES)).toString();
    return Object.assign(new Response(text, { status: reply.status }), { config: asked, data: dataOf(text, asked.responseType) });
  };
}

function isMetadata(host: string): boolean {
  return host === "metadata.google.internal" || host.startsWith("169.254.") || host === "[fd00:ec2::254]";
}

function textBody(body: unknown): string | undefined {
  if (body === undefined || body === null) return undefined;
  return typeof body === "string" || body instanceof URLSearchParams ? body.toString() : JSON.stringify(body);
}

function dataOf(text: string, type: string | undefined): never {
  if (type === "text") return text as never;
  try {
    return JSON.parse(text) as never;
  } catch {
    return text as never;
  }
}

function noToken(json: GoogleCredentials | undefined, cause: unknown): GatewayError {
  if (!json) {
    return new GatewayError(
      "no_credentials",
      "No Google credentials. Set litellm_params.vertex_credentials (path or JSON), or GOOGLE_APPLICATION_CREDENTIALS in the environment, " +
        "or run `gcloud auth application-default login`, or run on Google Cloud with a service account.",
      { cause },
    );
  }
  const why = cause instanceof Error ? cause.message : String(cause);
  return new GatewayError(
    "upstream_auth",
    `Google gave no access token: ${why.slice(0, 500)}. Check vertex_credentials of the deployment.`,
    { cause },
  );
}

function notTrusted(): GatewayError {
  return new GatewayError(
    "no_credentials",
    "Credentials of this type are taken from the config file only, because they name files and addresses. Use a service account here.",
  );
}

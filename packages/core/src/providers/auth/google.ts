/** Google Cloud's ways in: an API key, or an access token for credentials of the deployment or of the machine. */

import { GatewayError } from "../../errors.ts";
import type { Network, OutboundRequest } from "../../transport/transport.ts";
import type { Auth, Credential, Settings } from "../provider.ts";
import { cachedToken } from "./cached-token.ts";
import { type FoundCredentials, findCredentials, googleCredentialsEnv, textOf } from "./google-credentials.ts";
import { machineProject } from "./google-library.ts";
import { fetchToken } from "./google-tokens.ts";

/** Stands in a path where nobody named the project: replaced by that of the credentials. Real ids are in lower case. */
export const PROJECT_OF_CREDENTIALS = "PROJECT";

/** Setting name → environment variables. The second project is Google's own variable and loses against that of the credentials. */
export const googleEnv: Readonly<Record<string, readonly string[]>> = {
  vertex_project: ["VERTEXAI_PROJECT", "VERTEX_PROJECT"],
  vertex_location: ["VERTEXAI_LOCATION", "VERTEX_LOCATION"],
  ...googleCredentialsEnv,
  vertex_default_project: ["GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT"],
};

/** Google's own hosts that we call with a token. */
const ofGoogle = /^https:\/\/([a-z0-9-]+\.|[a-z0-9-]+-)?(aiplatform|discoveryengine|texttospeech|speech)\.([a-z]+\.rep\.)?googleapis\.com$/;

export const googleAuth: Auth = {
  env: [],
  connect(settings, tools): Credential {
    if (settings.api_key) return { headers: keyHeaders(settings.api_key, settings.api_base) };
    // Set by each call: tokens come over the network that the calls themselves use.
    let network: Network = { reach: "configured" };
    const account = once(() => findCredentials(settings));
    const machine = once(() => machineProject());
    const token = cachedToken(tools.clock, async () => fetchToken((await account()).json, { ...tools, network }));
    return {
      async prepare(final) {
        network = final.network;
        const found = await account();
        mayGo(found, final);
        const value = await token.get();
        return signed(await withProject(final, settings, found, machine), value, found);
      },
      renew() {
        token.forget();
        return true;
      },
    };
  },
};

/** A token is written as the key at times; an address of one's own knows bearers only. */
function keyHeaders(key: string, base: string | undefined): Record<string, string> {
  if (key.startsWith("ya29.")) return { authorization: `Bearer ${key}` };
  const own = base !== undefined && !/googleapis\.com/.test(base);
  return { "x-goog-api-key": key, ...(own && { authorization: `Bearer ${key}` }) };
}

/** A failure is not kept: the next call may find the file in place. */
function once<T>(find: () => Promise<T>): () => Promise<T> {
  let kept: Promise<T> | undefined;
  return () => {
    kept ??= find().catch((error: unknown) => {
      kept = undefined;
      throw error;
    });
    return kept;
  };
}

/** The machine's own account must not travel to an address that came by API or with a request. */
function mayGo({ ambient }: FoundCredentials, { origin, network }: OutboundRequest): void {
  if (!ambient || network.reach === "configured" || ofGoogle.test(origin)) return;
  throw new GatewayError(
    "no_credentials",
    "The machine's own Google credentials go to Google's addresses and to those of the config file only. Set vertex_credentials with this api_base.",
  );
}

type Project = string | undefined;

async function withProject(
  final: OutboundRequest,
  settings: Settings,
  found: FoundCredentials,
  machine: () => Promise<Project>,
): Promise<OutboundRequest> {
  const hole = `/projects/${PROJECT_OF_CREDENTIALS}/`;
  if (!final.path.includes(hole)) return final;
  const project = projectOf(found, settings) ?? (found.json ? undefined : await machine());
  if (!project) {
    throw new GatewayError(
      "bad_request",
      `No Google Cloud project for ${settings.model}. Set litellm_params.vertex_project, or VERTEXAI_PROJECT in the environment.`,
    );
  }
  return { ...final, path: final.path.replace(hole, () => `/projects/${encodeURIComponent(project)}/`) };
}

function projectOf({ json }: FoundCredentials, settings: Settings): Project {
  return textOf(json?.["project_id"]) ?? textOf(settings["vertex_default_project"]) ?? textOf(json?.["quota_project_id"]);
}

/** A person's login is billed to the project that it names. */
function signed(final: OutboundRequest, token: string, { json }: FoundCredentials): OutboundRequest {
  const quota = textOf(json?.["quota_project_id"]);
  return { ...final, headers: { ...final.headers, authorization: `Bearer ${token}`, ...(quota && { "x-goog-user-project": quota }) } };
}

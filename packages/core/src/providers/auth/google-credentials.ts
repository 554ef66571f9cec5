/** Finds the credentials that Google's libraries would: the deployment's own, or those of the machine. */

import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { GatewayError } from "../../errors.ts";
import type { Settings } from "../provider.ts";

/** A credentials file as Google writes it: `type` says which of its forms. */
export type GoogleCredentials = Readonly<Record<string, unknown>>;

export interface FoundCredentials {
  /** Undefined: none is written anywhere, so the machine's metadata service is the last to ask. */
  readonly json?: GoogleCredentials;
  /** Of this machine, not of the deployment: they go only where the config file or Google itself is. */
  readonly ambient: boolean;
}

/** Setting name → environment variables. Only `vertex_credentials` is for config files; the others say where the machine keeps its own. */
export const googleCredentialsEnv: Readonly<Record<string, readonly string[]>> = {
  vertex_credentials: ["VERTEXAI_CREDENTIALS"],
  vertex_adc_file: ["GOOGLE_APPLICATION_CREDENTIALS"],
  vertex_gcloud_folder: ["CLOUDSDK_CONFIG"],
};

/** In this order: `vertex_credentials`, GOOGLE_APPLICATION_CREDENTIALS, gcloud's own file, nothing. */
export async function findCredentials(settings: Settings): Promise<FoundCredentials> {
  const given = settings["vertex_ai_credentials"] ?? settings["vertex_credentials"];
  if (isFields(given)) return { json: given, ambient: false };
  const own = textOf(given);
  if (own)
    return {
      json: own.trimStart().startsWith("{") ? parsed(own, "vertex_credentials") : await fromFile(own, "vertex_credentials"),
      ambient: false,
    };
  const named = textOf(settings["vertex_adc_file"]);
  if (named) return { json: await fromFile(named, "GOOGLE_APPLICATION_CREDENTIALS"), ambient: true };
  const json = await gcloudFile(textOf(settings["vertex_gcloud_folder"]));
  return { ...(json && { json }), ambient: true };
}

/** Source: docs.cloud.google.com/docs/authentication/application-default-credentials. */
async function gcloudFile(folder: string | undefined): Promise<GoogleCredentials | undefined> {
  const home = process.platform === "win32" ? join(homedir(), "AppData", "Roaming", "gcloud") : join(homedir(), ".config", "gcloud");
  const text = await textOfFile(join(folder ?? home, "application_default_credentials.json"));
  return text === undefined ? undefined : parsed(text, "gcloud's application_default_credentials.json");
}

async function fromFile(path: string, setting: string): Promise<GoogleCredentials> {
  const text = await textOfFile(path);
  if (text !== undefined) return parsed(text, setting);
  // What was meant as a path may be a secret that lost its braces, so it is not repeated.
  throw new GatewayError(
    "no_credentials",
    `${setting} names no file that can be read. Set it to the path of a credentials file or to its JSON text.`,
  );
}

async function textOfFile(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return undefined;
  }
}

function parsed(text: string, setting: string): GoogleCredentials {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  if (isFields(json)) return json;
  throw new GatewayError("no_credentials", `${setting} holds no JSON object. Set it to a credentials file as Google Cloud hands it out.`);
}

function isFields(value: unknown): value is GoogleCredentials {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

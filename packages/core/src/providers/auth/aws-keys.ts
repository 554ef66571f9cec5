/** Where a deployment's AWS keys come from: its row, a role, a token, a profile or the machine. One look-up at a time, kept until shortly before they expire. */

import { readFile } from "node:fs/promises";
import type { Clock } from "../../clock.ts";
import { GatewayError } from "../../errors.ts";
import type { Network, Send } from "../../transport/transport.ts";
import type { Settings } from "../provider.ts";
import { type AwsKeys, environmentKeys, platformRole, roleOf, rowKeys, text } from "./aws-settings.ts";
import { missingPackage } from "./aws-signature.ts";
import { createSts } from "./aws-sts.ts";

export interface KeySource {
  /** No promise while the keys are at hand. */
  get(network: Network): AwsKeys | Promise<AwsKeys>;
  /** Throws kept keys away; false where there is nothing better to fetch. */
  forget(): boolean;
}

export interface KeyTools {
  readonly send: Send;
  readonly clock: Clock;
  readonly region: string;
}

type Find = (network: Network) => Promise<AwsKeys>;

export function keySource(settings: Settings, tools: KeyTools): KeySource {
  const own = rowKeys(settings);
  const sts = createSts({ ...tools, endpoint: text(settings["aws_sts_endpoint"]) });
  const role = roleOf(settings);
  const token = text(settings["aws_web_identity_token"]);
  if (role && token) return kept(tools.clock, async (network) => sts.assumeWithToken(role, await tokenOf(token), network));
  const base = own ? fixed(own) : baseSource(settings, tools);
  if (!role || platformRole(settings)?.role.arn === role.arn) return base;
  return kept(tools.clock, async (network) => sts.assume(role, await base.get(network), network));
}

/** Without keys or a role in the row: a profile, the environment, the platform's role, and at last the chain of AWS's own SDK. */
function baseSource(settings: Settings, tools: KeyTools): KeySource {
  const profile = text(settings["aws_profile_name"]);
  if (profile) return kept(tools.clock, chain(settings, profile));
  const environment = environmentKeys(settings);
  if (environment) return fixed(environment);
  const platform = platformRole(settings);
  if (!platform) return kept(tools.clock, chain(settings, text(settings["aws_env_profile"])));
  const sts = createSts({ ...tools, endpoint: text(settings["aws_sts_endpoint"]) });
  return kept(tools.clock, async (network) => sts.assumeWithToken(platform.role, await tokenOf(platform.file), network));
}

function fixed(keys: AwsKeys): KeySource {
  return { get: () => keys, forget: () => false };
}

/** Fetched anew in the background this long before they expire, and waited for when they are about to. */
const EARLY_MS = 5 * 60_000;
const LATE_MS = 60_000;

function kept(clock: Clock, find: Find): KeySource {
  let keys: AwsKeys | undefined;
  let finding: Promise<AwsKeys> | undefined;
  const look = (network: Network): Promise<AwsKeys> => {
    finding ??= find(network)
      .then((found) => {
        keys = found;
        return found;
      })
      .finally(() => {
        finding = undefined;
      });
    return finding;
  };
  return {
    get(network) {
      const left = keys ? (keys.expiresAt ?? Number.POSITIVE_INFINITY) - clock.now() : 0;
      if (!keys || left < LATE_MS) return look(network);
      // What fails here is told when the keys are really needed.
      if (left < EARLY_MS) look(network).catch(() => {});
      return keys;
    },
    forget() {
      keys = undefined;
      return true;
    },
  };
}

/** The token itself, or the file that holds it; files are read each time, because their tokens are replaced. */
async function tokenOf(told: string): Promise<string> {
  const path = told.startsWith("oidc/file/") ? told.slice("oidc/file".length) : told;
  if (!path.startsWith("/") && !path.startsWith("./")) {
    if (!told.startsWith("oidc/")) return told;
    throw new GatewayError(
      "no_credentials",
      `aws_web_identity_token "${told}" is no kind of token that is known here. Use a file's path, or oidc/file/<path>.`,
    );
  }
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (cause) {
    throw new GatewayError(
      "no_credentials",
      `The web identity token could not be read from ${path}. Check aws_web_identity_token or AWS_WEB_IDENTITY_TOKEN_FILE.`,
      {
        cause,
      },
    );
  }
}

/** Profiles, SSO, containers (ECS, EKS) and instances (EC2), as AWS's SDK looks for them. */
function chain(settings: Settings, profile: string | undefined): Find {
  return async () => {
    const { defaultProvider } = await import("@aws-sdk/credential-provider-node").catch((cause: unknown) => {
      throw missingPackage("@aws-sdk/credential-provider-node", cause);
    });
    try {
      const { accessKeyId, secretAccessKey, sessionToken, expiration } = await defaultProvider(profile === undefined ? {} : { profile })();
      return { accessKeyId, secretAccessKey, sessionToken, ...(expiration && { expiresAt: expiration.getTime() }) };
    } catch (cause) {
      throw noKeys(settings, profile, cause);
    }
  };
}

function noKeys(settings: Settings, profile: string | undefined, cause: unknown): GatewayError {
  const where = profile === undefined ? "" : ` (profile ${profile})`;
  return new GatewayError(
    "no_credentials",
    `No AWS credentials for ${settings.model}${where}. Set litellm_params.aws_access_key_id and aws_secret_access_key, aws_role_name or ` +
      "aws_profile_name, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment.",
    { cause },
  );
}

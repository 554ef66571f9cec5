/** AWS's ways in: a bearer token where a service takes one, else requests that are signed. */

import type { Auth, Credential, Settings } from "../provider.ts";
import { keySource } from "./aws-keys.ts";
import { type AwsKeys, noRegion, regionOf, rowKeys, text } from "./aws-settings.ts";
import { signRequest } from "./aws-signature.ts";

export interface AwsAuthOptions {
  /** The name that signatures are made for: `bedrock`, `sagemaker`, `polly`. */
  readonly service: string;
  /** The setting that environment variables fill with a bearer token; only for services that take one. */
  readonly bearer?: string;
}

/** Beyond this AWS refuses a signature for its time; half of it shows a clock that is wrong rather than a slow reply. */
const WRONG_CLOCK_MS = 150_000;

export function awsAuth({ service, bearer }: AwsAuthOptions): Auth {
  return {
    env: [],
    account: (settings) => regionOf(settings) ?? "",
    connect(settings, tools): Credential {
      const token = bearer === undefined ? undefined : tokenOf(settings, bearer);
      const region = regionOf(settings);
      const addressed = settings.api_base ?? settings["aws_bedrock_runtime_endpoint"];
      if (token && (region || addressed)) return { headers: { authorization: `Bearer ${token}` } };
      if (!region) throw noRegion(settings);
      const keys = keySource(settings, { ...tools, region });
      let skewMs = 0;
      return {
        async prepare(final) {
          const found: AwsKeys | Promise<AwsKeys> = keys.get(final.network);
          const now = tools.clock.now() + skewMs;
          return signRequest(final, found instanceof Promise ? await found : found, { service, region, now });
        },
        renewsOn: [400, 403],
        renew(refused) {
          const theirs = Date.parse(String(refused?.headers["date"] ?? ""));
          const difference = theirs - tools.clock.now();
          if (Math.abs(difference - skewMs) > WRONG_CLOCK_MS) {
            skewMs = difference;
            return true;
          }
          return tellsOldToken(refused?.headers["x-amzn-errortype"]) && keys.forget();
        },
      };
    },
  };
}

/** Keys in the row win over a token of the environment. */
function tokenOf(settings: Settings, bearer: string): string | undefined {
  return (
    settings.api_key ??
    (rowKeys(settings) || settings["aws_role_name"] || settings["aws_profile_name"] ? undefined : text(settings[bearer]))
  );
}

function tellsOldToken(told: unknown): boolean {
  return /^(ExpiredToken|UnrecognizedClient|RequestExpired)/.test(String(told ?? ""));
}

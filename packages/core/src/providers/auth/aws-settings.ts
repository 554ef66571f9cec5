/** Which account and which region of AWS a deployment means: from its row, its model's name or the environment. */

import { GatewayError } from "../../errors.ts";
import type { Settings } from "../provider.ts";

/** Names of their own, because a row that names a role or a profile must not be mixed with keys of the environment. */
export const awsEnv: Readonly<Record<string, readonly string[]>> = {
  aws_default_region: ["AWS_REGION_NAME", "AWS_REGION", "AWS_DEFAULT_REGION"],
  aws_env_access_key_id: ["AWS_ACCESS_KEY_ID"],
  aws_env_secret_access_key: ["AWS_SECRET_ACCESS_KEY"],
  aws_env_session_token: ["AWS_SESSION_TOKEN"],
  aws_env_role_arn: ["AWS_ROLE_ARN"],
  aws_env_role_session_name: ["AWS_ROLE_SESSION_NAME"],
  aws_env_web_identity_token_file: ["AWS_WEB_IDENTITY_TOKEN_FILE"],
  aws_env_profile: ["AWS_PROFILE"],
};

const regionName = /^(us|eu|ap|sa|ca|me|af|il|mx|cn|us-gov|us-iso[a-z]?|eu-isoe)-[a-z]+-\d$/;

/** First wins: the row, a part of the model's name or its ARN, the environment. */
export function regionOf(settings: Settings): string | undefined {
  return text(settings["aws_region_name"]) ?? regionInModel(settings.model) ?? text(settings["aws_default_region"]);
}

/** `bedrock/eu-west-3/…`, `arn:aws:bedrock:us-east-1:…`. */
function regionInModel(model: string): string | undefined {
  const arn = /arn:aws[\w-]*:[\w-]+:([\w-]+):/.exec(model)?.[1];
  return arn ?? model.split("/").find(isRegion);
}

export function isRegion(word: string): boolean {
  return regionName.test(word);
}

export function noRegion(settings: Settings): GatewayError {
  return new GatewayError(
    "no_credentials",
    `No AWS region for ${settings.model}. Set litellm_params.aws_region_name, or AWS_REGION_NAME or AWS_REGION in the environment.`,
  );
}

/** `https://<service>.<region>.amazonaws.com`; empty without a region. */
export function awsAddress(service: string, region: string | undefined): string {
  if (region === undefined) return "";
  return `https://${service}.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}

/** What to do where no address can be made up. */
export const awsAddressHint = "litellm_params.aws_region_name (or AWS_REGION in the environment), or litellm_params.api_base";

export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Milliseconds since 1970; undefined: for good. */
  readonly expiresAt?: number;
}

/** Keys that stand in the row. Throws where only half of a pair is there. */
export function rowKeys(settings: Settings): AwsKeys | undefined {
  const [id, secret] = [text(settings["aws_access_key_id"]), text(settings["aws_secret_access_key"])];
  if (!id && !secret) return undefined;
  if (id && secret) return { accessKeyId: id, secretAccessKey: secret, sessionToken: text(settings["aws_session_token"]) };
  const missing = id ? "aws_secret_access_key" : "aws_access_key_id";
  throw new GatewayError("no_credentials", `The credentials of ${settings.model} are half there. Set litellm_params.${missing}, too.`);
}

export function environmentKeys(settings: Settings): AwsKeys | undefined {
  const [id, secret] = [text(settings["aws_env_access_key_id"]), text(settings["aws_env_secret_access_key"])];
  return id && secret ? { accessKeyId: id, secretAccessKey: secret, sessionToken: text(settings["aws_env_session_token"]) } : undefined;
}

export interface AwsRole {
  readonly arn: string;
  readonly session: string;
  readonly externalId?: string;
}

const SESSION = "tollgate";

export function roleOf(settings: Settings): AwsRole | undefined {
  const arn = text(settings["aws_role_name"]);
  if (!arn) return undefined;
  const session = text(settings["aws_session_name"]) ?? text(settings["aws_env_role_session_name"]) ?? SESSION;
  return { arn, session, externalId: text(settings["aws_external_id"]) };
}

/** A role that the platform gives to this process: its token lies in a file (IRSA). */
export function platformRole(settings: Settings): { readonly role: AwsRole; readonly file: string } | undefined {
  const [arn, file] = [text(settings["aws_env_role_arn"]), text(settings["aws_env_web_identity_token_file"])];
  if (!arn || !file) return undefined;
  return { role: { arn, session: text(settings["aws_env_role_session_name"]) ?? SESSION }, file };
}

export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

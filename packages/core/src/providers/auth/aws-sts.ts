/** Asks AWS's token service for the keys of a role, over the transport that the calls themselves use. */

import { Cancel } from "../../cancel.ts";
import type { Clock } from "../../clock.ts";
import { GatewayError } from "../../errors.ts";
import type { Network, OutboundRequest, Send } from "../../transport/transport.ts";
import { type AwsKeys, type AwsRole, awsAddress } from "./aws-settings.ts";
import { signRequest } from "./aws-signature.ts";

const MAX_REPLY_BYTES = 1_048_576;
const SECONDS = "3600";

export interface Sts {
  /** With keys that may assume the role. */
  assume(role: AwsRole, keys: AwsKeys, network: Network): Promise<AwsKeys>;
  /** With a token that an identity provider gave. */
  assumeWithToken(role: AwsRole, token: string, network: Network): Promise<AwsKeys>;
}

export interface StsTools {
  readonly send: Send;
  readonly clock: Clock;
  readonly region: string;
  /** `aws_sts_endpoint`. */
  readonly endpoint?: string;
}

/** Source: docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html and API_AssumeRoleWithWebIdentity.html. */
export function createSts({ send, clock, region, endpoint }: StsTools): Sts {
  const url = urlOf(endpoint ?? awsAddress("sts", region));
  const request = (form: Record<string, string>, network: Network): OutboundRequest => ({
    method: "POST",
    origin: url.origin,
    path: url.pathname,
    headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8", accept: "application/xml" },
    body: new URLSearchParams({ Version: "2011-06-15", DurationSeconds: SECONDS, ...form }).toString(),
    network,
  });
  const ask = async (outbound: OutboundRequest, role: AwsRole): Promise<AwsKeys> => {
    const reply = await send(outbound, new Cancel());
    return keysIn((await reply.read(MAX_REPLY_BYTES)).toString(), reply.status, role);
  };
  const named = (action: string, { arn, session }: AwsRole) => ({ Action: action, RoleArn: arn, RoleSessionName: session });
  return {
    async assume(role, keys, network) {
      const form = { ...named("AssumeRole", role), ...(role.externalId && { ExternalId: role.externalId }) };
      return ask(await signRequest(request(form, network), keys, { service: "sts", region, now: clock.now() }), role);
    },
    assumeWithToken: (role, token, network) =>
      ask(request({ ...named("AssumeRoleWithWebIdentity", role), WebIdentityToken: token }, network), role),
  };
}

function urlOf(address: string): URL {
  const whole = address.includes("://") ? address : `https://${address}`;
  if (URL.canParse(whole)) return new URL(whole);
  throw new GatewayError("no_credentials", "aws_sts_endpoint is no address. Write it like https://sts.eu-west-1.amazonaws.com.");
}

function keysIn(xml: string, status: number, role: AwsRole): AwsKeys {
  const [accessKeyId, secretAccessKey, sessionToken, expiration] = ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"].map(
    (name) => element(xml, name),
  );
  if (status < 300 && accessKeyId && secretAccessKey) {
    return { accessKeyId, secretAccessKey, sessionToken, ...(expiration && { expiresAt: Date.parse(expiration) }) };
  }
  const why = element(xml, "Message") ?? element(xml, "Code") ?? `status ${status}`;
  throw new GatewayError(
    status >= 500 ? "unavailable" : "upstream_auth",
    `AWS gave no keys for the role ${role.arn}: ${why}. Check aws_role_name and who may assume it (its trust policy), aws_external_id included.`,
    { upstreamStatus: status },
  );
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** The replies are flat, so that no parser is needed. */
function element(xml: string, name: string): string | undefined {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return found?.trim().replace(/&(\w+);/g, (whole, entity: string) => entities[entity] ?? whole);
}

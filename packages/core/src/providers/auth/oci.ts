/** Oracle Cloud's request signing: an RSA signature over the head and a hash of the body. Source: docs.oracle.com/iaas/Content/API/Concepts/signingrequests.htm. */

import { createHash, createPrivateKey, type KeyObject, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Clock } from "../../clock.ts";
import { GatewayError } from "../../errors.ts";
import type { OutboundRequest } from "../../transport/transport.ts";
import type { Auth, Settings } from "../provider.ts";

/** Setting name → environment variables. */
export const ociEnv: Readonly<Record<string, readonly string[]>> = {
  oci_region: ["OCI_REGION"],
  oci_user: ["OCI_USER"],
  oci_fingerprint: ["OCI_FINGERPRINT"],
  oci_tenancy: ["OCI_TENANCY"],
  oci_key: ["OCI_KEY"],
  oci_key_file: ["OCI_KEY_FILE"],
  oci_compartment_id: ["OCI_COMPARTMENT_ID"],
};

export const ociAuth: Auth = {
  env: [],
  connect(settings, { clock }) {
    const [tenancy, user, fingerprint] = ["oci_tenancy", "oci_user", "oci_fingerprint"].map((name) => needed(settings, name));
    const key = privateKey(settings);
    const keyId = `${tenancy}/${user}/${fingerprint}`;
    return { prepare: (final) => ({ ...final, headers: signed(final, { key, keyId, clock }) }) };
  },
};

interface Signer {
  readonly key: KeyObject;
  readonly keyId: string;
  readonly clock: Clock;
}

function signed(final: OutboundRequest, { key, keyId, clock }: Signer): Record<string, string> {
  const body = Buffer.isBuffer(final.body) || typeof final.body === "string" ? Buffer.from(final.body) : Buffer.alloc(0);
  const told: Record<string, string> = {
    date: new Date(clock.now()).toUTCString(),
    "(request-target)": `${final.method.toLowerCase()} ${final.path}`,
    host: new URL(final.origin).host,
  };
  if (final.method === "POST") {
    told["content-length"] = String(body.length);
    told["content-type"] = final.headers["content-type"] ?? "application/json";
    told["x-content-sha256"] = createHash("sha256").update(body).digest("base64");
  }
  const names = Object.keys(told);
  const text = names.map((name) => `${name}: ${told[name]}`).join("\n");
  const signature = sign("sha256", Buffer.from(text), key).toString("base64");
  const { "(request-target)": _, host: __, "content-length": ___, ...sent } = told;
  const headers = `headers="${names.join(" ")}",signature="${signature}"`;
  return { ...final.headers, ...sent, authorization: `Signature version="1",keyId="${keyId}",algorithm="rsa-sha256",${headers}` };
}

function privateKey(settings: Settings): KeyObject {
  const { oci_key: text, oci_key_file: file } = settings;
  const written = typeof text === "string" && text !== "" ? text.replaceAll("\\n", "\n") : pemIn(file, settings);
  try {
    return createPrivateKey(written);
  } catch (cause) {
    throw new GatewayError(
      "no_credentials",
      "The private key of Oracle Cloud cannot be read. Set oci_key to its PEM text, or oci_key_file to its path.",
      {
        cause,
      },
    );
  }
}

function pemIn(file: unknown, settings: Settings): string {
  if (typeof file !== "string" || file === "") return needed(settings, "oci_key");
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new GatewayError("no_credentials", `The key file ${file} cannot be read. Check oci_key_file (OCI_KEY_FILE).`, { cause });
  }
}

function needed(settings: Settings, name: string): string {
  const value = settings[name];
  if (typeof value === "string" && value !== "") return value;
  const variable = ociEnv[name]?.[0] ?? name.toUpperCase();
  throw new GatewayError(
    "no_credentials",
    `No ${name} for ${settings.model}. Set litellm_params.${name} (or ${variable} in the environment); oci_user, oci_fingerprint, oci_tenancy and ` +
      "oci_key or oci_key_file are needed to sign requests.",
  );
}

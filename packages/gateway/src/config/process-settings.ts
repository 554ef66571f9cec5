/** Settings of the process itself: where it listens, who is its master, how it logs, how it reaches the world. */

import { resolve } from "node:path";
import type { AuthSettings, CallDefaults, HttpSettings, LogSettings, NetworkSettings, StartFlags } from "./config.ts";
import type { Environment } from "./environment-references.ts";
import type { GeneralSettings, LitellmSettings, RoutingSettings } from "./schema.ts";
import { readFlag } from "./value-types.ts";

export interface SettingsSources {
  readonly litellm: LitellmSettings;
  readonly general: GeneralSettings;
  readonly router: RoutingSettings;
  readonly env: Environment;
  readonly flags: StartFlags;
  readonly cwd: string;
}

const megabyte = 1024 * 1024;

export function httpSettings({ general, env, flags }: SettingsSources): HttpSettings {
  const root = (env["SERVER_ROOT_PATH"] ?? "").replace(/^\/*|\/*$/g, "");
  const keyFile = flags.sslKeyFile ?? env["SSL_KEYFILE_PATH"];
  const certFile = flags.sslCertFile ?? env["SSL_CERTFILE_PATH"];
  return {
    host: flags.host ?? given(env["HOST"]) ?? "127.0.0.1",
    port: flags.port ?? Number(given(env["PORT"]) ?? 4000),
    corsOrigins: commaList(env["LITELLM_CORS_ORIGINS"]),
    corsCredentials: readFlag(env["LITELLM_CORS_ALLOW_CREDENTIALS"]) ?? false,
    maxRequestBytes: Math.round((general.max_request_size_mb ?? 100) * megabyte),
    ...(general.litellm_key_header_name && { keyHeaderName: general.litellm_key_header_name.toLowerCase() }),
    serverRootPath: root === "" ? "" : `/${root}`,
    ...(keyFile && certFile && { tls: { keyFile, certFile } }),
  };
}

export function authSettings({ general, env }: SettingsSources): AuthSettings {
  const fromEnvironment = given(env["LITELLM_MASTER_KEY"]);
  const key = general.master_key ?? fromEnvironment;
  return {
    ...(key !== undefined && { masterKey: key, masterKeyFrom: general.master_key === undefined ? "environment" : "config" }),
    permitWeak:
      general.dangerously_permit_weak_or_unset_master_key ?? readFlag(env["LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY"]) ?? false,
    clientSideCredentials: readFlag(general["allow_client_side_credentials"]) ?? false,
  };
}

export function callDefaults({ litellm, env, flags }: SettingsSources): CallDefaults {
  const timeout = flags.requestTimeoutSeconds ?? litellm.request_timeout;
  return {
    dropParams: flags.dropParams ?? litellm.drop_params ?? readFlag(env["LITELLM_DROP_PARAMS"]) ?? false,
    additionalDrop: litellm.additional_drop_params ?? [],
    modifyParams: litellm.modify_params ?? readFlag(env["LITELLM_MODIFY_PARAMS"]) ?? false,
    ...(timeout !== undefined && { requestTimeoutMs: timeout * 1000 }),
  };
}

export function networkSettings({ litellm, env }: SettingsSources): NetworkSettings {
  const byEnv = given(env["SSL_VERIFY"]);
  const verify = litellm.ssl_verify ?? (byEnv === undefined ? undefined : (readFlag(byEnv) ?? byEnv));
  const certificate = litellm.ssl_certificate ?? given(env["SSL_CERTIFICATE"]);
  const [cert, key] = typeof certificate === "string" ? [certificate] : (certificate ?? []);
  const bundles = [litellm.ca_bundle, given(env["SSL_CERT_FILE"]), given(env["NODE_EXTRA_CA_CERTS"])];
  return {
    ...(verify !== undefined && { sslVerify: verify }),
    ...(cert !== undefined && { sslCertificate: { cert, ...(key !== undefined && { key }) } }),
    caBundles: [...new Set(bundles.filter((each) => each !== undefined))],
    proxies: Object.fromEntries(
      (["https", "http", "all", "no"] as const).flatMap((name) => {
        const value = given(env[`${name}_proxy`]) ?? given(env[`${name.toUpperCase()}_PROXY`]);
        return value === undefined ? [] : [[name, value]];
      }),
    ),
  };
}

/** LiteLLM's and Python's names for levels. */
const levels: Readonly<Record<string, LogSettings["level"]>> = {
  trace: "trace",
  debug: "debug",
  info: "info",
  warning: "warn",
  warn: "warn",
  error: "error",
  critical: "fatal",
  fatal: "fatal",
};

export function logSettings({ litellm, router, env, flags }: SettingsSources): LogSettings {
  const verbose = (litellm.set_verbose ?? router.set_verbose ?? readFlag(env["SET_VERBOSE"])) ? "debug" : undefined;
  const detailed = readFlag(env["DETAILED_DEBUG"]) ? "trace" : readFlag(env["DEBUG"]) ? "debug" : undefined;
  const named = levels[(env["LITELLM_LOG"] ?? router.debug_level ?? "").toLowerCase()];
  const json = litellm.json_logs ?? readFlag(env["JSON_LOGS"]);
  return { level: flags.logLevel ?? detailed ?? named ?? verbose ?? "info", ...(json !== undefined && { json }) };
}

export function dataDirOf({ general, env, flags, cwd }: SettingsSources): string {
  return resolve(cwd, flags.dataDir ?? given(env["TOLLGATE_DATA_DIR"]) ?? general.data_dir ?? ".tollgate");
}

function given(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}

function commaList(value: string | undefined): readonly string[] {
  return (value ?? "")
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

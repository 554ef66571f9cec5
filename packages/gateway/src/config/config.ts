/** The configuration as the house uses it: read once, checked, frozen, in our units. */

import type { DeploymentRow, RouterSettings } from "tollgate/parts";
import type { Environment } from "./environment-references.ts";
import type { AccessSettings, BookSettings, LimitSettings, StoreSettings } from "./store-settings.ts";

export interface Config {
  /** The file it came from. */
  readonly file?: string;
  readonly rows: readonly DeploymentRow[];
  /** `credential_list`: values by name. */
  readonly credentials: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  readonly router: RouterSettings;
  readonly network: NetworkSettings;
  readonly defaults: CallDefaults;
  readonly http: HttpSettings;
  readonly auth: AuthSettings;
  /** `general_settings` as written, without the master key. */
  readonly general: Readonly<Record<string, unknown>>;
  /** The environment with `environment_variables` laid over it. */
  readonly environment: Environment;
  /** Keys that are known and accepted, but that nothing obeys yet. */
  readonly notInForce: readonly string[];
  /** Private ranges (CIDR) that models added by API may live in. */
  readonly egressAllowPrivate: readonly string[];
  readonly log: LogSettings;
  /** True: `mock_response` and its kin in a request body are obeyed. */
  readonly mockTestingAllowed: boolean;
  readonly store: StoreSettings;
  readonly limits: LimitSettings;
  readonly books: BookSettings;
  readonly access: AccessSettings;
  /** `litellm_settings` as written: what key and team routes need of it. */
  readonly litellm: Readonly<Record<string, unknown>>;
  /** Absolute. */
  readonly dataDir: string;
}

export interface NetworkSettings {
  /** False accepts any certificate; a text is the path of a CA bundle. */
  readonly sslVerify?: boolean | string;
  /** Paths of PEM files; the key may stand in the same file. */
  readonly sslCertificate?: { readonly cert: string; readonly key?: string };
  /** Paths of PEM files beside the system's CAs. */
  readonly caBundles: readonly string[];
  readonly proxies: Proxies;
}

export interface Proxies {
  readonly https?: string;
  readonly http?: string;
  readonly all?: string;
  /** As in the variable: `localhost,.example.com`. */
  readonly no?: string;
}

export interface CallDefaults {
  readonly dropParams: boolean;
  readonly additionalDrop: readonly string[];
  readonly modifyParams: boolean;
  readonly requestTimeoutMs?: number;
}

export interface HttpSettings {
  readonly host: string;
  readonly port: number;
  /** Empty: no CORS header for anyone. */
  readonly corsOrigins: readonly string[];
  readonly corsCredentials: boolean;
  readonly maxRequestBytes: number;
  /** Another header that a key may stand in. */
  readonly keyHeaderName?: string;
  /** Put before every path; begins with `/`, ends without. Empty: none. */
  readonly serverRootPath: string;
  /** Paths of PEM files: then HTTPS is served. */
  readonly tls?: { readonly keyFile: string; readonly certFile: string };
}

export interface AuthSettings {
  readonly masterKey?: string;
  readonly masterKeyFrom?: "config" | "environment";
  /** A weak master key is allowed beyond loopback. */
  readonly permitWeak: boolean;
  /** A request may bring `api_key` and `api_base`. */
  readonly clientSideCredentials: boolean;
}

export interface LogSettings {
  readonly level: "trace" | "debug" | "info" | "warn" | "error" | "fatal";
  /** Undefined: lines for people on a terminal, JSON elsewhere. */
  readonly json?: boolean;
}

/** What the command line says: it wins over environment and file. */
export interface StartFlags {
  readonly host?: string;
  readonly port?: number;
  readonly dataDir?: string;
  readonly logLevel?: LogSettings["level"];
  readonly dropParams?: boolean;
  readonly requestTimeoutSeconds?: number;
  readonly sslKeyFile?: string;
  readonly sslCertFile?: string;
  /** Rows beside those of the file: `--model`, wildcards of the first start. */
  readonly rows?: readonly DeploymentRow[];
}

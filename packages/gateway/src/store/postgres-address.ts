/** DATABASE_URL taken apart: where the server is, who we are there, and how the connection is secured. */

export type TlsMode = "disable" | "prefer" | "require" | "verify-ca" | "verify-full";

export interface PostgresAddress {
  /** A name, an address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string;
  readonly database: string;
  /** Tables live there instead of `public`. */
  readonly schema?: string;
  readonly tls: TlsMode;
  readonly rootCertFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  /** `connection_limit` and `connect_timeout` of the URL, as Prisma has them. */
  readonly poolSize?: number;
  readonly connectTimeoutMs?: number;
}

interface Parts {
  readonly host?: string;
  readonly port?: string | number;
  readonly user?: string;
  readonly password?: string;
  readonly name?: string;
  readonly schema?: string;
}

/** The URL of DATABASE_HOST, DATABASE_PORT and their like; undefined when no host or name is given. */
export function databaseUrlFrom({ host, port, user, password, name, schema }: Parts): string | undefined {
  if (!host || !name) return undefined;
  const login = user ? `${encodeURIComponent(user)}${password ? `:${encodeURIComponent(password)}` : ""}@` : "";
  const query = schema ? `?schema=${encodeURIComponent(schema)}` : "";
  return `postgresql://${login}${host}${port ? `:${port}` : ""}/${encodeURIComponent(name)}${query}`;
}

/**
 * Takes the URL apart by hand: passwords with `#`, `/` or `@` in them are common and would not survive a strict parser.
 * Problems never quote the URL.
 */
export function parsePostgresAddress(url: string): PostgresAddress | { readonly problem: string } {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url.trim());
  if (!scheme) return { problem: "DATABASE_URL is no address. Write it as postgresql://user:password@host:5432/database." };
  if (!/^postgres(ql)?$/i.test(scheme[1] ?? ""))
    return {
      problem: `DATABASE_URL names ${scheme[1]}://, but only PostgreSQL is spoken. Write postgresql://user:password@host:5432/database.`,
    };
  const rest = url.trim().slice(scheme[0].length);
  const at = rest.lastIndexOf("@");
  const [user, password] = loginOf(rest.slice(0, Math.max(at, 0)));
  const [place = "", query = ""] = splitOnce(rest.slice(at + 1), "?");
  const [hostAndPort = "", path = ""] = splitOnce(place, "/");
  const asked = new URLSearchParams(query);
  const found = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(hostAndPort);
  if (!found || hostAndPort.includes(","))
    return { problem: "The host of DATABASE_URL cannot be read. Name one host, as in postgresql://user:password@host:5432/database." };
  const tls = tlsOf(asked);
  if (!tls)
    return {
      problem: `sslmode=${asked.get("sslmode")} in DATABASE_URL is unknown. Use disable, prefer, require, verify-ca or verify-full.`,
    };
  const name = user || asked.get("user") || "postgres";
  return {
    host: decoded((asked.get("host") ?? found[1] ?? "").replace(/^\[|\]$/g, "")) || "localhost",
    port: Number(found[2] ?? asked.get("port") ?? 5432),
    user: name,
    password: password ?? asked.get("password") ?? undefined,
    database: decoded(path) || name,
    schema: schemaOf(asked.get("schema")),
    tls,
    ...filesOf(asked),
    poolSize: positive(asked.get("connection_limit")),
    connectTimeoutMs: inMilliseconds(positive(asked.get("connect_timeout"))),
  };
}

/** `host:port/database`, which may be shown to anybody who runs the gateway. */
export function placeOf({ host, port, database }: PostgresAddress): string {
  return `${spotOf({ host, port })}/${database}`;
}

export function spotOf({ host, port }: Pick<PostgresAddress, "host" | "port">): string {
  if (host.startsWith("/")) return host;
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function loginOf(text: string): readonly [string, string | undefined] {
  const [user = "", password] = splitOnce(text, ":");
  return [decoded(user), password === undefined ? undefined : decoded(password)];
}

function splitOnce(text: string, mark: string): readonly string[] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A bare % in a password that nobody encoded.
    return text;
  }
}

const modes: readonly TlsMode[] = ["disable", "prefer", "require", "verify-ca", "verify-full"];

function tlsOf(asked: URLSearchParams): TlsMode | undefined {
  const mode = asked.get("sslmode") ?? (asked.get("ssl") === "true" ? "require" : "prefer");
  if (mode === "allow") return "prefer";
  const found = modes.find((each) => each === mode);
  if (found === undefined || found === "disable") return found;
  // Prisma's word for a certificate that is looked at.
  if (asked.get("sslaccept") === "strict") return "verify-full";
  // As libpq has it: whoever names the root means it to be used.
  return found === "require" && asked.has("sslrootcert") ? "verify-ca" : found;
}

function filesOf(asked: URLSearchParams) {
  const root = asked.get("sslrootcert") ?? undefined;
  return {
    // libpq's word for the certificates that come with the system.
    rootCertFile: root === "system" ? undefined : root,
    certFile: asked.get("sslcert") ?? undefined,
    keyFile: asked.get("sslkey") ?? undefined,
  };
}

function schemaOf(name: string | null): string | undefined {
  return name === null || name === "" || name === "public" ? undefined : name;
}

function positive(text: string | null): number | undefined {
  const number = Number(text ?? "");
  return Number.isInteger(number) && number > 0 ? number : undefined;
}

function inMilliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}

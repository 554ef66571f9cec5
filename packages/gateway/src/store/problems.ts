/** Why a PostgreSQL server cannot be used, in one sentence with the SQL or the setting that mends it, and never a password. */

import { codeOf } from "./faults.ts";
import { type PostgresAddress, spotOf } from "./postgres-address.ts";

/** Below it, partitions and JSON miss what the tables need. */
export const oldestVersion = 14;

interface Scene {
  readonly address: PostgresAddress;
  readonly spot: string;
  /** What the server or the system said. */
  readonly text: string;
}

type Sentence = (scene: Scene) => string;

const byCode: Readonly<Record<string, Sentence>> = {
  "3D000": ({ address, spot }) =>
    `The database ${quoted(address.database)} does not exist on ${spot}. Make it: CREATE DATABASE ${quoted(address.database)} OWNER ${quoted(address.user)};`,
  "28P01": ({ address, spot }) =>
    `${spot} does not accept the password of user ${quoted(address.user)}. Correct it in DATABASE_URL, or set it: ALTER ROLE ${quoted(address.user)} PASSWORD '...';`,
  "28000": refusedUser,
  "42501": ({ address, spot, text }) =>
    /permission denied for database/.test(text)
      ? `User ${quoted(address.user)} may not use the database ${quoted(address.database)} on ${spot}. Allow it: GRANT ALL ON DATABASE ${quoted(address.database)} TO ${quoted(address.user)};`
      : `User ${quoted(address.user)} may not make or change tables in ${quoted(address.database)} on ${spot} (${text}). Allow it: ALTER DATABASE ${quoted(address.database)} OWNER TO ${quoted(address.user)}; GRANT ALL ON SCHEMA ${quoted(address.schema ?? "public")} TO ${quoted(address.user)};`,
  "42P07": ({ address, text }) =>
    `The database ${quoted(address.database)} holds tables of something else (${text}). Use an empty database, or add ?schema=tollgate to DATABASE_URL.`,
  "53300": ({ spot }) =>
    `${spot} takes no more connections. Lower general_settings.database_connection_pool_limit, or raise max_connections of PostgreSQL.`,
  "25006": ({ spot }) =>
    `${spot} is read-only: a standby, or a server in the middle of a failover. Name the primary in DATABASE_URL, or wait.`,
  "57P03": ({ spot, text }) => `PostgreSQL on ${spot} does not take connections yet (${text}). It is tried again by itself.`,
  "57P01": ({ spot }) => `PostgreSQL on ${spot} was shut down. Start it; it is tried again by itself.`,
  "57P02": ({ spot }) => `PostgreSQL on ${spot} crashed and restarts. It is tried again by itself.`,
  "53100": ({ spot }) => `The disk of ${spot} is full. Make room there.`,
  ECONNREFUSED: ({ spot }) => `Nothing takes connections on ${spot}. Start PostgreSQL there, or correct host and port in DATABASE_URL.`,
  ENOENT: ({ spot, text }) =>
    /open '/.test(text)
      ? `A file named in DATABASE_URL cannot be read (${text}). Correct sslrootcert, sslcert or sslkey.`
      : `There is no socket of PostgreSQL in ${spot}. Start it, or correct the host in DATABASE_URL.`,
  ENOTFOUND: unknownHost,
  EAI_AGAIN: unknownHost,
  ETIMEDOUT: silent,
  EHOSTUNREACH: silent,
  ENETUNREACH: silent,
  ERR_TLS_CERT_ALTNAME_INVALID: ({ spot, text }) =>
    `The TLS certificate of ${spot} is for another name (${text}). Use that name in DATABASE_URL, or sslmode=verify-ca.`,
  CERT_HAS_EXPIRED: ({ spot }) =>
    `The TLS certificate of ${spot} has expired. Renew it, or use sslmode=require, which does not look at it.`,
};

const byText: readonly (readonly [RegExp, Sentence])[] = [
  [/does not support SSL/, ({ spot }) => `PostgreSQL on ${spot} speaks no TLS. Turn ssl on there, or set sslmode=disable in DATABASE_URL.`],
  [
    /certificate|self.signed/i,
    ({ spot, text }) =>
      `The TLS certificate of ${spot} cannot be verified (${text}). Name its authority with sslrootcert=FILE in DATABASE_URL, or use sslmode=require, which does not look at it.`,
  ],
  [
    /client password must be a string|no password supplied|SASL/i,
    ({ address, spot }) =>
      `${spot} wants a password for user ${quoted(address.user)}. Put it into DATABASE_URL: postgresql://user:password@host/database.`,
  ],
  [/timeout/i, silent],
  [/^Connection terminated/, ({ spot }) => `The connection to ${spot} was cut. It is tried again by itself.`],
];

/** One sentence, or two: what is, and what mends it. */
export function serverProblem(cause: unknown, address: PostgresAddress): string {
  const text = withoutPassword(textOf(cause), address);
  const scene = { address, spot: spotOf(address), text };
  const sentence = byCode[codeOf(innermost(cause))] ?? byText.find(([pattern]) => pattern.test(text))?.[1];
  return sentence ? sentence(scene) : `PostgreSQL on ${scene.spot} cannot be used: ${text}`;
}

function refusedUser({ address, spot, text }: Scene): string {
  if (/role .* does not exist/.test(text))
    return `User ${quoted(address.user)} does not exist on ${spot}. Make it: CREATE ROLE ${quoted(address.user)} LOGIN PASSWORD '...';`;
  if (/no encryption|SSL off/.test(text)) return `${spot} takes encrypted connections only. Add ?sslmode=require to DATABASE_URL.`;
  return `${spot} does not let user ${quoted(address.user)} in (${text}). Allow it in pg_hba.conf of PostgreSQL.`;
}

function unknownHost({ address }: Scene): string {
  return `The host ${address.host} is not known. Correct it in DATABASE_URL, or see to the name service of this machine.`;
}

function silent({ spot }: Scene): string {
  return `${spot} does not answer. See whether a firewall stands between, or correct host and port in DATABASE_URL.`;
}

/** Several addresses of one name fail together; the first says enough. */
function innermost(cause: unknown): unknown {
  return cause instanceof AggregateError && cause.errors.length > 0 ? cause.errors[0] : cause;
}

function textOf(cause: unknown): string {
  const first = innermost(cause);
  return first instanceof Error ? first.message : String(first);
}

function withoutPassword(text: string, { password }: PostgresAddress): string {
  return password ? text.replaceAll(password, "[secret]") : text;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The TLS that DATABASE_URL asks for, as `pg` wants it. */

import { readFile } from "node:fs/promises";
import type { ConnectionOptions } from "node:tls";
import type { PostgresAddress } from "./postgres-address.ts";

/** False: without TLS. Reads the named files; they may have changed since the last connection. */
export async function tlsOptions(address: PostgresAddress): Promise<ConnectionOptions | false> {
  const { tls, rootCertFile, certFile, keyFile } = address;
  // A socket of this machine needs none, and `pg` could not verify a name there.
  if (tls === "disable" || address.host.startsWith("/")) return false;
  const [ca, cert, key] = await Promise.all(
    [rootCertFile, certFile, keyFile].map((file) => (file === undefined ? undefined : readFile(file))),
  );
  return {
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    rejectUnauthorized: tls === "verify-ca" || tls === "verify-full",
    ...(tls !== "verify-full" && { checkServerIdentity: () => undefined }),
  };
}

/** The server has no TLS, and the wish was only a wish. */
export function goesWithoutTls(cause: unknown, address: PostgresAddress): boolean {
  return address.tls === "prefer" && cause instanceof Error && /does not support SSL/.test(cause.message);
}

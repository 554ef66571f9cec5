/** Connections that break while nobody asks them anything. */

import type { Pool } from "pg";

/**
 * Unheard, such an error would end the process. The next query or the watch finds the break anyway; a pool hears idle connections only, so
 * those that are handed out are heard one by one.
 */
export function hearFaults(pool: Pool): void {
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
}

/** SIGHUP: reads the config again and puts its models in force; a config with errors changes nothing. */

import type { Config } from "../config/config.ts";
import type { Outside } from "./outside.ts";

interface Reloadable {
  reload(config: Config): void;
}

/** Everything but the models is read once. */
const NEEDS_RESTART = "Router, network, address and keys are read at start only: restart to change them.";

export function reloadOnHangup(gateway: Reloadable, read: () => Promise<Config | undefined>, outside: Outside): void {
  process.on("SIGHUP", () => {
    read().then(
      (config) => {
        if (!config) return outside.complain("SIGHUP: the config has errors, so the old models stay in force.");
        gateway.reload(config);
        outside.complain(`SIGHUP: ${config.rows.length} models of the config are in force. ${NEEDS_RESTART}`);
      },
      (cause: unknown) => outside.complain(`SIGHUP: the config cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`),
    );
  });
}

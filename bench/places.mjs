/** Where everything of a bench run is: folders, ports, cores. */
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
export const here = (file) => join(root, "bench", file);
/** Installs of other gateways, logs and certificates; git ignores it. */
export const peers = (file = "") => join(root, "bench/.peers", file);

/** The ports stand in tollgate.yaml and nginx.conf too. */
export const upstreamPort = 19000;
export const upstreamTlsPort = 19001;
export const upstreamOrigin = `http://127.0.0.1:${upstreamPort}`;
export const upstreamTlsOrigin = `https://localhost:${upstreamTlsPort}`;

/** Upstream and load share the first core, the contender has the second to itself. */
export const [loadCore, contenderCore] = (process.env.BENCH_CORES ?? "0,1").split(",");
/** Below 0 (needs root) on a machine that others use at the same time. */
export const niceness = process.env.BENCH_NICE ?? "0";
export const lockFile = process.env.BENCH_LOCK ?? join(tmpdir(), "tollgate-bench.lock");

mkdirSync(peers(), { recursive: true });

// Runs the gateway from its sources and starts it anew when one changes: `npm run dev -- --config my.yaml`.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const child = spawn(
  `${root}node_modules/.bin/tsx`,
  ["watch", "--conditions=tollgate-source", `${root}packages/gateway/src/main.ts`, "start", ...process.argv.slice(2)],
  { stdio: "inherit" },
);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.once("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));

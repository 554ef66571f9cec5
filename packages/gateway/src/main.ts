/** The `tollgate` command: hands its arguments to the command line and ends with its exit code. */

import { readFileSync } from "node:fs";
import { run } from "./cli/run.ts";
import { startSmall } from "./engine.ts";

startSmall();

// Both src/main.ts and dist/main.js stand one folder below the package's own.
const packageFolder = new URL("..", import.meta.url);
const { version } = JSON.parse(readFileSync(new URL("package.json", packageFolder), "utf8")) as { version: string };

const code = await run(process.argv.slice(2), {
  version,
  cwd: process.cwd(),
  examples: [new URL("../../examples/", packageFolder), new URL("dist/examples/", packageFolder)],
  print: (text) => void process.stdout.write(`${text}\n`),
  write: (text) => void process.stdout.write(text),
  complain: (text) => void process.stderr.write(`${text}\n`),
  terminal: process.stdout.isTTY === true,
});
if (code !== undefined) process.exit(code);

// Builds, runs all tests (or those named) and closes with the line `N passed, N failed`.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "tollgate-test-"));
const report = join(folder, "report.json");

process.exitCode = run();

function run() {
  try {
    getRedis();
    // Some tests start the built command.
    const built = node(["scripts/build.mjs"]);
    if (built !== 0) return built;
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const code = node(["node_modules/vitest/vitest.mjs", "run", ...reporters, ...process.argv.slice(2)]);
    console.log(closingLine(code));
    return code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** PostgreSQL comes with the packages of npm, Redis with none: on a bare Debian, as root in CI, it is installed. Elsewhere the tests say how. */
function getRedis() {
  const has = (command) => spawnSync(command, ["--version"]).status === 0;
  if (has("redis-server") || has("valkey-server") || process.getuid?.() !== 0 || !has("apt-get")) return;
  const apt = (...args) => spawnSync("apt-get", ["-qq", ...args], { stdio: ["ignore", "ignore", "inherit"] });
  if (apt("install", "-y", "redis-server").status === 0) return;
  apt("update");
  apt("install", "-y", "redis-server");
}

function node(args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  return status ?? 1;
}

/** A file that could not even be loaded holds no failed test, but it is a failure. */
function closingLine(code) {
  try {
    const { numPassedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
    const failed = testResults.reduce((sum, file) => {
      const tests = file.assertionResults.filter((test) => test.status === "failed").length;
      return sum + (tests === 0 && file.status === "failed" ? 1 : tests);
    }, 0);
    return `${numPassedTests} passed, ${failed === 0 && code !== 0 ? 1 : failed} failed`;
  } catch {
    return `0 passed, 1 failed`;
  }
}

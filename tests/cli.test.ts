/** The built command as a person meets it: checks, refused starts, a start and an end. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const bin = join(root, "packages/gateway/bin/tollgate.js");
const folder = mkdtempSync(join(tmpdir(), "tollgate-cli-"));
const running = new Set<ChildProcess>();

beforeAll(() => {
  if (!existsSync(join(root, "packages/gateway/dist/main.js"))) throw new Error("The command is not built. Run: npm run build");
});
afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  running.clear();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  readonly child: ChildProcess;
  /** Standard output and error as they came. */
  text(): string;
  readonly code: Promise<number | null>;
}

/** Nothing of this environment comes along: a key in it would change what is served. */
function tollgate(args: readonly string[], env: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, [bin, ...args], { cwd: folder, env: { PATH: process.env["PATH"], ...env } });
  running.add(child);
  const parts: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => parts.push(String(part)));
  return { child, text: () => parts.join(""), code: once(child, "close").then(([code]) => code as number | null) };
}

async function ended(args: readonly string[], env?: Record<string, string>): Promise<{ code: number | null; text: string }> {
  const run = tollgate(args, env);
  return { code: await run.code, text: run.text() };
}

/** Resolves when the first screen is whole. */
async function started(args: readonly string[], env?: Record<string, string>): Promise<Run> {
  const run = tollgate(args, env);
  await expect.poll(run.text, { timeout: 15_000 }).toContain("Try it:");
  return run;
}

async function freePort(): Promise<number> {
  const server = await listening();
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

async function listening(): Promise<Server> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

function config(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

describe("without starting", () => {
  it("says its version", async () => {
    expect(await ended(["--version"])).toEqual({ code: 0, text: "0.1.0\n" });
  });

  it("shows its commands and flags", async () => {
    const { code, text } = await ended(["--help"]);
    expect(code).toBe(0);
    for (const part of ["--config", "--port", "check", "chat"]) expect(text).toContain(part);
  });

  it("checks a config: every problem with its place, exit code 1", async () => {
    const file = config(
      "wrong.yaml",
      "model_list:\n  - model_name: a\n    litellm_params: { model: opnai/a }\nrouter_settings:\n  num_retries: x\n",
    );
    const { code, text } = await ended(["check", "--config", file]);
    expect(code).toBe(1);
    expect(text).toContain(
      'wrong.yaml:3:30: error: model_list[0].litellm_params.model: "opnai" is no known provider. Did you mean "openai"?',
    );
    expect(text).toContain("wrong.yaml:5:16: error: router_settings.num_retries");
  });

  it.each(readdirSync(join(root, "examples")).filter((name) => name.endsWith(".yaml")))("finds no error in examples/%s", async (name) => {
    const { code, text } = await ended(["check", "--config", join(root, "examples", name)]);
    expect(text).not.toContain("error:");
    expect(code).toBe(0);
  });

  it("refuses unknown commands and flags", async () => {
    expect(await ended(["strat"])).toMatchObject({ code: 1, text: expect.stringContaining("unknown command 'strat'") });
    expect(await ended(["--prot", "1"])).toMatchObject({ code: 1, text: expect.stringContaining("--port") });
  });
});

describe("a refused start", () => {
  it.each([
    ["a file that is not there", ["--config", "gone.yaml"], "gone.yaml: error: There is no such file"],
    ["more than one worker", ["--num_workers", "2"], "needs PostgreSQL"],
    ["a weak master key on an open address", ["--host", "0.0.0.0"], "The master key"],
  ])("ends with 1 and says why: %s", async (_, args, words) => {
    const { code, text } = await ended([...args, "--port", "1"], { LITELLM_MASTER_KEY: "sk-1234" });
    expect(code).toBe(1);
    expect(text).toContain(words);
  });

  it("names file, line, key and variable of a reference that is not set", async () => {
    const file = config("unset.yaml", "general_settings:\n  master_key: os.environ/NO_SUCH_KEY\n");
    const { code, text } = await ended(["--config", file]);
    expect(code).toBe(1);
    expect(text).toContain("unset.yaml:2:15: error: general_settings.master_key: The environment variable NO_SUCH_KEY is not set.");
  });

  it("says which port is in use", async () => {
    const other = await listening();
    const { port } = other.address() as { port: number };
    const { code, text } = await ended(["--port", String(port), "--data", "taken-port"]);
    other.close();
    expect(code).toBe(1);
    expect(text).toContain(`Port ${port} on 127.0.0.1 is in use`);
    expect(readdirSync(join(folder, "taken-port"))).not.toContain("lock");
  });
});

describe("a start", () => {
  it("serves the demo model, tells of its master key, and ends with 0 on SIGTERM", async () => {
    const port = await freePort();
    const run = await started(["--port", String(port), "--data", "demo data"]);
    const text = run.text();
    expect(text).toContain(`http://127.0.0.1:${port}`);
    expect(text).toContain(join("demo data", "master-key"));
    expect(text).not.toMatch(/sk-[\w-]{20}/);
    expect((await fetch(`http://127.0.0.1:${port}/health/liveliness`)).status).toBe(200);

    const line = text.split("\n").find((each) => each.trim().startsWith("curl ")) ?? "";
    const pasted = spawn("sh", ["-c", `${line} --silent --fail`]);
    const answer: string[] = [];
    pasted.stdout.on("data", (part) => answer.push(String(part)));
    expect(await once(pasted, "close")).toEqual([0, null]);
    expect(JSON.parse(answer.join(""))).toMatchObject({ model: "demo", choices: [{ message: { role: "assistant" } }] });

    run.child.kill("SIGTERM");
    expect(await run.code).toBe(0);
    // Nobody needed a database.
    expect(readdirSync(join(folder, "demo data"))).toEqual(["master-key", "salt", "spool"]);
  });

  it("puts the models of a changed config in force on SIGHUP, and keeps the old ones when it has errors", async () => {
    const port = await freePort();
    const row = (name: string) => `  - { model_name: ${name}, litellm_params: { model: demo/demo } }\n`;
    const file = config("reload.yaml", `model_list:\n${row("one")}`);
    const run = await started(["--config", file, "--port", String(port), "--data", "reload"], {
      LITELLM_MASTER_KEY: "sk-reload-me-please-now",
    });
    const names = async (): Promise<string> => {
      const reply = await fetch(`http://127.0.0.1:${port}/v1/models`, { headers: { authorization: "Bearer sk-reload-me-please-now" } });
      return ((await reply.json()) as { data: { id: string }[] }).data.map(({ id }) => id).join();
    };
    expect(await names()).toBe("one");
    config("reload.yaml", `model_list:\n${row("one")}${row("two")}`);
    run.child.kill("SIGHUP");
    await expect.poll(names, { timeout: 10_000 }).toBe("one,two");
    config("reload.yaml", "model_list: no list\n");
    run.child.kill("SIGHUP");
    await expect.poll(run.text, { timeout: 10_000 }).toContain("the old models stay in force");
    expect(await names()).toBe("one,two");
  });

  it("answers the commands that ask it", async () => {
    const port = await freePort();
    await started(["--port", String(port), "--data", "asked"]);
    const env = { TOLLGATE_URL: `http://127.0.0.1:${port}`, TOLLGATE_DATA_DIR: "asked" };
    expect(await ended(["models"], env)).toEqual({ code: 0, text: "demo\n" });
    expect(await ended(["health"], env)).toMatchObject({ code: 0, text: expect.stringContaining("status") });
    expect(await ended(["chat", "demo", "Hello"], env)).toMatchObject({ code: 0, text: expect.stringContaining("Tollgate") });
    expect(await ended(["chat", "nobody", "Hello"], env)).toMatchObject({ code: 1, text: expect.stringContaining("nobody") });
  });

  it("keeps a second process off its data folder", async () => {
    const args = ["--data", "shared", "--port"];
    const first = await started([...args, String(await freePort())]);
    const { code, text } = await ended([...args, String(await freePort())]);
    expect(code).toBe(1);
    expect(text).toContain(`in use by process ${first.child.pid}`);
  });

  it("takes over from one that was killed", async () => {
    const args = ["--data", "killed", "--port"];
    const first = await started([...args, String(await freePort())]);
    first.child.kill("SIGKILL");
    await first.code;
    await started([...args, String(await freePort())]);
  });

  it("serves a model named on the command line, and says which flags mean nothing", async () => {
    const run = await started([
      "--port",
      String(await freePort()),
      "--data",
      "flags",
      "-m",
      "openai/gpt-4o",
      "--alias",
      "mine",
      "--use_queue",
    ]);
    expect(run.text()).toContain("1: mine");
    expect(run.text()).toContain("--use_queue means nothing");
  });
});

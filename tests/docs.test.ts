/** Keeps the documentation true: links, configs, commands, keys, error kinds, and the Chinese README beside the English one. */

import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { errorKinds, providerNamed, providers } from "tollgate/parts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { assemble, type Gateway } from "../packages/gateway/src/assemble.ts";
import { loadConfig } from "../packages/gateway/src/config/load.ts";
import { inForceKeys, litellmParams } from "../packages/gateway/src/config/schema.ts";
import { gatewayVariables, root } from "./known-variables.ts";

const pages = [
  ...["README.md", "README.zh-CN.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"],
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];
const examples = readdirSync(join(root, "examples")).map((name) => `examples/${name}`);
const textOf = (path: string): string => readFileSync(join(root, path), "utf8");
const withoutCode = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, "");

/** The blocks of a page, with their language. */
function blocksOf(text: string): { language: string; code: string }[] {
  return Array.from(text.matchAll(/^```(\S*)\n([\s\S]*?)^```$/gm), ([, language = "", code = ""]) => ({ language, code }));
}

function headingsOf(text: string): { level: number; title: string }[] {
  return Array.from(withoutCode(text).matchAll(/^(#+) (.+)$/gm), ([, marks = "", title = ""]) => ({ level: marks.length, title }));
}

/** As GitHub makes them of headings. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");
}

function linksOf(text: string): string[] {
  return Array.from(withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g), ([, target = ""]) => target).filter(
    (target) => !/^[a-z]+:/.test(target),
  );
}

async function load(text: string, env: Readonly<Record<string, string>> = {}) {
  const named = Array.from(text.matchAll(/os\.environ\/(\w+)/g), ([, name = ""]) => [name, `sk-value-of-${name}`]);
  return loadConfig({
    file: "config.yaml",
    // Quiet enough for a test.
    env: { ...Object.fromEntries(named), LITELLM_LOG: "CRITICAL", ...env },
    cwd: root,
    readFile: async (path) => (path.endsWith("/config.yaml") ? text : "{}"),
    isKnownProvider: (name) => providerNamed(name) !== undefined,
    providerNames: providers.map(({ name }) => name),
  });
}

describe.each(pages)("%s", (page) => {
  const text = textOf(page);

  it("links to what exists", () => {
    const broken = linksOf(text).filter((target) => {
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? page : relative(root, join(root, dirname(page), path));
      if (!existsSync(join(root, file))) return true;
      return anchor !== undefined && !headingsOf(textOf(file)).some(({ title }) => anchorOf(title) === anchor);
    });
    expect(broken).toEqual([]);
  });

  it("names no path of somebody's machine", () => {
    expect(text.match(/(?:^|[\s"'`(=])(?:\/work|\/home|\/Users|\/root|\/tmp|~)\/\S*|\.\.\/shared\S*/g) ?? []).toEqual([]);
  });

  it("names only npm scripts that exist", () => {
    const { scripts } = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> };
    const named = Array.from(text.matchAll(/npm (?:run ([\w:]+)|(start|test)\b)/g), ([, run, word]) => run ?? word ?? "");
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

const configs = [
  ...pages.flatMap((page) =>
    blocksOf(textOf(page))
      .filter(
        ({ language, code }) => language === "yaml" && Object.keys(parse(code) as object).some((key) => inForceKeys[""]?.includes(key)),
      )
      .map(({ code }, at) => ({ name: `config ${at + 1} of ${page}`, code })),
  ),
  ...examples.filter((name) => name.endsWith(".yaml")).map((name) => ({ name, code: textOf(name) })),
];

it.each(configs)("$name is accepted as it stands", async ({ code }) => {
  const { config, problems } = await load(code);
  // A page that shows one section need not show the models that it names.
  expect(problems.filter(({ severity, message }) => severity === "error" || !message.startsWith("No model is called"))).toEqual([]);
  expect(config.notInForce).toEqual([]);
});

describe("docs/configuration.md", () => {
  const text = textOf("docs/configuration.md");
  const named = new Set(Array.from(text.matchAll(/[A-Za-z_][\w]*/g), ([word]) => word));

  it("names every key that is in force", () => {
    const keys = [...Object.values(inForceKeys).flat(), ...Object.keys(litellmParams.shape)];
    expect(keys.filter((key) => !named.has(key))).toEqual([]);
  });

  it("names every variable of the gateway", () => {
    expect([...gatewayVariables()].filter((name) => !named.has(name))).toEqual([]);
  });

  it("names no variable that nobody reads", () => {
    const table = text.slice(text.indexOf("## Environment variables"), text.indexOf("## Accepted"));
    const rows = Array.from(table.matchAll(/^\| (`[A-Z][^|]*) \|/gm), ([, names = ""]) => names.match(/[A-Z][A-Z0-9_]+/g) ?? []);
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.flat().filter((name) => !gatewayVariables().has(name))).toEqual([]);
  });
});

describe("docs/errors.md", () => {
  const text = textOf("docs/errors.md");

  it.each(Object.entries(errorKinds))("tells %s as the table of kinds has it", (kind, { status, retry, className }) => {
    expect(text).toContain(`| \`${kind}\` | ${status} | ${retry} | \`${className}\` |`);
  });

  it("tells no kind that does not exist", () => {
    const told = Array.from(text.matchAll(/^\| `(\w+)` \| \d+ \|/gm), ([, kind = ""]) => kind);
    expect(told.filter((kind) => !(kind in errorKinds))).toEqual([]);
  });
});

describe("README.zh-CN.md", () => {
  const [english, chinese] = [textOf("README.md"), textOf("README.zh-CN.md")];
  const shapeOf = (text: string) => ({
    headings: headingsOf(text).map(({ level }) => level),
    code: blocksOf(text),
    links: linksOf(text).filter((target) => !target.startsWith("README")),
    tableRows: text.match(/^\|/gm)?.length,
  });

  it("has the sections, commands, links and tables of the English one", () => {
    expect(shapeOf(chinese)).toEqual(shapeOf(english));
  });
});

/** The words of a shell line; the quotes that README uses hold no quotes of their own kind. */
function wordsOf(line: string): string[] {
  return Array.from(line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g), ([, single, double, plain]) => single ?? double ?? plain ?? "");
}

function requestOf(line: string, key: string) {
  const words = wordsOf(line.replaceAll("$KEY", key));
  const after = (flag: string): string[] => words.flatMap((word, at) => (words[at - 1] === flag ? [word] : []));
  const url = new URL(words.find((word) => word.startsWith("http")) ?? "");
  const [payload] = after("-d");
  const headers = Object.fromEntries(after("-H").map((header) => header.split(": ") as [string, string]));
  return { method: payload === undefined ? ("GET" as const) : ("POST" as const), url: url.pathname + url.search, headers, payload };
}

const key = "sk-of-the-documentation";

async function demoGateway(): Promise<Gateway> {
  const { config } = await load(textOf("examples/demo.yaml"), { PORT: "0" });
  return assemble(config, { masterKey: key, version: "0", overrides: { database: "none" } });
}

describe("the curl lines of README.md", () => {
  const lines = blocksOf(textOf("README.md")).flatMap(({ code }) => code.split("\n").filter((line) => line.startsWith("curl ")));

  it("are there", () => expect(lines.length).toBe(4));

  it.each(lines)("%s", async (line) => {
    const gateway = await demoGateway();
    try {
      const reply = await gateway.app.inject(requestOf(line, key));
      expect(reply.statusCode, reply.body).toBe(200);
      expect(reply.body).toMatch(/demo/);
    } finally {
      await gateway.close(0);
    }
  });
});

describe("examples", () => {
  let gateway: Gateway;
  let url = "";

  beforeAll(async () => {
    gateway = await demoGateway();
    ({ url } = await gateway.listen());
  });
  afterAll(() => gateway.close(0));

  const run = (args: readonly string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      const env = { PATH: process.env["PATH"], TOLLGATE_URL: url, LITELLM_MASTER_KEY: key };
      execFile(process.execPath, args, { cwd: root, env }, (error, out) => (error ? reject(error) : resolve(out)));
    });

  it.each(examples.filter((name) => name.endsWith(".mjs")))("%s runs against the demo model", async (name) => {
    expect(await run([name])).toMatch(/Hello! This is Tollgate's demo model/);
  });

  it("examples/library.ts runs without a key", async () => {
    const told = await run(["--import", "tsx", "--conditions=tollgate-source", "examples/library.ts"]);
    expect(told).toMatch(/You said: "Hello"[\s\S]*You said: "Hello again"[\s\S]*You said: "Is anybody there\?"/);
  });
});

/** Keeps the house in order: who may import whom, where names and side effects may stand, how files look. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { providers } from "../packages/core/src/providers/catalog.ts";
import { readSources, root, type SourceFile } from "./source-files.ts";

const sources = readSources();
const shipped = sources.filter((source) => source.path.startsWith("packages/") && !source.isTest && !isForTests(source.path));

/** Fakes that stand beside the code whose tests use them. */
function isForTests(path: string): boolean {
  return /\/(fakes-for-tests|for-tests|test-servers)\.ts$/.test(path);
}

/** What everything may import. */
const base = ["core/errors.ts", "core/usage.ts", "core/clock.ts", "core/cancel.ts", "core/soon.ts"];
const inside = ["core/hub", "core/dialects", "core/providers", "core/transport", "core/router", "core/call", "core/pricing"];
const ofCore = [...base, ...inside];
const ofGateway = [
  ...["gateway/access", "gateway/config", "gateway/http", "gateway/limits", "gateway/management", "gateway/models", "gateway/observers"],
  ...["gateway/secrets", "gateway/spend", "gateway/store", "core/parts.ts"],
];

interface Rights {
  readonly values: readonly string[];
  /** Beside those of `values`: only what is gone when the types are. */
  readonly types?: readonly string[];
}

/** Each area and the areas that it may import; `core/parts.ts` is the door that gateway and testkit use. */
const table: Readonly<Record<string, Rights>> = {
  "core/errors.ts": { values: [] },
  "core/usage.ts": { values: [] },
  "core/clock.ts": { values: [] },
  "core/soon.ts": { values: [] },
  "core/cancel.ts": { values: [] },
  "core/hub": { values: ["core/errors.ts", "core/usage.ts"] },
  "core/dialects": { values: ["core/hub", "core/errors.ts"], types: ["core/usage.ts", "core/transport"] },
  // Transport as values: answers that no network sent (demo, mock_response) are made with its reply.ts.
  "core/providers": { values: ["core/dialects", "core/hub", "core/transport", ...base] },
  "core/transport": { values: base },
  "core/pricing": { values: ["core/hub"], types: ["core/usage.ts"] },
  // Pricing as values: the names of price fields, which are settings of a deployment and no parameters of a call.
  "core/router": { values: ["core/pricing", ...base], types: ["core/providers", "core/dialects", "core/hub", "core/transport"] },
  "core/call": {
    values: ["core/router", "core/transport", "core/hub", ...base],
    types: ["core/dialects", "core/providers", "core/pricing"],
  },
  // What stands beside the folders joins them: the house, the library's client and its doors.
  "core/house.ts": { values: ofCore },
  "core/client.ts": { values: [...ofCore, "core/house.ts", "core/chunks-of.ts", "core/client-types.ts", "core/file-of-given.ts"] },
  "core/file-of-given.ts": { values: ["core/errors.ts", "core/hub"], types: ["core/client-types.ts"] },
  "core/client-types.ts": { values: [], types: ["core/hub"] },
  "core/shared-client.ts": { values: ["core/client.ts"] },
  "core/chunks-of.ts": { values: ["core/transport", ...base], types: ["core/call", "core/hub"] },
  "core/count-tokens.ts": { values: ["core/pricing"] },
  "core/supported-params.ts": { values: ["core/hub", "core/pricing", "core/providers"] },
  "core/error-classes.ts": { values: ["core/errors.ts"] },
  "core/index.ts": {
    values: [
      ...["core/client.ts", "core/shared-client.ts", "core/client-types.ts", "core/error-classes.ts", "core/errors.ts", "core/hub"],
      ...["core/pricing", "core/count-tokens.ts", "core/supported-params.ts"],
    ],
  },
  "core/parts.ts": { values: [...ofCore, "core/house.ts"] },

  // The contract stands alone: browsers have it, too.
  admin: { values: [] },

  "gateway/main.ts": { values: ["gateway/cli", "gateway/engine.ts"] },
  "gateway/engine.ts": { values: [] },
  "gateway/under-way.ts": { values: [] },
  "gateway/cli": {
    values: ["gateway/assemble.ts", "gateway/config", "gateway/import", "gateway/secrets", "gateway/store", "core/parts.ts", "admin"],
  },
  "gateway/import": { values: ["gateway/limits", "gateway/secrets", "gateway/store", "core/parts.ts"], types: ["gateway/access"] },
  // These three join all others; keeping and others are parts of assemble.
  "gateway/assemble.ts": {
    values: [
      "gateway/keeping.ts",
      "gateway/others.ts",
      "gateway/models-in-force.ts",
      "gateway/engine.ts",
      "gateway/serve-call.ts",
      "gateway/warm-up",
      ...ofGateway,
    ],
  },
  "gateway/keeping.ts": { values: ofGateway },
  "gateway/others.ts": { values: ofGateway, types: ["gateway/keeping.ts"] },
  "gateway/models-in-force.ts": { values: ofGateway, types: ["gateway/keeping.ts"] },
  // The step "know" lives in access: what a client may not say about its route is refused there, and serve-call lines that up.
  "gateway/serve-call.ts": { values: ["gateway/exchange.ts", "gateway/access", "gateway/limits", "gateway/texts", "core/parts.ts"] },
  // It plays calls through the same steps, on a server like the real one.
  "gateway/warm-up": {
    values: [
      ...["gateway/access", "gateway/engine.ts", "gateway/http", "gateway/limits", "gateway/observers", "gateway/serve-call.ts"],
      ...["gateway/spend", "core/parts.ts"],
    ],
  },
  // Access as values: which route and which model somebody may use is its tables' business.
  // What is written with every call: headers, log lines, rows.
  "gateway/texts": { values: [] },
  "gateway/exchange.ts": { values: [], types: ["core/parts.ts"] },
  "gateway/http": {
    values: [
      "gateway/serve-call.ts",
      "gateway/exchange.ts",
      "gateway/texts",
      "gateway/under-way.ts",
      "gateway/access",
      "gateway/models",
      "gateway/secrets",
      "core/parts.ts",
      "admin",
    ],
  },
  "gateway/access": { values: ["core/parts.ts"], types: ["gateway/store", "admin"] },
  // Handlers of the admin contract: rights from access, windows and meters from limits.
  "gateway/management": {
    values: [
      ...["gateway/access", "gateway/config", "gateway/limits", "gateway/models", "gateway/secrets", "gateway/spend", "gateway/store"],
      ...["core/parts.ts", "admin"],
    ],
    types: ["gateway/http"],
  },
  "gateway/models": { values: ["gateway/secrets", "gateway/store", "core/parts.ts"], types: ["gateway/config"] },
  "gateway/spend": {
    values: ["gateway/store", "gateway/texts", "gateway/under-way.ts", "core/parts.ts"],
    types: ["gateway/limits", "gateway/access", "gateway/serve-call.ts", "gateway/exchange.ts"],
  },
  // The store knows how an address of a database is written.
  "gateway/config": { values: ["gateway/store", "core/parts.ts"] },
  "gateway/limits": { values: ["core/parts.ts", "gateway/texts", "gateway/store"], types: ["gateway/access"] },
  "gateway/observers": { values: ["core/parts.ts", "gateway/texts"] },
  "gateway/secrets": { values: ["core/parts.ts"] },
  "gateway/store": { values: ["core/parts.ts"], types: ["gateway/secrets"] },

  // Tools for tests know what they test: the gateway that they start, the parts of core that its door does not show.
  "testkit/gateway.ts": {
    values: ["gateway/assemble.ts", "gateway/config", "core/parts.ts", "core/providers", "testkit/fake-upstream.ts"],
    types: ["gateway/store"],
  },
  "testkit/suites": {
    values: ["testkit/aws-events.ts", "core/parts.ts", "testkit/scripted-transport.ts", "testkit/wire-samples.ts", "testkit/fake-clock.ts"],
  },
  "testkit/servers": { values: ["gateway/store", "core/parts.ts"] },
  "testkit/wire-samples.ts": { values: ["core/parts.ts"] },
  "testkit/scripted-transport.ts": { values: ["core/parts.ts", "core/transport"] },
  "testkit/fake-upstream.ts": { values: ["core/parts.ts"] },
  "testkit/fake-clock.ts": { values: ["core/parts.ts"] },
  "testkit/aws-events.ts": { values: [] },
  "testkit/fixtures.ts": { values: ["testkit/aws-events.ts", "core/parts.ts"] },
};

/** Packages that only some may import, by the area that may. */
const packages: Readonly<Record<string, readonly string[]>> = {
  undici: ["core/transport"],
  "gpt-tokenizer": ["core/pricing"],
  "@smithy/signature-v4": ["core/providers"],
  "@aws-sdk/credential-provider-node": ["core/providers"],
  // Loaded when the first credential needs it.
  "google-auth-library": ["core/providers"],
  // The type of the app alone: assemble hands it from http to whoever listens.
  fastify: ["gateway/http", "gateway/assemble.ts"],
  "@fastify/cors": ["gateway/http"],
  "@fastify/busboy": ["gateway/http"],
  yaml: ["gateway/config"],
  zod: ["gateway/config", "admin"],
  commander: ["gateway/cli"],
  pino: ["gateway/observers"],
  "pino-pretty": ["gateway/observers"],
  // Whoever asks the database writes with Kysely; how it is reached is the store's business.
  kysely: [
    "gateway/store",
    "gateway/access",
    "gateway/import",
    "gateway/limits",
    "gateway/management",
    "gateway/models",
    "gateway/spend",
    "testkit/servers",
  ],
  jose: ["gateway/access"],
  // What LiteLLM encrypted.
  tweetnacl: ["gateway/import"],
  "lru-cache": ["gateway/access"],
  pg: ["gateway/store", "testkit/servers"],
  "@electric-sql/pglite": ["gateway/store"],
  ioredis: ["gateway/store"],
  luxon: ["gateway/limits", "gateway/management"],
  vitest: ["testkit/suites", "testkit/servers"],
};

describe("who may import whom", () => {
  it.each([...new Set(shipped.map((source) => source.area))].sort())("%s", (area) => {
    const rights = table[area];
    expect(rights, `${area} has no row in the table of tests/architecture.test.ts`).toBeDefined();
    const may = new Set([area, ...(rights?.values ?? [])]);
    const mayType = new Set([...may, ...(rights?.types ?? [])]);
    const wrong = edgesOf(area).filter(({ to, typeOnly }) => !(typeOnly ? mayType : may).has(to));
    expect(wrong.map(({ line }) => line)).toEqual([]);
  });

  it("leaves undici to transport, fastify to http, and every other package to its folder", () => {
    const wrong = shipped.flatMap((source) =>
      source.imports
        .filter(({ from, file }) => file === undefined && !from.startsWith("node:"))
        .filter(({ from }) => !packages[packageOf(from)]?.includes(source.area))
        .map(({ from }) => `${source.path} imports ${from}`),
    );
    expect(wrong).toEqual([]);
  });

  it("lets only http hold values of fastify", () => {
    const holders = shipped.filter(({ imports }) => imports.some(({ from, typeOnly }) => from === "fastify" && !typeOnly));
    expect([...new Set(holders.map(({ area }) => area))]).toEqual(["gateway/http"]);
  });

  it("has no table rows for what is gone", () => {
    const areas = new Set(shipped.map((source) => source.area));
    expect(Object.keys(table).filter((area) => !areas.has(area))).toEqual([]);
  });

  it("has no cycles", () => expect(cycleIn(shipped)).toEqual([]));

  it("names files that exist, with their .ts", () => {
    const known = new Set(sources.map(({ path }) => path));
    const wrong = sources.flatMap(({ path, imports }) =>
      imports
        .filter(({ file }) => file !== undefined && !known.has(file) && !existsSync(join(root, file)))
        .map(({ from }) => `${path} imports ${from}`),
    );
    expect(wrong).toEqual([]);
  });
});

interface Edge {
  readonly to: string;
  readonly typeOnly: boolean;
  readonly line: string;
}

function edgesOf(area: string): Edge[] {
  return shipped
    .filter((source) => source.area === area)
    .flatMap((source) =>
      source.imports.flatMap(({ file, typeOnly }) => {
        if (file === undefined) return [];
        const to = sources.find(({ path }) => path === file)?.area ?? file;
        return [{ to, typeOnly, line: `${source.path} imports ${typeOnly ? "types" : "values"} of ${file}` }];
      }),
    );
}

function packageOf(from: string): string {
  const [scope = "", name = ""] = from.split("/");
  return scope.startsWith("@") ? `${scope}/${name}` : scope;
}

/** The files of one cycle, or none. Types count: a cycle of types is a cycle of thoughts. */
function cycleIn(files: readonly SourceFile[]): readonly string[] {
  const byPath = new Map(files.map((source) => [source.path, source]));
  const done = new Set<string>();
  const walk = (path: string, way: readonly string[]): readonly string[] => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path];
    if (done.has(path)) return [];
    for (const { file } of byPath.get(path)?.imports ?? []) {
      const found = file === undefined ? [] : walk(file, [...way, path]);
      if (found.length > 0) return found;
    }
    done.add(path);
    return [];
  };
  for (const { path } of files) {
    const found = walk(path, []);
    if (found.length > 0) return found;
  }
  return [];
}

describe("names and side effects", () => {
  /** Words that are a provider's name and something else as well, with the reason and the one file that may say them. */
  const otherMeanings: Readonly<Record<string, readonly string[]>> = {
    // `owned_by` of every model, as LiteLLM's /v1/models says it.
    "packages/gateway/src/http/model-routes.ts": ["openai"],
  };

  /** Without `custom`, which is also OpenAI's word for a kind of tool and zod's for a kind of issue, and `transcribe`, an operation. */
  const names = new Set(providers.map(({ name }) => name).filter((name) => name !== "custom" && name !== "transcribe"));

  it("keeps providers' names inside providers/ and dialects/", () => {
    const wrong = shipped
      .filter(({ area }) => area !== "core/providers" && area !== "core/dialects" && !area.startsWith("testkit/"))
      .flatMap(({ path, strings }) =>
        strings.filter((text) => names.has(text) && !otherMeanings[path]?.includes(text)).map((text) => `${path} says "${text}"`),
      );
    expect(wrong).toEqual([]);
  });

  it("keeps providers' names out of dialects, but for names of dialects", () => {
    const wrong = shipped
      .filter(({ area }) => area === "core/dialects")
      .flatMap(({ path, strings }) => strings.filter((text) => names.has(text)).map((text) => `${path} says "${text}"`))
      .filter((line) => !/ says "gemini"$/.test(line));
    expect(wrong).toEqual([]);
  });

  it.each([
    ["Date.now", /\bDate\.now\b|\bnew Date\(\)/, ["packages/core/src/clock.ts"]],
    ["performance.now", /\bperformance\.now\b/, ["packages/core/src/clock.ts"]],
    // A connection's own setTimeout is no timer of ours.
    ["setTimeout and setInterval", /(?<!socket\.)\bset(Timeout|Interval)\b/, ["packages/core/src/clock.ts"]],
    ["Math.random", /\bMath\.random\b/, ["packages/core/src/house.ts"]],
    ["process.env", /\bprocess\.env\b/, ["packages/core/src/client.ts", "packages/gateway/src/secrets/environment.ts"]],
  ])("has %s in its own file only", (_, pattern, allowed) => {
    expect(shipped.filter(({ bare }) => pattern.test(bare)).map(({ path }) => path)).toEqual(allowed);
  });

  it("never names folders outside the repository", () => {
    expect(sources.filter(({ text }) => /\/work\/|\.\.\/shared/.test(text.replaceAll("/work\\/", ""))).map(({ path }) => path)).toEqual([]);
  });
});

describe("how files look", () => {
  const most = 300;
  /** Data and pure type files. */
  const long = [
    "packages/gateway/src/store/tables.ts",
    "packages/gateway/src/store/migrations/0001-first-tables.ts",
    "packages/gateway/src/http/known-routes.ts",
  ];

  it(`keeps files to ${most} lines`, () => {
    const wrong = shipped.filter(({ path, text }) => !long.includes(path) && text.split("\n").length - 1 > most);
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it("begins each file with a sentence about it", () => {
    expect(shipped.filter(({ text }) => !/^(#!.*\n)?\/\*\*\s+\S/.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it("names files in kebab-case", () => {
    expect(sources.filter(({ path }) => !/\/[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.tsx?$/.test(path)).map(({ path }) => path)).toEqual([]);
  });

  it.each([
    ["a default export", /^export default\b/m],
    ["any", /(?:[:<|&,(=]|\bas|\bextends)\s*any\b(?!\s*[:(])/],
    ["an enum", /^(?:export )?(?:const )?enum\b/m],
    ["a @ts-ignore", /@ts-(?:ignore|nocheck)/],
    ["a type with a weak name", /\b(?:class|interface|type) \w*(?:Manager|Helper|Utils?|Handler|Base|\wService)\b/],
  ])("holds nowhere %s", (_, pattern) => {
    expect(shipped.filter(({ bare }) => pattern.test(bare)).map(({ path }) => path)).toEqual([]);
  });

  it("has only the one barrel per package", () => {
    const barrels = shipped.filter(({ path, code }) => !/\/src\/(index|parts)\.ts$/.test(path) && /^export \* from/m.test(code));
    expect(barrels.map(({ path }) => path)).toEqual([]);
  });
});

describe("ARCHITECTURE.md", () => {
  const text = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
  const named = [...text.matchAll(/`((?:packages|tests|bench|docs|deploy|examples|scripts)\/?[\w./-]*)`/g)].map(([, path = ""]) => path);

  it("names folders and files that exist", () => {
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it("names every folder of the library and the gateway", () => {
    const folders = shipped
      .map(({ path }) => /^packages\/(?:core|gateway)\/src\/[^/]+(?=\/)/.exec(path)?.[0])
      .filter((path) => path !== undefined);
    expect([...new Set(folders)].filter((path) => !named.includes(path))).toEqual([]);
  });
});

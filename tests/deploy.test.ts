/** Reads what deploy/ says and checks it against what the gateway does: variables, ports, paths. Nothing is built or run in a container here. */

import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { assemble, type Gateway } from "../packages/gateway/src/assemble.ts";
import { loadConfig } from "../packages/gateway/src/config/load.ts";
import { gatewayVariables, providerVariables, root } from "./known-variables.ts";

const textOf = (path: string): string => readFileSync(join(root, path), "utf8");
const known = new Set([...gatewayVariables(), ...providerVariables()]);

interface ComposeService {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly read_only?: boolean;
  readonly profiles?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly env_file?: unknown;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
}
interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const composeText = textOf("deploy/docker-compose.yml");
const compose = parse(composeText) as Compose;
const services = Object.entries(compose.services);
const dockerfile = textOf("deploy/Dockerfile").replace(/\\\n/g, " ");
const instructions = dockerfile
  .split("\n")
  .filter((line) => /^[A-Z]+ /.test(line))
  .map((line) => ({ word: line.slice(0, line.indexOf(" ")), rest: line.slice(line.indexOf(" ") + 1) }));
const all = (word: string): string[] => instructions.filter((each) => each.word === word).map(({ rest }) => rest);
const imageVariables = Object.fromEntries(
  all("ENV").flatMap((rest) => rest.split(/\s+/).map((pair) => pair.split("=") as [string, string])),
);

const load = (env: Readonly<Record<string, string>>) => loadConfig({ env, cwd: root });

describe("deploy/docker-compose.yml", () => {
  const gateway = compose.services["gateway"] ?? {};

  it("passes only variables to the gateway that it reads", () => {
    expect(gateway.env_file).toBeUndefined();
    const passed = Object.keys(gateway.environment ?? {});
    expect(passed).toContain("LITELLM_MASTER_KEY");
    expect(passed.filter((name) => !known.has(name))).toEqual([]);
  });

  it("publishes the port that the image listens on", () => {
    expect(gateway.ports?.map((port) => port.split(":").at(-1))).toEqual([imageVariables["PORT"]]);
  });

  it("keeps the gateway's data folder in a volume", () => {
    expect(gateway.volumes?.some((volume) => volume.endsWith(`:${imageVariables["TOLLGATE_DATA_DIR"]}`))).toBe(true);
  });

  it("builds from a Dockerfile that exists", () => {
    expect(existsSync(join(root, "deploy", gateway.build?.context ?? "", gateway.build?.dockerfile ?? "?"))).toBe(true);
  });

  it.each(services)("gives %s a root that cannot be written", (_, service) => expect(service.read_only).toBe(true));

  it.each(services.filter(([name]) => name !== "gateway"))(
    "does not start %s unasked, for the gateway does not use it yet",
    (_, service) => {
      expect(service.profiles).toEqual(["later"]);
    },
  );

  it.each(services)("mounts for %s only volumes and files that exist", (_, service) => {
    const sources = (service.volumes ?? []).map((volume) => volume.split(":")[0] ?? "");
    const missing = sources.filter((source) =>
      source.startsWith(".") ? !existsSync(join(root, "deploy", source)) : !(source in compose.volumes),
    );
    expect(missing).toEqual([]);
  });
});

describe("deploy/.env.example", () => {
  const names = Array.from(textOf("deploy/.env.example").matchAll(/^([A-Z][A-Z0-9_]*)=/gm), ([, name = ""]) => name);
  const used = Array.from(composeText.matchAll(/\$\{([A-Z][A-Z0-9_]*)/g), ([, name = ""]) => name);

  it("names all that the compose file takes from it, and nothing else", () => {
    expect(new Set(names)).toEqual(new Set(used));
  });

  it("holds no secret", () => {
    expect(textOf("deploy/.env.example").match(/^[A-Z_]*(?:KEY|PASSWORD)=.+$/gm) ?? []).toEqual([]);
  });
});

describe("deploy/prometheus.yml", () => {
  it("asks nobody who has no /metrics", async () => {
    const { scrape_configs: jobs } = parse(textOf("deploy/prometheus.yml")) as {
      scrape_configs: readonly { static_configs: readonly { targets: readonly string[] }[] }[];
    };
    const targets = jobs.flatMap((job) => job.static_configs.flatMap((each) => each.targets));
    expect(targets).toEqual(["localhost:9090"]);
    expect(compose.services["prometheus"]?.ports).toEqual(["127.0.0.1:9090:9090"]);
  });
});

describe("deploy/Dockerfile", () => {
  it("sets only variables that the gateway reads, to what it takes", async () => {
    expect(Object.keys(imageVariables).filter((name) => !known.has(name))).toEqual([]);
    const { config } = await load(imageVariables);
    expect(config).toMatchObject({ http: { host: "0.0.0.0", port: 4000 }, dataDir: "/data" });
    expect(all("EXPOSE")).toEqual([String(config.http.port)]);
    expect(all("VOLUME")).toEqual([config.dataDir]);
  });

  it("runs as an ordinary user", () => expect(all("USER")).toEqual(["node"]));

  it("copies what exists, and every workspace's package.json", () => {
    const sources = all("COPY")
      .filter((rest) => !rest.startsWith("--from="))
      .flatMap((rest) => rest.split(/\s+/).slice(0, -1));
    expect(sources.filter((source) => !existsSync(join(root, source)))).toEqual([]);
    const { workspaces } = JSON.parse(textOf("package.json")) as { workspaces: string[] };
    expect(workspaces.filter((folder) => !sources.includes(`${folder}/package.json`))).toEqual([]);
  });

  it("starts the committed command", () => {
    const [entry = "[]"] = all("ENTRYPOINT");
    const file = (JSON.parse(entry) as string[]).find((each) => each.endsWith(".js"));
    expect(file && existsSync(join(root, file))).toBe(true);
  });

  it("is not kept from the files that the build needs", () => {
    const ignored = textOf(".dockerignore").split("\n");
    for (const needed of ["examples", "packages", "scripts", "deploy", "package-lock.json", ".npmrc"])
      expect(ignored).not.toContain(needed);
  });
});

describe("deploy/health-check.mjs", () => {
  let gateway: Gateway;
  let port = "";

  beforeAll(async () => {
    const { config } = await load({ PORT: "0", SERVER_ROOT_PATH: "/llm", LITELLM_LOG: "CRITICAL" });
    gateway = await assemble(config, { masterKey: "sk-of-the-health-check", version: "0", overrides: { database: "none" } });
    port = new URL((await gateway.listen()).url).port;
  });
  afterAll(() => gateway.close(0));

  const check = (env: Record<string, string>): Promise<number> =>
    new Promise((resolve) => {
      const child = execFile(process.execPath, [join(root, "deploy/health-check.mjs")], { env });
      child.once("exit", (code) => resolve(code ?? -1));
    });

  it("is content with a gateway that lives, also below a root path", async () => {
    expect(await check({ PORT: port, SERVER_ROOT_PATH: "/llm/" })).toBe(0);
  });

  it("complains when the path is not the gateway's", async () => {
    expect(await check({ PORT: port, SERVER_ROOT_PATH: "/elsewhere" })).toBe(1);
  });
});

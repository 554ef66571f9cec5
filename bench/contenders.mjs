/** Who is measured: how each is started, asked, and, where it is not here yet, installed. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { here, peers, root, upstreamOrigin, upstreamPort, upstreamTlsOrigin } from "./places.mjs";

const require = createRequire(import.meta.url);
const chatPath = "/v1/chat/completions";
const bearer = { authorization: "Bearer sk-bench" };
const openaiModel = "gpt-4o-mini";
const anthropicModel = "claude-sonnet-4-20250514";
const bedrockModel = "claude-on-bedrock";
const virtualKey = "sk-bench-virtual-key-0123456789";
const portkeyVersion = "1.15.2";
/** Later ones answer every stream of this Portkey with 500. */
const honoServerVersion = "1.13.8";
const portkeyStart = peers("portkey/node_modules/@portkey-ai/gateway/build/start-server.js");

/** By what is asked: chat as it is, chat over TLS with many reply headers, chat translated to Anthropic's messages and to Bedrock's Converse. */
function gatewayRoutes(port, headers = bearer) {
  return {
    chat: { port, path: chatPath, model: openaiModel, headers },
    tls: { port, path: chatPath, model: `${openaiModel}-tls`, headers },
    translate: { port, path: chatPath, model: anthropicModel, headers },
    bedrock: { port, path: chatPath, model: bedrockModel, headers },
  };
}

/** A program that knows no models: one port for each upstream. */
function proxyRoutes(port, headers = bearer) {
  const route = { path: chatPath, model: openaiModel, headers };
  return { chat: { ...route, port }, tls: { ...route, port: port + 1 } };
}

function portkeyRoutes(port) {
  const at = (model, provider, origin) => ({
    port,
    path: chatPath,
    model,
    headers: { ...bearer, "x-portkey-custom-host": `${origin}/v1`, "x-portkey-provider": provider },
  });
  return {
    chat: at(openaiModel, "openai", upstreamOrigin),
    tls: at(openaiModel, "openai", upstreamTlsOrigin),
    translate: at(anthropicModel, "anthropic", upstreamOrigin),
  };
}

export const direct = { name: "direct", title: "no gateway", routes: { chat: proxyRoutes(upstreamPort).chat } };

/** A row's `missing` says why it cannot run here, after having tried to install it where that is allowed. */
export const contenders = [
  {
    name: "nginx",
    title: "nginx proxy_pass",
    missing: () => (spawnSync("nginx", ["-v"]).error ? "nginx is not installed" : void mkdirSync(peers("nginx"), { recursive: true })),
    version: () => spawnSync("nginx", ["-v"]).stderr.toString().trim().split("/").at(-1),
    command: ["nginx", "-p", peers("nginx/"), "-c", here("nginx.conf")],
    routes: proxyRoutes(19110),
  },
  {
    name: "bare",
    title: "bare node:http + undici",
    version: () => `Node ${process.versions.node}, undici ${require("undici/package.json").version}`,
    command: ["node", here("bare-proxy.mjs"), "19120", upstreamOrigin, upstreamTlsOrigin],
    routes: proxyRoutes(19120),
  },
  {
    name: "tollgate",
    title: "Tollgate",
    ...tollgateOn(19130, "tollgate-data"),
    routes: gatewayRoutes(19130),
  },
  {
    name: "virtual",
    title: "Tollgate, virtual key",
    ...tollgateOn(19160, "tollgate-virtual-data"),
    /** Everything that can be limited is: budgets of key and team, requests and tokens a minute. */
    async prepare() {
      const rates = { rpm_limit: 1_000_000_000, tpm_limit: 1_000_000_000_000 };
      const limits = { max_budget: 1_000_000, budget_duration: "30d", ...rates };
      await post(19160, "/team/new", { team_id: "bench", ...limits });
      await post(19160, "/key/generate", { key: virtualKey, team_id: "bench", ...limits });
    },
    routes: { chat: gatewayRoutes(19160, { authorization: `Bearer ${virtualKey}` }).chat },
  },
  {
    name: "portkey",
    title: `Portkey (hono/node-server ${honoServerVersion})`,
    missing: () => (existsSync(portkeyStart) ? undefined : installPortkey()),
    version: () => portkeyVersion,
    command: ["node", portkeyStart, "--port=19140", "--headless"],
    routes: portkeyRoutes(19140),
  },
  {
    name: "litellm",
    title: "LiteLLM proxy",
    missing: () => (litellm() ? undefined : "no `litellm` in the PATH or in bench/.peers/litellm/bin"),
    version: () => spawnSync(litellm(), ["--version"]).stdout.toString().trim().split(/\s+/).at(-1),
    get command() {
      return [litellm(), "--config", here("tollgate.yaml"), "--host", "127.0.0.1", "--port", "19150", "--num_workers", "1"];
    },
    env: { LITELLM_LOCAL_MODEL_COST_MAP: "True", LITELLM_LOG: "ERROR" },
    routes: gatewayRoutes(19150),
  },
];

/** As `npx tollgate` starts it, with a data folder of its own. */
function tollgateOn(port, data) {
  return {
    missing: () =>
      existsSync(tollgateMain()) ? void rmSync(peers(data), { recursive: true, force: true }) : "it is not built: npm run build",
    version: () => tollgateVersion(),
    get command() {
      return ["node", tollgateMain(), "--config", here("tollgate.yaml"), "--port", String(port), "--data", peers(data)];
    },
    live: "/health/liveliness",
  };
}

async function post(port, path, body) {
  const headers = { ...bearer, "content-type": "application/json" };
  const reply = await fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  // A later round finds them there already.
  if (!reply.ok && reply.status !== 409) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
}

function tollgateMain() {
  return process.env.BENCH_TOLLGATE ?? `${root}packages/gateway/dist/main.js`;
}

function tollgateVersion() {
  const { version } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
  const commit = spawnSync("git", ["-C", root, "describe", "--always", "--dirty"]).stdout?.toString().trim();
  return commit ? `${version} (${commit})` : version;
}

function installPortkey() {
  mkdirSync(peers("portkey"), { recursive: true });
  const manifest = {
    private: true,
    dependencies: { "@portkey-ai/gateway": portkeyVersion },
    overrides: { "@hono/node-server": honoServerVersion },
  };
  writeFileSync(peers("portkey/package.json"), JSON.stringify(manifest));
  try {
    execFileSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: peers("portkey"), stdio: "pipe" });
    return undefined;
  } catch (error) {
    return `npm could not install it: ${String(error.stderr ?? error)
      .trim()
      .split("\n")
      .at(-1)}`;
  }
}

function litellm() {
  if (existsSync(peers("litellm/bin/litellm"))) return peers("litellm/bin/litellm");
  return spawnSync("sh", ["-c", "command -v litellm"]).stdout.toString().trim() || undefined;
}

/** The contenders that can run here, and why the others cannot. */
export function present(names) {
  const unknown = names.filter((name) => !contenders.some((each) => each.name === name));
  if (unknown.length > 0)
    throw new Error(`No such contender: ${unknown.join(", ")}. There are ${contenders.map((each) => each.name).join(", ")}.`);
  const able = [];
  const absent = {};
  for (const each of contenders.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const reason = each.missing?.();
    if (reason) absent[each.name] = reason;
    // The version is asked now: somebody may commit while it runs.
    else able.push({ ...each, version: each.version(), command: each.command });
  }
  return { able, absent };
}

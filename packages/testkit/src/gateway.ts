/** A whole gateway for tests: real config, real sockets on a free port of this machine, a fake provider behind it. */

import type { AddressInfo } from "node:net";
import { type CallRecord, type Clock, providerNamed, providers, type Transport } from "tollgate/parts";
import { assemble, type Gateway } from "../../gateway/src/assemble.ts";
import { loadConfig } from "../../gateway/src/config/load.ts";
import { problemLine } from "../../gateway/src/config/problem.ts";
import type { OpenedDatabase } from "../../gateway/src/store/open-database.ts";
import type { FakeUpstream } from "./fake-upstream.ts";

/** What every test gateway is opened with. */
export const MASTER_KEY = "sk-master-of-all-tests";
/** What its models show to the provider. */
export const UPSTREAM_KEY = "sk-upstream-0123456789";

export interface GatewayOptions {
  /** YAML, or the same as an object. `os.environ/UPSTREAM` stands for the fake provider's address. Default: `fast`, `other` and `embed`. */
  readonly config?: string | object;
  readonly upstream?: FakeUpstream;
  readonly env?: Readonly<Record<string, string>>;
  /** Default MASTER_KEY. */
  readonly masterKey?: string;
  readonly clock?: Clock;
  /** Default: always 0. */
  readonly chance?: () => number;
  readonly transport?: Transport;
  /** Default: none, so there are no virtual keys. */
  readonly database?: OpenedDatabase;
}

export interface TestGateway {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly port: number;
  readonly gateway: Gateway;
  /** One for each call that is over. */
  readonly records: readonly CallRecord[];
  /** All that was logged. */
  readonly logged: readonly { readonly level: string; readonly fields: object; readonly text: string }[];
  /** Asks with the master key; objects travel as JSON. */
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<Response>;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  close(): Promise<void>;
}

const row = (name: string, model: string): object => ({
  model_name: name,
  litellm_params: { model, api_base: "os.environ/UPSTREAM", api_key: UPSTREAM_KEY },
});

/** Without retries, so that one answer of the fake provider is one call. */
export const usualConfig = {
  model_list: [row("fast", "openai/gpt-4o-mini"), row("other", "openai/gpt-4.1-mini"), row("embed", "openai/text-embedding-3-small")],
  router_settings: { num_retries: 0, disable_cooldowns: true },
};

export async function startGateway(options: GatewayOptions = {}): Promise<TestGateway> {
  const { config = usualConfig, upstream, masterKey = MASTER_KEY } = options;
  const text = typeof config === "string" ? config : JSON.stringify(config);
  const loaded = await loadConfig({
    file: "config.yaml",
    cwd: "/tests",
    readFile: async () => text,
    env: { ...(upstream && { UPSTREAM: `${upstream.url}/v1` }), ...options.env },
    flags: { host: "127.0.0.1", port: 0 },
    isKnownProvider: (name) => providerNamed(name) !== undefined,
    providerNames: providers.map(({ name }) => name),
  });
  const wrong = loaded.problems.filter(({ severity }) => severity === "error");
  if (wrong.length > 0) throw new Error(wrong.map(problemLine).join("\n"));

  const records: CallRecord[] = [];
  const logged: { level: string; fields: object; text: string }[] = [];
  const note = (level: string) => (fields: object, said: string) => void logged.push({ level, fields, text: said });
  const gateway = await assemble(loaded.config, {
    masterKey,
    version: "0.0.0-test",
    overrides: {
      clock: options.clock,
      chance: options.chance ?? (() => 0),
      transport: options.transport,
      database: options.database ?? "none",
      log: {
        info: note("info"),
        warn: note("warn"),
        error: note("error"),
        debug: note("debug"),
        redact: (said) => said,
        json: false,
        infoWanted: false,
        debugWanted: false,
        line: () => {},
        close: () => {},
      },
      onRecord: (record) => void records.push(record),
    },
  });
  await gateway.listen();
  const { port } = gateway.app.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const known = { authorization: `Bearer ${masterKey}` };
  return {
    url,
    port,
    gateway,
    records,
    logged,
    post: (path, body, headers = {}, signal) =>
      fetch(url + path, {
        method: "POST",
        headers: { "content-type": "application/json", ...known, ...headers },
        body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body),
        signal,
      }),
    get: (path, headers = {}) => fetch(url + path, { headers: { ...known, ...headers } }),
    close: () => gateway.close(0),
  };
}

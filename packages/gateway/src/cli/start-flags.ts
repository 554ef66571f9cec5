/** The flags of `tollgate start`: ours, and those of LiteLLM that mean nothing here. */

import { type Command, InvalidArgumentError, Option } from "commander";
import type { DeploymentRow } from "tollgate/parts";
import type { StartFlags } from "../config/config.ts";

/** As commander names them. */
export interface RawFlags {
  readonly config?: string;
  readonly port?: number;
  readonly host?: string;
  readonly data?: string;
  readonly debug?: boolean;
  readonly detailed_debug?: boolean;
  readonly num_workers?: number;
  readonly grace?: number;
  readonly ssl_keyfile_path?: string;
  readonly ssl_certfile_path?: string;
  readonly model?: string;
  readonly alias?: string;
  readonly api_base?: string;
  readonly api_version?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly temperature?: number;
  readonly max_tokens?: number;
  readonly drop_params?: boolean;
  readonly request_timeout?: number;
  readonly [ignored: string]: unknown;
}

/** LiteLLM's, by the way they take a value. */
const ignored: readonly string[] = [
  "--telemetry [flag]",
  "--save",
  "--add_key <key>",
  "--max_budget <amount>",
  "--add_function_to_prompt",
  "--use_queue",
  "--test",
  "--test_async",
  "--num_requests <count>",
  "--health",
  "--log_config <file>",
  "--run_gunicorn",
  "--run_hypercorn",
  "--run_granian",
  "--granian_threads <count>",
  "--ciphers <list>",
  "--use_prisma_db_push",
  "--use_legacy_migration_resolver",
  "--local",
  "--skip_server_startup",
  "--iam_token_db_auth",
  "--azure_postgresql_auth",
  "--keepalive_timeout <seconds>",
  "--timeout_worker_healthcheck <seconds>",
  "--limit_concurrency <count>",
  "--max_requests_before_restart <count>",
  "--max_requests_before_restart_jitter <count>",
  "--validate_config",
  "--setup",
  "--reload",
  "--prometheus_metrics_port <port>",
];

export function addStartFlags(command: Command): Command {
  command
    .option("-c, --config <file>", "LiteLLM config.yaml (CONFIG_FILE_PATH)")
    .option("--port <number>", "port to listen on (PORT, default 4000)", port)
    .option("--host <address>", "address to listen on (HOST, default 127.0.0.1)")
    .option("--data <folder>", "folder for what the gateway keeps (TOLLGATE_DATA_DIR, default .tollgate)")
    .option("--grace <seconds>", "how long calls in flight may take when stopped (default 30)", amount)
    .option("--debug", "log more")
    .option("--detailed_debug", "log everything")
    .option("--num_workers <count>", "processes (NUM_WORKERS, default 1)", whole)
    .option("--ssl_keyfile_path <file>", "serve HTTPS with this key (PEM)")
    .option("--ssl_certfile_path <file>", "serve HTTPS with this certificate (PEM)")
    .option("-m, --model <name>", "one model without a config file: provider/model")
    .option("--alias <name>", "public name of --model")
    .option("--api_base <url>", "address for --model")
    .option("--api_version <version>", "API version for --model")
    .option("--headers <json>", "headers for --model", jsonMap)
    .option("--temperature <number>", "default of --model", amount)
    .option("--max_tokens <number>", "default of --model", whole)
    .option("--drop_params", "drop parameters that a provider does not take")
    .option("--request_timeout <seconds>", "how long a call may take", amount);
  for (const flags of ignored) command.addOption(new Option(flags).hideHelp());
  return command;
}

/** The names of given flags that mean nothing here. */
export function ignoredAmong(raw: RawFlags): readonly string[] {
  const names = ignored.map((flags) => flags.split(" ")[0] ?? flags);
  return names.filter((name) => raw[name.slice(2)] !== undefined);
}

export function startFlags(raw: RawFlags): StartFlags {
  const logLevel = raw.detailed_debug ? "trace" : raw.debug ? "debug" : undefined;
  const row = modelRow(raw);
  return {
    ...(raw.host !== undefined && { host: raw.host }),
    ...(raw.port !== undefined && { port: raw.port }),
    ...(raw.data !== undefined && { dataDir: raw.data }),
    ...(logLevel !== undefined && { logLevel }),
    ...(raw.drop_params !== undefined && { dropParams: raw.drop_params }),
    ...(raw.request_timeout !== undefined && { requestTimeoutSeconds: raw.request_timeout }),
    ...(raw.ssl_keyfile_path !== undefined && { sslKeyFile: raw.ssl_keyfile_path }),
    ...(raw.ssl_certfile_path !== undefined && { sslCertFile: raw.ssl_certfile_path }),
    ...(row && { rows: [row] }),
  };
}

function modelRow({ model, alias, api_base, api_version, headers, temperature, max_tokens }: RawFlags): DeploymentRow | undefined {
  if (model === undefined) return undefined;
  const given = { api_base, api_version, temperature, max_tokens, extra_headers: headers };
  const params = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { model_name: alias ?? model, litellm_params: { model, ...params }, source: "config" };
}

export function amount(text: string): number {
  const number = Number(text);
  if (text.trim() === "" || !Number.isFinite(number) || number < 0) throw new InvalidArgumentError("A number from 0 was expected.");
  return number;
}

export function whole(text: string): number {
  const number = amount(text);
  if (!Number.isInteger(number)) throw new InvalidArgumentError("A whole number was expected.");
  return number;
}

function port(text: string): number {
  const number = whole(text);
  if (number > 65_535) throw new InvalidArgumentError("A port is at most 65535.");
  return number;
}

function jsonMap(text: string): Readonly<Record<string, unknown>> {
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read === "object" && read !== null && !Array.isArray(read)) return read as Record<string, unknown>;
  } catch {
    // Said below, for both ways of being wrong.
  }
  throw new InvalidArgumentError('A JSON object was expected: {"name": "value"}.');
}

/** `tollgate start`: config, master key, data folder, server, first screen; and the way down again. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "tollgate/parts";
import { assemble } from "../assemble.ts";
import type { Config } from "../config/config.ts";
import { readNumber } from "../config/value-types.ts";
import { openDataFolder } from "../secrets/data-folder.ts";
import { readEnvironment, type Variables } from "../secrets/environment.ts";
import { type MasterKey, masterKeyFor } from "../secrets/master-key.ts";
import { type DataLock, takeDataFolder } from "./data-lock.ts";
import { firstScreen, type MasterKeyNote } from "./first-screen.ts";
import type { Ending, Outside } from "./outside.ts";
import { readConfig } from "./read-config.ts";
import { reloadOnHangup } from "./reload.ts";
import { ignoredAmong, type RawFlags, startFlags } from "./start-flags.ts";

type House = Awaited<ReturnType<typeof assemble>>;

const defaultGraceSeconds = 30;

export async function start(raw: RawFlags, outside: Outside): Promise<Ending> {
  const env = readEnvironment({ cwd: outside.cwd });
  for (const name of ignoredAmong(raw)) outside.complain(`${name} means nothing to Tollgate and is ignored.`);
  const workers = raw.num_workers ?? readNumber(env["NUM_WORKERS"]) ?? 1;
  if (workers > 1)
    return refused(
      "--num_workers above 1 is not built: it needs PostgreSQL, and Redis if rate limits are set. Start one process, or several gateways with a data folder each on one PostgreSQL.",
      outside,
    );
  const read = async (now: Variables) => readConfig({ named: raw.config, env: now, flags: startFlags(raw) }, outside);
  const loaded = await read(env);
  if (!loaded) return refused("Not started: the errors above must be put right first.", outside);
  const { config } = loaded;
  if (config.notInForce.length > 0) outside.complain(`Accepted, not in force yet: ${config.notInForce.join(", ")}`);
  try {
    const again = async () => (await read(readEnvironment({ cwd: outside.cwd })))?.config;
    return await serve(config, { env, graceMs: (raw.grace ?? defaultGraceSeconds) * 1000, again }, outside);
  } catch (cause) {
    return refused(startError(cause, config), outside);
  }
}

interface Serving {
  readonly env: Variables;
  readonly graceMs: number;
  /** Reads the config once more. */
  readonly again: () => Promise<Config | undefined>;
}

async function serve(config: Config, { env, graceMs, again }: Serving, outside: Outside): Promise<Ending> {
  const { dataDir, auth, http } = config;
  const masterKey = await masterKeyFor({ given: auth.masterKey, permitWeak: auth.permitWeak, host: http.host, dataDir });
  if ("refusal" in masterKey) return refused(masterKey.refusal, outside);
  await openDataFolder(dataDir);
  const lock = await takeDataFolder(dataDir, systemClock);
  if ("heldBy" in lock) {
    return refused(
      `The data folder ${dataDir} is in use by ${lock.heldBy}. Stop it, or name another folder with --data. Several gateways together need PostgreSQL (database_url) and a folder each.`,
      outside,
    );
  }
  let house: House | undefined;
  try {
    house = await assemble(config, { masterKey: masterKey.key, version: outside.version, warm: true });
    const { url } = await house.listen();
    closeOnSignals(house, lock, graceMs, outside);
    reloadOnHangup(house, again, outside);
    const database = house.keeping?.database;
    const server = database?.kind === "server" ? database.place : undefined;
    const asleep = database?.state === "asleep";
    outside.print(
      firstScreen({ ...(await screenOf(config, url, await noteOf(masterKey, config, env, outside), outside)), server, asleep }),
    );
    return undefined;
  } catch (cause) {
    await house?.close(0);
    lock.release();
    throw cause;
  }
}

async function screenOf(config: Config, url: string, masterKey: MasterKeyNote, { version, terminal }: Outside) {
  const models = [...new Set(config.rows.map((row) => row.model_name))];
  return { version, url, file: config.file, dataDir: config.dataDir, models, masterKey, terminal };
}

async function noteOf(
  masterKey: Exclude<MasterKey, { refusal: string }>,
  config: Config,
  env: Variables,
  outside: Outside,
): Promise<MasterKeyNote> {
  const { key, source } = masterKey;
  if (source !== "given") return { key, source, keptIn: masterKey.file };
  const from = config.auth.masterKeyFrom ?? "config";
  if (from === "config")
    return { key, source: from, ...(config.file !== undefined && (await givenIn(config.file, "master_key:", outside))) };
  return { key, source: from, ...(env["LITELLM_MASTER_KEY"] === key && (await givenIn(".env", "LITELLM_MASTER_KEY=", outside))) };
}

async function givenIn(path: string, mark: string, { cwd }: Outside): Promise<Pick<MasterKeyNote, "givenIn">> {
  const text = await readFile(path.startsWith("/") ? path : join(cwd, path), "utf8").catch(() => undefined);
  return text?.includes(mark) ? { givenIn: { path, text, mark } } : {};
}

/** The first signal lets calls in flight finish; the second ends at once. */
function closeOnSignals(house: House, lock: DataLock, graceMs: number, outside: Outside): void {
  let closing = false;
  const onSignal = (signal: string): void => {
    if (closing) {
      lock.release();
      process.exit(signal === "SIGINT" ? 130 : 143);
    }
    closing = true;
    house.close(graceMs).then(
      () => {
        lock.release();
        process.exit(0);
      },
      (cause: unknown) => {
        outside.complain(`Closing failed: ${cause instanceof Error ? cause.message : String(cause)}`);
        lock.release();
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
}

function refused(message: string, outside: Outside): Ending {
  outside.complain(message);
  return 1;
}

/** What listening, files and folders fail with, in words; anything else is a fault of ours and is shown whole. */
function startError(cause: unknown, { http, dataDir }: Config): string {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const path = cause instanceof Error && "path" in cause ? String(cause.path) : dataDir;
  if (code === "EADDRINUSE")
    return `Port ${http.port} on ${http.host} is in use. Stop the program that has it, or choose another with --port.`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") return `This machine has no address ${http.host}. Choose another with --host.`;
  if (code === "EACCES" && !path.includes("/"))
    return `Port ${http.port} may not be opened by this user. Choose one above 1023 with --port.`;
  if (code === "EACCES" || code === "EPERM" || code === "EROFS")
    return `${path} may not be written by this user. Choose another folder with --data.`;
  if (code === "ENOTDIR" || code === "EEXIST") return `${path} is no folder. Choose another with --data.`;
  if (code === "ENOENT") return `${path} does not exist.`;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}

/** All models that are in force: rows of the file and of the database, put into the house as a whole whenever one of them changes. */

import type { BuiltHouse, DeploymentRow } from "tollgate/parts";
import type { Encryption } from "../secrets/encryption.ts";
import type { Database } from "../store/database.ts";
import type { Environment } from "./environment-values.ts";
import { createRowMaker, type Filling, rowOf } from "./house-rows.ts";
import { type NamedCredentials, readCredentials } from "./named-credentials.ts";
import { createModelReader, type StoredModel } from "./stored-model.ts";

export interface FileModels {
  readonly rows: readonly DeploymentRow[];
  /** `credential_list` of the config. */
  readonly credentials: NamedCredentials;
}

export interface Models {
  /** What is in force. */
  readonly rows: readonly DeploymentRow[];
  /** Rows of the file as it was read last. */
  readonly file: FileModels;
  /** Rows of the database as they were read last, blocked ones too. */
  readonly stored: readonly StoredModel[];
  /** By name, of file and database. */
  readonly credentials: NamedCredentials;
  /** Reads the database anew; resolves when what it holds is in force here. Rejects when it cannot be read: then all stays as it was. */
  reload(): Promise<void>;
  /** The file was read anew. */
  replaceFile(file: FileModels): void;
  close(): void;
}

export interface ModelsOptions {
  readonly file: FileModels;
  /** Undefined: there is none. */
  readonly database: Pick<Database, "sql" | "ready" | "listen"> | undefined;
  readonly encryption: () => Promise<Encryption>;
  readonly env: Environment;
  /** Puts the rows in force. */
  readonly replaceRows: BuiltHouse["replaceRows"];
  /** Which models there are for whom has changed: access groups, a team's own models. */
  readonly onAccessChanged: () => void;
  readonly warn: (fields: object, text: string) => void;
}

const none: NamedCredentials = new Map();

export function createModels(options: ModelsOptions): Models {
  const { database, encryption, warn } = options;
  const make = createRowMaker();
  const read = createModelReader();
  const told = new Set<string>();
  let { file } = options;
  let stored: readonly StoredModel[] = [];
  let storedCredentials = none;
  let rows: readonly DeploymentRow[] = [];
  let access = "[]";
  let running: Promise<void> | undefined;
  let waiting: Promise<void> | undefined;

  const once = (what: string, fields: object, text: string): void => {
    if (told.has(what)) return;
    told.add(what);
    warn(fields, text);
  };
  const credentials = (): NamedCredentials => new Map([...storedCredentials, ...file.credentials]);

  function swap(): void {
    const filling: Filling = {
      credentials: credentials(),
      env: options.env,
      onLeftOut: ({ model_name }, why) => once(`${model_name} ${why}`, { model_name, error: why }, "a model is left out"),
    };
    rows = [...file.rows, ...stored.filter((each) => !each.blocked).map(rowOf)].flatMap((row) => make(row, filling) ?? []);
    options.replaceRows(rows);
    const now = accessOf(rows);
    if (now !== access) options.onAccessChanged();
    access = now;
  }

  async function readAll(sql: Database["sql"]): Promise<void> {
    const secrets = await encryption();
    const [found, named] = await Promise.all([
      read(sql, secrets),
      readCredentials(sql, secrets, (credential, cause) => once(`credential ${credential}`, { credential, error: String(cause) }, unread)),
    ]);
    for (const { id, error } of found.unreadable) once(`model ${id}`, { model_id: id, error: error.message }, unread);
    stored = found.models;
    storedCredentials = named;
    swap();
  }

  /** Whoever asks while it reads may have changed what was read already: one more reading follows. */
  function reload(): Promise<void> {
    if (!database) return Promise.resolve();
    if (running) {
      waiting ??= running.catch(() => undefined).then(() => start(database.sql));
      return waiting;
    }
    return start(database.sql);
  }

  function start(sql: Database["sql"]): Promise<void> {
    waiting = undefined;
    running = readAll(sql).finally(() => {
      running = undefined;
    });
    return running;
  }

  const onTold = (): void =>
    void reload().catch((cause: unknown) => warn({ error: String(cause) }, "the models of the database cannot be read"));
  swap();
  const stop = database?.listen("models", onTold);
  database?.ready.then(onTold, () => undefined);
  return {
    get rows() {
      return rows;
    },
    get file() {
      return file;
    },
    get stored() {
      return stored;
    },
    get credentials() {
      return credentials();
    },
    reload,
    replaceFile(next) {
      file = next;
      swap();
    },
    close: () => stop?.(),
  };
}

const unread = "a secret of the database cannot be read";

/** What principals were compiled with. */
function accessOf(rows: readonly DeploymentRow[]): string {
  const parts = rows.flatMap(({ model_name, model_info: info }) =>
    info?.["access_groups"] === undefined && info?.["team_id"] === undefined ? [] : [[model_name, info["access_groups"], info["team_id"]]],
  );
  return JSON.stringify(parts);
}

/** Migrations: once, whole or not at all, and never on tables that this code does not know. */

import { readFileSync } from "node:fs";
import { CompiledQuery } from "kysely";
import { describe, expect, it } from "vitest";
import { withDatabases } from "../../../testkit/src/servers/with-databases.ts";
import { appliedIn, type Connection, migrate } from "./migrate.ts";
import { migrations } from "./migrations/catalog.ts";
import type { OpenedDatabase } from "./open-database.ts";

const first = { name: "0001-a", sql: "create table a (id text primary key); create table b (id text);" };
const second = { name: "0002-b", sql: "alter table a add column more int4;" };

withDatabases("migrations", (stage) => {
  /** In a schema of its own: an empty place in either engine. */
  async function inEmpty<T>(
    act: (connection: Connection) => Promise<T>,
    database: OpenedDatabase = stage.database,
    schema = "empty",
  ): Promise<T> {
    return database.sql.connection().execute(async (one) => {
      const query = async (text: string, values: unknown[] = []) => ({
        rows: (await one.executeQuery(CompiledQuery.raw(text, values))).rows,
      });
      await query(`create schema if not exists ${schema}`);
      await query(`set search_path to ${schema}`);
      try {
        return await act({ query });
      } finally {
        await query("set search_path to default");
        if (schema === "empty") await query(`drop schema ${schema} cascade`);
      }
    });
  }

  it("run once, in their order, and only what is missing", async () => {
    await inEmpty(async (connection) => {
      expect(await migrate(connection, [first])).toEqual(["0001-a"]);
      expect(await migrate(connection, [first])).toEqual([]);
      expect(await migrate(connection, [first, second])).toEqual(["0002-b"]);
      expect((await appliedIn(connection)).map(({ name }) => name)).toEqual(["0001-a", "0002-b"]);
    });
  });

  it("make the tables and columns that the types name", async () => {
    await inEmpty(async (connection) => {
      await migrate(connection);
      const { rows } = await connection.query(
        "select table_name as name, array_agg(column_name::text) as columns from information_schema.columns where table_schema = 'empty' group by 1",
      );
      const made = (rows as { name: string; columns: string[] }[]).map(({ name, columns }) => [name, columns.sort()]);
      const { migrations: _, ...others } = Object.fromEntries(made) as Record<string, string[]>;
      expect(others).toEqual(columnsOfTypes());
    });
  });

  it("run once when several gateways start at the same time", async () => {
    const databases = [stage.database, await stage.another(), await stage.another()];
    await inEmpty(async () => undefined, stage.database, "crowded");
    const done = await Promise.all(
      databases.map((database) => inEmpty((connection) => migrate(connection, [first, second]), database, "crowded")),
    );
    expect(done.map((names) => names.length).sort()).toEqual([0, 0, 2]);
    await stage.database.sql.executeQuery(CompiledQuery.raw("drop schema crowded cascade"));
  });

  it("leave nothing behind when one fails", async () => {
    await inEmpty(async (connection) => {
      const broken = { name: "0002-broken", sql: "create table c (id text); select 1 / 0;" };
      await expect(migrate(connection, [first, broken])).rejects.toThrow("division by zero");
      const { rows } = await connection.query("select 1 from pg_tables where schemaname = 'empty'");
      expect(rows).toEqual([]);
    });
  });

  it("refuse a database whose migration was another one", async () => {
    await inEmpty(async (connection) => {
      await migrate(connection, [first]);
      await expect(migrate(connection, [{ ...first, sql: "create table other (id text)" }])).rejects.toThrow(
        /0001-a of the database differs/,
      );
    });
  });

  it("refuse a database of a newer version", async () => {
    await inEmpty(async (connection) => {
      await migrate(connection, [first, second]);
      await expect(migrate(connection, [first])).rejects.toThrow(/made by a newer Tollgate: it has 0002-b/);
    });
  });
});

describe("the catalog", () => {
  it("has numbered names without gaps", () => {
    expect(migrations.map(({ name }) => Number(name.slice(0, 4)))).toEqual(migrations.map((_, at) => at + 1));
  });
});

/** Read from the text: types are gone when tests run. */
function columnsOfTypes(): Record<string, string[]> {
  const text = readFileSync(new URL("./tables.ts", import.meta.url), "utf8");
  const own = new Map(
    [...text.matchAll(/interface (\w+)(?: extends (\w+))? {\n(.*?)\n}/gs)].map(([, name = "", parent, body = ""]) => [
      name,
      { parent, body },
    ]),
  );
  const columnsOf = (name: string): string[] => {
    const { parent, body } = own.get(name) ?? { parent: undefined, body: "" };
    return [...(parent ? columnsOf(parent) : []), ...[...body.matchAll(/^ {2}(\w+): /gm)].map(([, column = ""]) => column)];
  };
  const tables = [...(own.get("Tables")?.body ?? "").matchAll(/(\w+): (\w+);/g)];
  return Object.fromEntries(tables.map(([, table = "", type = ""]) => [table, columnsOf(type).sort()]));
}

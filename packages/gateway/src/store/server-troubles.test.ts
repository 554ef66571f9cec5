/** A PostgreSQL server on its bad days: what is said, what is refused, and how it goes on. */

import { connect, createServer, type Server, type Socket } from "node:net";
import { sql } from "kysely";
import { type Clock, systemClock } from "tollgate/parts";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { fakeClock } from "../../../testkit/src/fake-clock.ts";
import { freePort } from "../../../testkit/src/servers/free-port.ts";
import { inDatabase, onServer } from "../../../testkit/src/servers/fresh-database.ts";
import { POSTGRES_PASSWORD, POSTGRES_USER, startPostgres, type TestPostgres } from "../../../testkit/src/servers/postgres-server.ts";
import type { DatabaseState } from "./database.ts";
import { type OpenedDatabase, openDatabase } from "./open-database.ts";

let postgres: TestPostgres;
const opened: OpenedDatabase[] = [];
beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);
afterEach(() => Promise.all(opened.splice(0).map((database) => database.close())));
afterAll(() => postgres.close());

function openAt(url: string, clock: Clock = systemClock): OpenedDatabase {
  const log = { info: () => undefined, warn: () => undefined };
  const database = openDatabase({ url, folder: "", clock, log, connectTimeoutMs: 500, poolSize: 3 });
  opened.push(database);
  return database;
}

function becomes(database: OpenedDatabase, state: DatabaseState): Promise<void> {
  return new Promise((resolve) => {
    const stop = database.watch((now) => {
      if (now !== state) return;
      resolve();
      queueMicrotask(() => stop());
    });
  });
}

const one = (database: OpenedDatabase) => sql<{ one: number }>`select 1 as one`.execute(database.sql);
const asAdmin = (text: string, database = "postgres") => onServer(postgres.urlOf(database), (client) => client.query(text));
const loginAs = (user: string, password: string, database: string) =>
  inDatabase(postgres.urlOf("x").replace(/\/\/.*@/, `//${user}:${password}@`), database);

describe("a server that cannot be used", () => {
  it.each<readonly [string, () => string | Promise<string>, RegExp]>([
    ["has no such database", () => postgres.urlOf("nowhere"), /"nowhere" does not exist.*CREATE DATABASE "nowhere" OWNER "tester";/],
    [
      "wants another password",
      () => loginAs(POSTGRES_USER, "wrong-secret", "postgres"),
      /password of user "tester".*ALTER ROLE "tester" PASSWORD/,
    ],
    [
      "wants a password",
      () => inDatabase(`postgresql://${POSTGRES_USER}@127.0.0.1:${postgres.port}/x`, "postgres"),
      /wants a password for user "tester"/,
    ],
    [
      "does not listen",
      async () => `postgresql://u:p-secret@127.0.0.1:${await freePort()}/d`,
      /Nothing takes connections on 127\.0\.0\.1:\d+/,
    ],
    ["has a name that is not known", () => "postgresql://u:p-secret@no-such-host.invalid/d", /host no-such-host\.invalid is not known/],
    ["speaks no TLS where TLS is a must", () => `${postgres.urlOf("postgres")}?sslmode=require`, /speaks no TLS.*sslmode=disable/],
    [
      "has certificates in a file that is not there",
      () => `${postgres.urlOf("postgres")}?sslmode=verify-full&sslrootcert=/no/ca.pem`,
      /sslrootcert/,
    ],
  ])("%s, and that is said with what mends it", async (_, url, problem) => {
    const address = await url();
    const database = openAt(address);
    await becomes(database, "away");
    expect(database.problem).toMatch(problem);
    for (const secret of [POSTGRES_PASSWORD, "wrong-secret", "p-secret"]) expect(database.problem).not.toContain(secret);
  });

  it("does not let its user make tables, and works when it does", async () => {
    await asAdmin("create role poor login password 'poor-secret'");
    await asAdmin("create database barred");
    await asAdmin("revoke create on schema public from public", "barred");
    const database = openAt(loginAs("poor", "poor-secret", "barred"));
    await becomes(database, "away");
    expect(database.problem).toMatch(
      /may not make or change tables in "barred".*ALTER DATABASE "barred" OWNER TO "poor"; GRANT ALL ON SCHEMA "public" TO "poor";/,
    );
    await asAdmin('ALTER DATABASE "barred" OWNER TO "poor"; GRANT ALL ON SCHEMA "public" TO "poor";', "barred");
    await database.ready;
  });

  it("does not answer at all", async () => {
    const silent = await listening(() => undefined);
    try {
      const database = openAt(`postgresql://u:p-secret@127.0.0.1:${portOf(silent)}/d`);
      await becomes(database, "away");
      expect(database.problem).toMatch(/does not answer/);
    } finally {
      silent.close();
    }
  });

  it("holds tables of something else", async () => {
    await asAdmin("create database taken");
    await asAdmin("create table users (name text)", "taken");
    const database = openAt(postgres.urlOf("taken"));
    await becomes(database, "away");
    expect(database.problem).toMatch(/tables of something else.*\?schema=tollgate/);
    const beside = openAt(`${postgres.urlOf("taken")}?schema=tollgate`);
    await beside.ready;
    expect(await beside.sql.selectFrom("users").selectAll().execute()).toEqual([]);
  });

  it("was used by a newer version: that is final", async () => {
    await asAdmin("create database newer");
    const before = openAt(postgres.urlOf("newer"));
    await before.ready;
    await asAdmin("insert into migrations (name, checksum) values ('0099-later', 'x')", "newer");
    const database = openAt(postgres.urlOf("newer"));
    await expect(database.ready).rejects.toThrow(/made by a newer Tollgate: it has 0099-later/);
    expect(database).toMatchObject({ state: "away", problem: expect.stringContaining("newer") });
  });

  it("has a URL that cannot be read", () => {
    expect(() => openAt("mysql://u:p-secret@h/d")).toThrow(/only PostgreSQL is spoken/);
  });
});

describe("a server that goes and comes", () => {
  it("is found when it appears, refuses at once while it is away, and says * when it is back", async () => {
    const database = openAt(postgres.urlOf("postgres"));
    await expect(one(database)).rejects.toMatchObject({ kind: "database_away" });
    await database.ready;
    const heard: string[] = [];
    database.listen("models", (payload) => heard.push(payload));
    const sleeping = sql`select pg_sleep(60)`.execute(database.sql);
    const broken = expect(sleeping).rejects.toMatchObject({ kind: "database_away" });
    const away = becomes(database, "away");
    await postgres.kill();
    await Promise.all([away, broken]);
    expect(database.problem).toMatch(/127\.0\.0\.1/);
    await expect(one(database)).rejects.toMatchObject({ kind: "database_away", status: 503 });
    await expect(one(database)).rejects.not.toThrow(/127\.0\.0\.1/);
    await database.notify("models", "nobody hears it");
    const back = becomes(database, "connected");
    await postgres.start();
    await back;
    expect((await one(database)).rows).toEqual([{ one: 1 }]);
    expect(heard).toEqual(["*"]);
    const again = new Promise<string>((resolve) => database.listen("models", resolve));
    await database.notify("models", "m1");
    expect(await again).toBe("m1");
  });

  it("loses one connection without being away", async () => {
    const database = openAt(postgres.urlOf("postgres"));
    await database.ready;
    const states: DatabaseState[] = [];
    database.watch((state) => states.push(state));
    const killed = sql`select pg_terminate_backend(pg_backend_pid())`.execute(database.sql);
    await expect(killed).rejects.toMatchObject({ kind: "database_away" });
    expect((await one(database)).rows).toEqual([{ one: 1 }]);
    expect(states).toEqual(["connected"]);
  });

  it("is away when the network swallows everything", async () => {
    const relay = await relayTo(postgres.port);
    try {
      const clock = fakeClock();
      const database = openAt(postgres.urlOf("postgres").replace(`:${postgres.port}/`, `:${portOf(relay.server)}/`), clock);
      await database.ready;
      relay.swallow();
      const asked = expect(one(database)).rejects.toMatchObject({ kind: "database_away" });
      await clock.advance(7000);
      await Promise.all([becomes(database, "away"), asked]);
    } finally {
      relay.close();
    }
  });

  it("leaves the transaction that it broke undone", async () => {
    const database = openAt(postgres.urlOf("postgres"));
    await database.ready;
    await database.sql.deleteFrom("tags").execute();
    const attempt = database.sql.transaction().execute(async (inside) => {
      await sql`insert into tags (tag_name) values ('half')`.execute(inside);
      await sql`select pg_terminate_backend(pg_backend_pid())`.execute(inside);
    });
    await expect(attempt).rejects.toMatchObject({ kind: "database_away" });
    expect(await database.sql.selectFrom("tags").selectAll().execute()).toEqual([]);
  });
});

function listening(hear: (socket: Socket) => void): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer(hear);
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}

/** A network between us and the server that can fall silent without a word. */
async function relayTo(port: number) {
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = await listening((near) => {
    const far = connect(port, "127.0.0.1");
    near.pipe(far);
    far.pipe(near);
    for (const socket of [near, far]) socket.on("error", () => undefined);
    pairs.add([near, far]);
  });
  return {
    server,
    swallow() {
      for (const [near, far] of pairs) {
        near.unpipe(far);
        far.unpipe(near);
        near.resume();
        far.resume();
      }
    },
    close() {
      server.close();
      for (const pair of pairs) for (const socket of pair) socket.destroy();
    },
  };
}

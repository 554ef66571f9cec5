/** DATABASE_URL as people write it. */

import { describe, expect, it } from "vitest";
import { databaseUrlFrom, parsePostgresAddress, placeOf } from "./postgres-address.ts";

const plain = { host: "db.example", port: 5432, user: "u", password: "p", database: "d", tls: "prefer" };

describe("an address", () => {
  it.each([
    ["postgresql://u:p@db.example/d", plain],
    ["postgres://u:p@db.example:6000/d?sslmode=disable", { ...plain, port: 6000, tls: "disable" }],
    ["postgresql://u:p%40%2F@db.example/d", { ...plain, password: "p@/" }],
    ["postgresql://u:p@/#?%x@db.example/d", { ...plain, password: "p@/#?%x" }],
    ["postgresql://db.example", { host: "db.example", user: "postgres", password: undefined, database: "postgres" }],
    ["postgresql://u:p@[::1]:1/d", { ...plain, host: "::1", port: 1 }],
    ["postgresql://u:p@localhost/d?host=/var/run/postgresql", { ...plain, host: "/var/run/postgresql" }],
    ["postgresql://u:p@db.example/d?schema=public", { ...plain, schema: undefined }],
    ["postgresql://u:p@db.example/d?schema=tollgate", { ...plain, schema: "tollgate" }],
    ["postgresql://u:p@db.example/d?connection_limit=7&connect_timeout=3", { ...plain, poolSize: 7, connectTimeoutMs: 3000 }],
    ["postgresql://u:p@db.example/d?sslmode=require", { ...plain, tls: "require" }],
    ["postgresql://u:p@db.example/d?sslmode=require&sslrootcert=ca.pem", { ...plain, tls: "verify-ca", rootCertFile: "ca.pem" }],
    ["postgresql://u:p@db.example/d?sslmode=verify-full&sslrootcert=system", { ...plain, tls: "verify-full", rootCertFile: undefined }],
    ["postgresql://u:p@db.example/d?sslmode=require&sslaccept=strict", { ...plain, tls: "verify-full" }],
  ])("%s", (url, address) => expect(parsePostgresAddress(url)).toMatchObject(address));

  it.each([
    ["mysql://u:secret@h/d", /mysql:.*only PostgreSQL/],
    ["just-a-secret", /no address/],
    ["postgresql://u:secret@one,two/d", /Name one host/],
    ["postgresql://u:secret@h/d?sslmode=maybe", /sslmode=maybe/],
  ])("says what is wrong with it, never all of it: %s", (url, problem) => {
    const parsed = parsePostgresAddress(url);
    expect(parsed).toMatchObject({ problem: expect.stringMatching(problem) });
    expect(JSON.stringify(parsed)).not.toContain("secret");
  });

  it("is made of its parts", () => {
    const parts = { host: "db.example", port: "6000", user: "u", password: "p@/", name: "d" };
    const address = parsePostgresAddress(databaseUrlFrom(parts) ?? "");
    expect(address).toMatchObject({ ...plain, port: 6000, password: "p@/" });
    expect("host" in address && placeOf(address)).toBe("db.example:6000/d");
    expect(databaseUrlFrom({ host: "db.example" })).toBeUndefined();
  });
});

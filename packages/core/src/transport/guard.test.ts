import { describe, expect, it } from "vitest";
import { createGuards } from "./guard.ts";
import type { Reach } from "./transport.ts";

function verdicts(reach: Reach, addresses: readonly string[], rules = {}): string[] {
  const guard = createGuards(rules)(reach);
  return addresses.filter((address) => guard.refusal(address) !== undefined);
}

const PRIVATE = ["10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "127.0.0.1", "0.0.0.0", "::1", "::", "fd12::1", "::ffff:10.0.0.1"];
const PRIVATE_IN_DISGUISE = ["::ffff:a00:1", "::10.0.0.1", "64:ff9b::10.0.0.1", "2002:a00:1::", "::ffff:0:7f00:1"];
const NEVER = [
  "169.254.169.254",
  "fe80::1",
  "fe80::1%eth0",
  "fd00:ec2::254",
  "100.100.100.200",
  "::ffff:169.254.169.254",
  "64:ff9b::a9fe:a9fe",
];
const PUBLIC = ["8.8.8.8", "2606:4700::1111", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8"];

describe("createGuards", () => {
  it("lets the config file reach all but link-local and metadata addresses", () => {
    expect(verdicts("configured", [...PRIVATE, ...PRIVATE_IN_DISGUISE, ...PUBLIC])).toEqual([]);
    expect(verdicts("configured", NEVER)).toEqual(NEVER);
  });
  it("lets what was added by API reach public addresses only", () => {
    const refused = [...PRIVATE, ...PRIVATE_IN_DISGUISE, ...NEVER];
    expect(verdicts("added", [...refused, ...PUBLIC])).toEqual(refused);
  });
  it("opens ranges to what was added, but neither metadata nor what came with a request", () => {
    const rules = { allowPrivate: ["10.0.0.0/8", "169.254.0.0/16", "192.168.1.1"] };
    expect(verdicts("added", ["10.1.2.3", "::ffff:10.0.0.1", "192.168.1.1"], rules)).toEqual([]);
    expect(verdicts("added", ["192.168.1.2", "169.254.169.254"], rules)).toEqual(["192.168.1.2", "169.254.169.254"]);
    expect(verdicts("public", ["10.1.2.3"], rules)).toEqual(["10.1.2.3"]);
  });
  it("opens loopback to what was added when the gateway listens on loopback only", () => {
    expect(verdicts("added", ["127.0.0.1", "::1", "10.0.0.1"], { loopbackAllowed: true })).toEqual(["10.0.0.1"]);
    expect(verdicts("public", ["127.0.0.1"], { loopbackAllowed: true })).toEqual(["127.0.0.1"]);
  });
  it("names the setting and the address in its refusal", () => {
    for (const reach of ["configured", "added", "public"] as const) {
      const refusal = createGuards({})(reach).refusal("169.254.169.254");
      expect(refusal?.kind).toBe("blocked_address");
      expect(refusal?.message).toContain("169.254.169.254");
      expect(refusal?.message).toContain("egress.allow_private");
    }
  });
  it("says nothing about names, but judges the addresses behind them", async () => {
    const guard = createGuards({})("added");
    expect(guard.refusal("localhost")).toBeUndefined();
    const error = await new Promise((done) => guard.lookup("localhost", { all: true }, done));
    expect(error).toMatchObject({ kind: "blocked_address" });
  });
  it("finds addresses in both ways that Node asks for them", async () => {
    const guard = createGuards({})("configured");
    const one = await new Promise((done) => guard.lookup("localhost", { family: 4 }, (...found) => done(found)));
    expect(one).toEqual([null, "127.0.0.1", 4]);
    const all = await new Promise((done) => guard.lookup("localhost", { family: 4, all: true }, (...found) => done(found)));
    expect(all).toEqual([null, [{ address: "127.0.0.1", family: 4 }]]);
  });
  it("refuses to start with a range that is none", () => {
    expect(() => createGuards({ allowPrivate: ["10.0.0.0/33"] })).toThrow(/egress.allow_private holds "10.0.0.0\/33"/);
    expect(() => createGuards({ allowPrivate: ["intranet"] })).toThrow(/10\.0\.0\.0\/8/);
  });
});

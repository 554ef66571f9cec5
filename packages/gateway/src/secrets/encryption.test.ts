/** Secrets at rest can be read with their salt and with no other. */

import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createEncryption, isEncrypted } from "./encryption.ts";
import { saltFor } from "./salt.ts";

const secret = "sk-upstream-0123456789 😀";

describe("encryption", () => {
  it("gives back what it was given, and never looks the same twice", async () => {
    const encryption = await createEncryption("a salt");
    const encrypted = encryption.encrypt(secret);
    expect(encrypted).toMatch(/^tg1\.[\w-]+$/);
    expect(encrypted).not.toBe(encryption.encrypt(secret));
    expect([encryption.decrypt(encrypted), encryption.decrypt(encryption.encrypt(""))]).toEqual([secret, ""]);
    expect(encryption.decryptJson(encryption.encryptJson({ a: [1, null] }))).toEqual({ a: [1, null] });
    expect([isEncrypted(encrypted), isEncrypted(secret)]).toEqual([true, false]);
  });

  it("reads after a restart", async () => {
    const encrypted = (await createEncryption("a salt")).encrypt(secret);
    expect((await createEncryption("a salt")).decrypt(encrypted)).toBe(secret);
  });

  it("refuses with another salt, and says so without the secret", async () => {
    const encrypted = (await createEncryption("a salt")).encrypt(secret);
    const other = await createEncryption("another salt");
    expect(() => other.decrypt(encrypted)).toThrow(/salt \(LITELLM_SALT_KEY\)/);
  });

  it("refuses what was changed at any place", async () => {
    const encryption = await createEncryption("a salt");
    const encrypted = encryption.encrypt("sk-1");
    for (let at = 0; at < encrypted.length; at++) {
      // A bit that counts: the last letter of base64 has some that do not.
      const changed = encrypted.slice(0, at) + (encrypted[at] === "A" ? "Q" : "A") + encrypted.slice(at + 1);
      expect(() => encryption.decrypt(changed), `place ${at}`).toThrow("cannot be read");
      expect(() => encryption.decrypt(encrypted.slice(0, at))).toThrow("cannot be read");
    }
  });
});

describe("the salt", () => {
  it("is made once, for its owner only, unless it is given", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tollgate-salt-"));
    try {
      const dataDir = join(folder, "data");
      expect(await saltFor({ given: "mine", dataDir })).toEqual({ salt: "mine", source: "given" });
      const made = await saltFor({ dataDir });
      expect(made).toMatchObject({ source: "made", salt: expect.stringMatching(/^[\w-]{43}$/) });
      expect(await saltFor({ given: "", dataDir })).toEqual({ ...made, source: "kept" });
      expect((await stat(join(dataDir, "salt"))).mode & 0o777).toBe(0o600);
      expect((await readFile(join(dataDir, "salt"), "utf8")).trim()).toBe(made.salt);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

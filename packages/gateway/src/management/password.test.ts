import { describe, expect, it } from "vitest";
import { hashPassword, verifyPassword } from "./password.ts";

describe("a password", () => {
  it("is kept as scrypt with a salt of its own", async () => {
    const [one, two] = await Promise.all([hashPassword("correct horse"), hashPassword("correct horse")]);
    expect(one).toMatch(/^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
    expect(one).not.toBe(two);
  });

  it("is known again, however its letters are composed, and no other is", async () => {
    const stored = await hashPassword("caf\u00e9-au-lait");
    expect(await verifyPassword("cafe\u0301-au-lait", stored)).toBe(true);
    expect(await verifyPassword("cafe-au-lait", stored)).toBe(false);
  });

  it.each([null, "", "plain", "scrypt$32768$8$3$abc", "a".repeat(64)])(
    "fits no stored %j, and the stored text is no password",
    async (stored) => {
      expect(await verifyPassword(stored ?? "", stored)).toBe(false);
    },
  );

  it("waits for its turn when many come at once, and is refused when too many do", async () => {
    const all = await Promise.allSettled(Array.from({ length: 60 }, () => verifyPassword("x", "scrypt$1024$1$1$c2FsdA$aGFzaA")));
    expect(all.filter(({ status }) => status === "rejected")).toHaveLength(8);
    expect(await verifyPassword("x", null)).toBe(false);
  });
});

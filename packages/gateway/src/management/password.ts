/** Passwords: kept as `scrypt$N$r$p$salt$hash`, checked in equal time for people who are there and who are not. */

import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { GatewayError } from "tollgate/parts";

/** 32 MB and about 0.2 s for each: OWASP's choice for scrypt. */
const COST = { N: 2 ** 15, r: 8, p: 3 };
const LENGTH = 32;
const MAX_MEMORY = 128 * 1024 * 1024;
/** Each takes a thread of Node's four. */
const MOST_AT_ONCE = 2;
const MOST_WAITING = 50;

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derived(password, salt, COST);
  return ["scrypt", COST.N, COST.r, COST.p, salt.toString("base64url"), hash.toString("base64url")].join("$");
}

/** `stored`: null for who has none, or is not there; that takes as long. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const { cost, salt, hash } = parse(stored) ?? { cost: COST, salt: randomBytes(16), hash: undefined };
  const found = await derived(password, salt, cost);
  return hash !== undefined && hash.length === found.length && timingSafeEqual(hash, found);
}

type Cost = typeof COST;

function parse(stored: string | null) {
  const [, N, r, p, salt, hash] = /^scrypt\$(\d{4,7})\$(\d{1,2})\$(\d{1,2})\$([\w-]+)\$([\w-]+)$/.exec(stored ?? "") ?? [];
  if (salt === undefined || hash === undefined) return undefined;
  return {
    cost: { N: Number(N), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, "base64url"),
    hash: Buffer.from(hash, "base64url"),
  };
}

async function derived(password: string, salt: Buffer, cost: Cost): Promise<Buffer> {
  await turn();
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      // The same letters may come composed or not, as the keyboard likes.
      scrypt(password.normalize("NFKC"), salt, LENGTH, { ...cost, maxmem: MAX_MEMORY }, (cause, hash) =>
        cause ? reject(cause) : resolve(hash),
      );
    });
  } finally {
    done();
  }
}

// For the whole process, whose threads and memory these are.
const waiting: (() => void)[] = [];
let running = 0;

async function turn(): Promise<void> {
  if (running < MOST_AT_ONCE) {
    running += 1;
    return;
  }
  if (waiting.length >= MOST_WAITING)
    throw new GatewayError("limit_reached", "Too many passwords are being checked at the moment. Try again in a few seconds.", {
      retryAfterMs: 5_000,
    });
  await new Promise<void>((resolve) => waiting.push(resolve));
}

/** Hands the turn over, or gives it back. */
function done(): void {
  const next = waiting.shift();
  if (next) next();
  else running -= 1;
}

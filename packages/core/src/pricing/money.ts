/** Dollars as whole atto-dollars (10⁻¹⁸): prices are short decimals, and sums of whole numbers never round. */

const PLACES = 18;
const ATTO_PER_NANO = 1_000_000_000n;

/** The decimal that the number prints as, not its binary neighbour; digits beyond the eighteenth round up. */
export function attoDollars(dollars: number): bigint {
  if (!Number.isFinite(dollars) || dollars <= 0) return 0n;
  const [mantissa = "0", exponent = "0"] = String(dollars).split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  const digits = BigInt(whole + fraction);
  const places = PLACES + Number(exponent) - fraction.length;
  return places >= 0 ? digits * 10n ** BigInt(places) : divideUp(digits, 10n ** BigInt(-places));
}

/** Rounded up, once, at the end: a part of a nano-dollar counts as one. */
export function nanoDollars(atto: bigint): number {
  return Number(divideUp(atto, ATTO_PER_NANO));
}

function divideUp(amount: bigint, by: bigint): bigint {
  return (amount + by - 1n) / by;
}

/** Dollars as they were written → whole nano-dollars, never more than a number can hold exactly. */
export function nanoOf(dollars: number): number {
  return Math.min(nanoDollars(attoDollars(dollars)), Number.MAX_SAFE_INTEGER);
}

/** Whole nano-dollars → dollars: the number whose nine decimals they are. */
export function dollarsOf(nano: number | bigint): number {
  return Number(nano) / 1e9;
}
